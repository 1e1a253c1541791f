"""The published keys of a token issuer: OpenID Connect Discovery 1.0, then the key set that it names."""

from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed
from certctl.crypto.access.json_objects import strict_object
from certctl.crypto.access.key_sets import parse_key_set
from certctl.domain.access.foreign_tokens import KeysUnavailable, SigningKey

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

    def fetch(self, issuer: str) -> tuple[SigningKey, ...]:
        """Raises KeysUnavailable."""
        found = self._get(issuer.removesuffix("/") + _DISCOVERY, "discovery document", _SECONDS)
        left = max(_SECONDS - found.duration_ms / 1000, _LEAST_SECONDS)
        published = self._get(_key_set_url(found.body, issuer), "key set", left)
        try:
            return parse_key_set(published.body)
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


def _key_set_url(document: bytes, issuer: str) -> str:
    try:
        described = strict_object(document)
    except ValueError as error:
        raise KeysUnavailable(f"The issuer's discovery document {error}.") from None
    if described.get("issuer") != issuer:
        raise KeysUnavailable("The issuer's discovery document names another issuer.")
    url = described.get("jwks_uri")
    if not isinstance(url, str):
        raise KeysUnavailable("The issuer's discovery document has no jwks_uri.")
    return url
