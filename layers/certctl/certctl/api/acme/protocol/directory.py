"""The directory (RFC 8555 section 7.1.1)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.acme.protocol.responses import CACHED, AcmeResponse, json_response
from certctl.api.acme.protocol.urls import Urls
from certctl.domain.acme.settings import AcmeSettings

if TYPE_CHECKING:
    from certctl.services.acme.directory import Directory, DirectoryFacts

_PLACES = {
    "newNonce": "new-nonce",
    "newAccount": "new-account",
    "newOrder": "new-order",
    "revokeCert": "revoke-cert",
    "keyChange": "key-change",
    "renewalInfo": "renewal-info",
}


class DirectoryPlace:
    def __init__(self, directory: Callable[[], "Directory"], settings: Callable[[], AcmeSettings]) -> None:
        self._directory = directory
        self._settings = settings

    def show(self, urls: Urls) -> AcmeResponse:
        places: dict[str, Any] = {name: urls.of(place) for name, place in _PLACES.items()}
        meta = _meta(self._settings(), self._directory().facts())
        return json_response({**places, "meta": meta}).with_headers(Cache_Control=CACHED)


def _meta(settings: AcmeSettings, facts: "DirectoryFacts") -> dict[str, Any]:
    """Without what the stack has not. `profiles` says of each name only that it is one: their contents are
    the administrators'."""
    shown = {
        "termsOfService": settings.terms_url,
        "website": settings.website,
        "caaIdentities": list(settings.caa_identities),
        "externalAccountRequired": not facts.has_open_key,
        "profiles": {each: f"The profile {each} of this CA" for each in facts.profile_ids},
    }
    return {name: value for name, value in shown.items() if value not in ("", [], {})}
