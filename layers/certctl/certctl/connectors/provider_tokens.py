"""Redeems an authorization code at a provider, and reads UserInfo (OpenID Connect Core 1.0)."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus, urlencode

from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.crypto.identity.client_assertions import TYPE, client_assertion, is_private_key
from certctl.crypto.json_objects import strict_object
from certctl.domain.identity.foreign_tokens import Endpoints
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused

LARGEST_RESPONSE = 256 * 1024
_SECONDS = 5.0
_OK = 200
_SERVER_ERROR = 500
_LONGEST_TOKEN = 16 * 1024


@dataclass(frozen=True)
class Client:
    """This stack at the provider. `secret` is the client's secret, or its private key as PEM."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Redemption:
    """A code, and what proves that it was sent to the same browser."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class Tokens:
    """`access` is None if there is none of type Bearer. It is used for UserInfo, and never stored."""

    id: str = field(repr=False)
    access: str | None = field(repr=False)


class ProviderTokens:
    """Each call has 5 s, follows no redirect and reads 256 KiB at most."""

    def __init__(self, http: OutboundHttp, now: Callable[[], datetime]) -> None:
        self._http = http
        self._now = now

    def redeem(self, endpoints: Endpoints, client: Client, redemption: Redemption) -> Tokens:
        """Raises SignInRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": redemption.code,
            "code_verifier": redemption.verifier,
            "redirect_uri": redemption.redirect_uri,
        }
        headers, proof = self._proof(endpoints, client)
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        found = self._object(
            "POST", endpoints.token, headers, urlencode(form | proof).encode(), "token response"
        )
        return _tokens_in(found)

    def userinfo(self, url: str, access_token: str) -> Mapping[str, Any]:
        """Raises SignInRefused."""
        return self._object("GET", url, {"Authorization": f"Bearer {access_token}"}, None, "UserInfo")

    def _proof(self, endpoints: Endpoints, client: Client) -> tuple[dict[str, str], dict[str, str]]:
        """The headers and fields that prove who the client is."""
        if is_private_key(client.secret):
            return {}, {"client_id": client.id} | self._assertion(endpoints, client)
        if not endpoints.takes_basic:
            return {}, {"client_id": client.id, "client_secret": client.secret}
        # RFC 6749 section 2.3.1: both are form-encoded first
        pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}, {}

    def _assertion(self, endpoints: Endpoints, client: Client) -> dict[str, str]:
        try:
            signed = client_assertion(client.secret, client.id, endpoints.token, self._now())
        except (ValueError, TypeError):
            raise _unavailable("The client's private key cannot be used.") from None
        return {"client_assertion_type": TYPE, "client_assertion": signed}

    def _object(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, what: str
    ) -> dict[str, Any]:
        request = HttpRequest(method, url, {"Accept": "application/json", **headers}, body)
        try:
            reply = self._http.send(request, _SECONDS)
        except HttpFailed as failure:
            raise _unavailable(f"The provider's {what} cannot be read: {failure.detail}.") from None
        _require_success(reply, what)
        try:
            return strict_object(reply.body)
        except ValueError as error:
            raise _broken(f"The provider's {what} {error}.") from None


def _require_success(reply: HttpReply, what: str) -> None:
    detail = f"The provider's {what} came with status {reply.status}."
    if reply.status >= _SERVER_ERROR:
        raise _unavailable(detail)
    if reply.status != _OK:
        raise _broken(detail)
    if len(reply.body) > LARGEST_RESPONSE:
        raise _broken(f"The provider's {what} is over {LARGEST_RESPONSE} bytes.")


def _tokens_in(found: Mapping[str, Any]) -> Tokens:
    id_token, access = found.get("id_token"), found.get("access_token")
    if not isinstance(id_token, str):
        raise _broken("The provider's token response has no id_token.")
    kind = found.get("token_type")
    is_bearer = isinstance(kind, str) and kind.lower() == "bearer"
    return Tokens(id_token, access if is_bearer and _is_header_text(access) else None)


def _is_header_text(text: Any) -> bool:
    return isinstance(text, str) and 0 < len(text) <= _LONGEST_TOKEN and text.isascii() and text.isprintable()


def _unavailable(detail: str) -> SignInRefused:
    return SignInRefused(SignInFault.UNAVAILABLE, detail)


def _broken(detail: str) -> SignInRefused:
    return SignInRefused(SignInFault.PROVIDER_ERROR, detail)
