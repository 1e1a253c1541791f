"""Challenges of the ACME server: what an ACME account has to show, and what an attempt to see it found."""

from dataclasses import dataclass, field

from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.problems import ProblemType


@dataclass(frozen=True)
class Proof:
    """What one attempt looks for, wherever it is to be shown."""

    type: ChallengeType
    name: str
    """A DNS name in lower case without a wildcard's `*.`, or an IP address in its canonical spelling."""
    token: str
    thumbprint: str = field(repr=False)
    """RFC 7638, of the ACME account's key when the client answered the challenge."""
    is_address: bool = False
    is_wildcard: bool = False
    account_url: str = ""
    """The URL that CAA records may name (RFC 8657 section 3)."""

    @property
    def key_authorization(self) -> str:
        """RFC 8555 section 8.1."""
        return f"{self.token}.{self.thumbprint}"


@dataclass(frozen=True)
class Validated:
    """The proof was seen, at one of `addresses`; dns-01 connects to no server of the name."""

    addresses: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Refused:
    """The proof was not seen. `detail` never quotes what a server sent: the client could read private
    networks with it."""

    type: ProblemType
    detail: str
    is_certain: bool = False
    """Whether time hardly changes it: a policy refuses, nothing is missing."""


Outcome = Validated | Refused
