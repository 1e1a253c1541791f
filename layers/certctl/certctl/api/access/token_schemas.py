"""The token endpoint on the wire (RFC 6749, RFC 7523), and previews of trust rules."""

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from certctl.api.problems import Problem
from certctl.domain.access.exchanged_tokens import JWT_BEARER, GrantError
from certctl.domain.errors import GrantRefused, InvalidInput

if TYPE_CHECKING:
    from certctl.services.access.exchanges import Exchanged, RulePreview

LONGEST_ASSERTION = 16 * 1024
BODY_LIMIT = LONGEST_ASSERTION + 2048
_BUSY = "temporarily_unavailable"
_FAILED = "server_error"


class TokenRequestBody(BaseModel):
    """As a form (RFC 6749) or as JSON. `client_id` is the id of a trust rule, `assertion` the token of its
    identity provider."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    grant_type: Annotated[str, Field(max_length=128, description=f"`{JWT_BEARER}`")]
    client_id: Annotated[str, Field(min_length=1, max_length=64)]
    assertion: Annotated[str, Field(min_length=1)]

    def check(self) -> None:
        """Raises GrantRefused."""
        if self.grant_type != JWT_BEARER:
            raise GrantRefused(GrantError.UNSUPPORTED_GRANT_TYPE, f"grant_type must be {JWT_BEARER}.")


class TokenView(TypedDict):
    """`access_token` is a credential of the service account, shown in this response only. It works for
    `expires_in` seconds."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    service_account_id: str


class TokenErrorView(TypedDict):
    """RFC 6749 section 5.2. `error_description` says what was wrong with the token."""

    error: str
    error_description: str
    request_id: str


class TrustPreviewBody(BaseModel):
    """Either `token`, which is verified as in an exchange, or the `claims` that one would have. Nothing is
    issued or used up."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    token: Annotated[str, Field(min_length=1, max_length=LONGEST_ASSERTION)] | None = None
    claims: Annotated[dict[str, Any], Field(max_length=200)] | None = None

    def check(self) -> None:
        """Raises InvalidInput."""
        if (self.token is None) == (self.claims is None):
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


def token_view(exchanged: "Exchanged") -> TokenView:
    return TokenView(
        access_token=exchanged.text,
        token_type="Bearer",  # noqa: S106  # the type's name
        expires_in=int(exchanged.lifetime.total_seconds()),
        service_account_id=exchanged.service_account_id,
    )


def preview_view(preview: "RulePreview") -> TrustPreviewView:
    checks = [RuleCheckView(name=c.name, passed=c.passed, detail=c.detail) for c in preview.checks]
    return TrustPreviewView(
        admitted=preview.admitted, refusal=preview.refusal, checks=checks, warnings=list(preview.warnings)
    )


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
