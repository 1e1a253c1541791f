"""One request of an ACME client, and what is known of its sender."""

from dataclasses import dataclass, field
from typing import Any

from certctl.api.acme.protocol.urls import ROOT, Urls
from certctl.api.request import Call
from certctl.crypto.acme.jws import Jws, payload_of
from certctl.crypto.acme.keys import PublicJwk
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.problems import AcmeProblem, ProblemType

Place = tuple[str, ...]
"""The parts of a path below `/acme`, such as `("order", "acct-...", "ord-...")`."""
_MOST_PARTS = 6


def place_of(path: str) -> Place:
    """Empty for paths beyond the ACME server's."""
    root, _, rest = path.partition(f"{ROOT}/")
    return tuple(rest.split("/", _MOST_PARTS)) if not root and rest else ()


@dataclass
class Exchange:
    """A request on its way. `account` is set when signature and nonce are verified, and the caller of `call`
    when the service account is known."""

    call: Call
    query: str
    urls: Urls
    place: Place
    account: AcmeAccount | None = field(default=None)

    @property
    def url(self) -> str:
        """The URL that a request must be signed for."""
        query = f"?{self.query}" if self.query else ""
        return f"https://{self.urls.host}{self.call.path}{query}"


@dataclass(frozen=True)
class SignedRequest:
    """A request whose signature and nonce were verified. `key` signed it."""

    place: Place
    urls: Urls
    url: str
    query: str
    source_ip: str
    jws: Jws
    key: PublicJwk

    @property
    def is_read(self) -> bool:
        """Whether it is POST-as-GET (RFC 8555 section 6.3)."""
        return not self.jws.payload

    def payload(self) -> dict[str, Any]:
        """Raises AcmeProblem, malformed, for anything but a strict JSON object."""
        return payload_of(self.jws)

    def require_read(self) -> None:
        """Raises AcmeProblem if it has a payload: the place can be read only."""
        if not self.is_read:
            raise AcmeProblem(
                ProblemType.MALFORMED, "This URL takes POST-as-GET only: the payload must be empty."
            )
