"""Where a certificate was found: `file:/path#n`, `tls:host:port/sni`, an ARN, `k8s:namespace/name`,
`upload:name`."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.texts import harmless

MOST_CHARACTERS = 1000
_KEY_DIGITS = 32
_ALLOWED = (
    "a place is file:/path#n, tls:host:port/sni, an ARN, k8s:namespace/name or upload:name, of at most "
    f"{MOST_CHARACTERS} characters"
)


class PlaceKind(StrEnum):
    FILE = "file"
    TLS = "tls"
    AWS = "arn"
    KUBERNETES = "k8s"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Place:
    """A place; `text` has no invisible characters."""

    kind: PlaceKind
    text: str

    @property
    def key(self) -> str:
        """The key of the place in its scope: 32 hexadecimal digits of the SHA-256 of its text."""
        return _digits_of(self.text)

    @property
    def directory(self) -> str | None:
        """The folder of a file; None for other kinds."""
        if self.kind is not PlaceKind.FILE:
            return None
        return self.text.rpartition("#")[0].rpartition("/")[0] or self.text.rpartition("/")[0]


def key_at_endpoint(endpoint_id: str, fingerprint: str) -> str:
    """The key of a certificate at an endpoint, in the form of a place's key: servers show several
    certificates at one place, and several endpoints of a scope may be at one place."""
    return _digits_of(f"{endpoint_id}\n{fingerprint}")


def _digits_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_DIGITS]


def parse_place(text: str) -> Place:
    """Raises InvalidInput on `place`."""
    kind, colon, rest = text.partition(":")
    known = [each for each in PlaceKind if each.value == kind]
    if not (known and colon and rest) or len(text) > MOST_CHARACTERS:
        raise InvalidInput.of("place", _ALLOWED)
    return Place(known[0], harmless(text, MOST_CHARACTERS))
