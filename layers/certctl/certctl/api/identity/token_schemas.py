"""The token endpoint on the wire (RFC 6749, RFC 7523), and previews of trust rules."""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, TypedDict

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from certctl.api.catalog.trust_schemas import TrustRuleBody
from certctl.api.problems import Problem
from certctl.api.records import STRICT, view_of
from certctl.domain.access.sign_in import SessionLimit
from certctl.domain.errors import GrantRefused, InvalidInput
from certctl.domain.identity.exchanged_tokens import ACCESS_TOKEN, GrantError
from certctl.domain.identity.login_codes import VERIFIER

if TYPE_CHECKING:
    from certctl.domain.identity.trust_rules import RuleCheck
    from certctl.services.identity.exchanges import IssuedToken, RulePreview
    from certctl.services.identity.sessions import StartedSession

LONGEST_ASSERTION = 16 * 1024
BODY_LIMIT = LONGEST_ASSERTION + 2048
READ, WRITE = "read", "write"
_BUSY = "temporarily_unavailable"
_FAILED = "server_error"


class TokenRequestBody(BaseModel):
    """As a form (RFC 6749) or as JSON. The fields depend on `grant_type`.

    `urn:ietf:params:oauth:grant-type:jwt-bearer`: `client_id` is the id of a trust rule, `assertion` the
    token of its identity provider. `authorization_code`: `code` is that of a consent, `code_verifier` the
    secret of its challenge, `redirect_uri` the consent's.
    `urn:ietf:params:oauth:grant-type:token-exchange`: `subject_token` is the API key or session with which
    the new token ends, `scope` is `read` or `write`, by default `read`."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    grant_type: Annotated[str, Field(max_length=128)]
    client_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    assertion: Annotated[str, Field(min_length=1)] | None = None
    code: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    code_verifier: Annotated[str, Field(pattern=VERIFIER)] | None = None
    redirect_uri: Annotated[str, Field(max_length=64)] | None = None
    subject_token: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    subject_token_type: Annotated[str, Field(max_length=128, description=f"`{ACCESS_TOKEN}`")] | None = None
    scope: Annotated[str, Field(max_length=64)] | None = None

    def required(self, name: str) -> str:
        """A field that the grant needs. Raises InvalidInput."""
        value: str | None = getattr(self, name)
        if value is None:
            raise InvalidInput.of(name, f"required with the grant_type {self.grant_type}")
        return value

    def limits(self) -> tuple[SessionLimit, ...]:
        """The limits of a token exchange. Raises GrantRefused."""
        if self.required("subject_token_type") != ACCESS_TOKEN:
            raise GrantRefused(GrantError.INVALID_REQUEST, f"subject_token_type must be {ACCESS_TOKEN}.")
        scope = self.scope or READ
        if scope not in (READ, WRITE):
            raise GrantRefused(GrantError.INVALID_SCOPE, f"scope must be {READ} or {WRITE}.")
        return (SessionLimit.READ_ONLY,) if scope == READ else ()


class RevocationBody(BaseModel):
    """As a form (RFC 7009) or as JSON. `token` is the credential itself, not its id."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    token: Annotated[str, Field(min_length=1, description="An API key, a session or a token.")]
    token_type_hint: (
        Annotated[str, Field(max_length=128, description="Ignored: the text shows its type.")] | None
    ) = None
    reason: Literal["leaked"] | None = None


class TokenView(TypedDict):
    """`access_token` is the credential, shown in this response only. It works for `expires_in` seconds.
    `service_account_id` is that of a trust rule; `issued_token_type` and `scope` are set after a token
    exchange."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    service_account_id: NotRequired[str]
    issued_token_type: NotRequired[str]
    scope: NotRequired[str]


class TokenErrorView(TypedDict):
    """RFC 6749 section 5.2. `error_description` says what was wrong with the token."""

    error: str
    error_description: str
    request_id: str


class TrustPreviewBody(BaseModel):
    """Either `token`, which is verified as in an exchange, or the `claims` that one would have. Nothing is
    issued or used up."""

    model_config = STRICT

    token: Annotated[str, Field(min_length=1, max_length=LONGEST_ASSERTION)] | None = None
    claims: Annotated[dict[str, Any], Field(max_length=200)] | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        _require_one(self.token, self.claims)


class UnsavedTrustPreviewBody(BaseModel):
    """`rule` as it would be saved, with `token` or `claims` as for a saved one. Nothing is saved, issued or
    used up."""

    model_config = STRICT

    rule: TrustRuleBody
    token: Annotated[str, Field(min_length=1, max_length=LONGEST_ASSERTION)] | None = None
    claims: Annotated[dict[str, Any], Field(max_length=200)] | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        _require_one(self.token, self.claims)


def _require_one(token: str | None, claims: dict[str, Any] | None) -> None:
    if (token is None) == (claims is None):
        raise InvalidInput.of("claims", "give either token or claims")


class RuleCheckView(TypedDict):
    name: str
    passed: bool
    detail: str


class TrustPreviewView(TypedDict):
    """`admitted` if the token is verified and all checks passed. `refusal` is why the token itself is
    refused. `warnings` are what the rule allows that its writer may not expect."""

    admitted: bool
    refusal: str | None
    checks: list[RuleCheckView]
    warnings: list[str]


def token_view(exchanged: "IssuedToken") -> TokenView:
    return TokenView(
        access_token=exchanged.text,
        token_type="Bearer",  # noqa: S106  # the type's name
        expires_in=int(exchanged.lifetime.total_seconds()),
        service_account_id=exchanged.service_account_id,
    )


def session_token_view(started: "StartedSession") -> TokenView:
    session = started.session
    lifetime = session.expires_at - session.created_at
    return TokenView(
        access_token=started.text,
        token_type="Bearer",  # noqa: S106  # the type's name
        expires_in=int(lifetime.total_seconds()),
    )


def child_token_view(started: "StartedSession") -> TokenView:
    scope = READ if SessionLimit.READ_ONLY in started.session.limits else WRITE
    return TokenView(**session_token_view(started), issued_token_type=ACCESS_TOKEN, scope=scope)


def preview_view(preview: "RulePreview") -> TrustPreviewView:
    checks = [_check_view(check) for check in preview.checks]
    return view_of(TrustPreviewView, preview, checks=checks)


def _check_view(check: "RuleCheck") -> RuleCheckView:
    return view_of(RuleCheckView, check)


def token_error(error: Exception, problem: Problem, request_id: str) -> Response[str]:
    """The form of RFC 6749: 400, and 401 for an unknown client. A request of another form is an
    `invalid_request`."""
    code, status = _code_of(error, problem)
    described = "; ".join([problem.detail, *(f"{e.field}: {e.message}" for e in problem.errors)])
    view = TokenErrorView(error=code, error_description=described, request_id=request_id)
    headers = dict(problem.headers or {})
    return Response(
        status_code=status.value, content_type="application/json", body=json.dumps(view), headers=headers
    )


def _code_of(error: Exception, problem: Problem) -> tuple[str, HTTPStatus]:
    if isinstance(error, GrantRefused):
        is_client = error.code == GrantError.INVALID_CLIENT
        return error.code, HTTPStatus.UNAUTHORIZED if is_client else HTTPStatus.BAD_REQUEST
    if problem.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return _BUSY, problem.status
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _FAILED, problem.status
    is_form = problem.status is HTTPStatus.UNPROCESSABLE_ENTITY
    return GrantError.INVALID_REQUEST, HTTPStatus.BAD_REQUEST if is_form else problem.status
