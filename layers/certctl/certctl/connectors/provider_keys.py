"""What a token issuer publishes: OpenID Connect Discovery 1.0, then the key set that it names."""

from collections.abc import Mapping
from typing import Any, TypeGuard

from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.crypto.identity.key_sets import parse_key_set
from certctl.crypto.json_objects import strict_object
from certctl.domain.identity.foreign_tokens import Endpoints, IssuerMetadata, KeysUnavailable
from certctl.domain.urls import UrlMalformed, split_url

LARGEST_RESPONSE = 256 * 1024
_DISCOVERY = "/.well-known/openid-configuration"
_SECONDS = 5.0
_LEAST_SECONDS = 0.1
_OK = 200
_HEADERS = {"Accept": "application/json"}


class ProviderKeys:
    """Both responses together have 5 s. `http` follows no redirect and must read one byte more than
    `LARGEST_RESPONSE`."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http

    def fetch(self, issuer: str) -> IssuerMetadata:
        """Raises KeysUnavailable."""
        found = self._get(issuer.removesuffix("/") + _DISCOVERY, "discovery document", _SECONDS)
        left = max(_SECONDS - found.duration_ms / 1000, _LEAST_SECONDS)
        described = _described(found.body, issuer)
        published = self._get(_key_set_url(described), "key set", left)
        try:
            return IssuerMetadata(parse_key_set(published.body), _endpoints(described, issuer))
        except ValueError as error:
            raise KeysUnavailable(f"The issuer's key set {error}.") from None

    def _get(self, url: str, what: str, seconds: float) -> HttpReply:
        try:
            reply = self._http.send(HttpRequest("GET", url, _HEADERS), seconds)
        except HttpFailed as failure:
            raise KeysUnavailable(f"The issuer's {what} cannot be read: {failure.detail}.") from None
        if reply.status != _OK:
            raise KeysUnavailable(f"The issuer's {what} came with status {reply.status}.")
        if len(reply.body) > LARGEST_RESPONSE:
            raise KeysUnavailable(f"The issuer's {what} is over {LARGEST_RESPONSE} bytes.")
        return reply


def _described(document: bytes, issuer: str) -> dict[str, Any]:
    try:
        described = strict_object(document)
    except ValueError as error:
        raise KeysUnavailable(f"The issuer's discovery document {error}.") from None
    if described.get("issuer") != issuer:
        raise KeysUnavailable("The issuer's discovery document names another issuer.")
    return described


def _key_set_url(described: Mapping[str, Any]) -> str:
    url = described.get("jwks_uri")
    if not isinstance(url, str):
        raise KeysUnavailable("The issuer's discovery document has no jwks_uri.")
    return url


def _endpoints(described: Mapping[str, Any], issuer: str) -> Endpoints | None:
    """The issuer's endpoints; None if it has none, as those of CI systems, or some that no browser should be
    sent to."""
    authorization, token = described.get("authorization_endpoint"), described.get("token_endpoint")
    userinfo = described.get("userinfo_endpoint")
    if not (_is_url(authorization, issuer) and _is_url(token, issuer)):
        return None
    methods = described.get("token_endpoint_auth_methods_supported")
    return Endpoints(
        authorization,
        token,
        userinfo if _is_url(userinfo, issuer) else None,
        described.get("authorization_response_iss_parameter_supported") is True,
        not isinstance(methods, list) or "client_secret_basic" in methods,
    )


def _is_url(url: Any, issuer: str) -> TypeGuard[str]:
    """Whether the URL has the issuer's scheme: an issuer at http was read, so it is on loopback."""
    try:
        return isinstance(url, str) and split_url(url).scheme == split_url(issuer).scheme
    except UrlMalformed:
        return False
