"""Sign-in with a provider on the wire: what anybody may know, cookies, redirects."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie, SameSite

from certctl.domain.identity.oidc.attempts import LIFETIME, SignInAttempt, attempt_text
from certctl.domain.identity.oidc.refusals import SignInFault

if TYPE_CHECKING:
    from certctl.domain.catalog.entries import Entry
    from certctl.domain.identity.identity_providers import IdentityProvider

SIGN_IN_PAGE = "/sign-in"
ATTEMPT_COOKIE = "__Host-certctl-sign-in"
"""The prefix: no other host, and no page without TLS, can set it (RFC 6265bis)."""
_GONE = 0
_PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class OfferedProviderView(TypedDict):
    """A provider that people sign in with, at `/api/v1/auth/login/<id>`."""

    id: str
    name: str


class OfferedProvidersView(TypedDict):
    """By name."""

    data: list[OfferedProviderView]


def offered_view(providers: "Sequence[Entry[IdentityProvider]]") -> OfferedProvidersView:
    return OfferedProvidersView(data=[OfferedProviderView(id=p.id, name=p.name) for p in providers])


def leave(url: str) -> Response[None]:
    """302, stored nowhere, and the next site is not told where the person came from."""
    return Response(status_code=HTTPStatus.FOUND.value, headers=_PRIVATE | {"Location": url})


def refused(fault: SignInFault) -> Response[None]:
    """Back to the dashboard's sign-in page, which has a text for the fault."""
    return leave(f"{SIGN_IN_PAGE}?{urlencode({'error': fault.value})}")


def page(html: str, policy: str) -> Response[str]:
    """403 as HTML. The attempt is over."""
    return Response(
        status_code=HTTPStatus.FORBIDDEN.value,
        content_type="text/html; charset=utf-8",
        headers=_PRIVATE | {"Content-Security-Policy": policy},
        body=html,
        cookies=[_cookie("", _GONE)],
    )


def attempt_cookie(attempt: SignInAttempt) -> str:
    """Lax: the provider's redirect comes from another site."""
    return str(_cookie(attempt_text(attempt), int(LIFETIME.total_seconds())))


def attempt_ended() -> str:
    """Makes the browser forget it."""
    return str(_cookie("", _GONE))


def _cookie(value: str, seconds: int) -> Cookie:
    return Cookie(
        name=ATTEMPT_COOKIE,
        value=value,
        path="/",
        secure=True,
        http_only=True,
        max_age=seconds,
        same_site=SameSite.LAX_MODE,
    )
