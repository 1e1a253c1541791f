"""The two redirects of a sign-in with a provider. Both are for anyone: what they take is checked inside."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.edge import only_cookie, session_cookie
from certctl.api.identity.oidc.schemas import (
    ATTEMPT_COOKIE,
    OfferedProvidersView,
    attempt_cookie,
    attempt_ended,
    leave,
    offered_view,
    page,
    refused,
)
from certctl.api.resolver import ANYONE, Api
from certctl.domain.errors import Forbidden
from certctl.domain.identity.oidc.attempts import HOME, OLDEST
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused

if TYPE_CHECKING:
    from certctl.services.identity.oidc.sign_in import ProviderSignIn

_AUTH = "/api/v1/auth"
_TAGS = ["auth"]
_LONGEST = 8192
State = Annotated[str | None, Query(max_length=_LONGEST, description="As the authorization request had it.")]
Code = Annotated[str | None, Query(max_length=_LONGEST, description="The authorization code.")]
Error = Annotated[str | None, Query(max_length=_LONGEST, description="In place of a code, if it failed.")]
Issuer = Annotated[str | None, Query(max_length=_LONGEST, description="The provider's issuer (RFC 9207).")]
ReturnTo = Annotated[
    str,
    Query(max_length=1024, description="Path of the dashboard to go to afterwards; any other leads home."),
]
MaxAge = Annotated[
    int | None,
    Query(ge=0, le=OLDEST, description="The provider asks again if the last time is so many seconds ago."),
]


def add_sign_in_routes(
    api: Api, sign_in: "Callable[[], ProviderSignIn]", now: Callable[[], datetime]
) -> None:
    @api.get(
        f"{_AUTH}/providers",
        ANYONE,
        summary="List the providers that people sign in with",
        tags=_TAGS,
    )
    def list_sign_in_providers() -> OfferedProvidersView:
        return offered_view(sign_in().providers.offered())

    @api.get(
        f"{_AUTH}/login/<provider_id>",
        ANYONE,
        summary="Begin a sign-in: redirects to the provider",
        tags=_TAGS,
        status_code=302,
    )
    def begin_sign_in(provider_id: str, return_to: ReturnTo = HOME, max_age: MaxAge = None) -> Response[None]:
        try:
            begun = sign_in().begin(provider_id, return_to, max_age)
        except SignInRefused as refusal:
            return refused(refusal.fault)
        api.call.set_cookies.append(attempt_cookie(begun.attempt))
        return leave(begun.url)

    @api.get(
        f"{_AUTH}/callback/<provider_id>",
        ANYONE,
        summary="Finish a sign-in: the provider redirects here",
        tags=_TAGS,
        status_code=302,
    )
    def finish_sign_in(
        provider_id: str, state: State = None, code: Code = None, error: Error = None, iss: Issuer = None
    ) -> Response[Any]:
        from certctl.api.identity.oidc.claims_page import POLICY, claims_page
        from certctl.services.identity.oidc.sign_in import AuthorizationResponse, NotAdmitted

        response = AuthorizationResponse(state, code, error, iss)
        api.call.set_cookies.append(attempt_ended())
        try:
            kept = only_cookie(api.call.cookies, ATTEMPT_COOKIE)
        except Forbidden:
            return refused(SignInFault.TWO_COOKIES)
        try:
            signed_in = sign_in().finish(provider_id, response, kept)
        except NotAdmitted as refusal:
            return page(claims_page(refusal), POLICY)
        except SignInRefused as refusal:
            return refused(refusal.fault)
        started = signed_in.started
        api.call.set_cookies.append(session_cookie(started.text, started.session.expires_at, now()))
        return leave(signed_in.return_to)
