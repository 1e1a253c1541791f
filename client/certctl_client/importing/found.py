"""What a file holds, what is sent of it, and what is refused."""

from dataclasses import dataclass


class Unreadable(Exception):
    """A file, or a part of it, is not read. The message is a sentence without any byte of the file."""


class NoCertificate(Unreadable):
    """Nothing is wrong with a file: it is something else."""


@dataclass(frozen=True)
class Contents:
    """Certificates that belong together, in DER, in the order of the file. `private_keys` are the formats of
    the keys beside them, `faults` the reasons why parts are not read. `renewed_by` and `place` are set if the
    file itself tells them, as a dump of Kubernetes does."""

    certificates: tuple[bytes, ...] = ()
    private_keys: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    renewed_by: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Found:
    """A certificate at a place, and the certificates above it from its issuer on, all in DER."""

    place: str
    certificate: bytes
    chain: tuple[bytes, ...] = ()
    renewed_by: str | None = None


@dataclass(frozen=True)
class Refused:
    place: str
    reason: str


@dataclass(frozen=True)
class TrustStore:
    """A file with so many CA certificates that they are only counted."""

    place: str
    authorities: int


@dataclass(frozen=True)
class KeyLeft:
    """A private key that stays where it is: its bytes are not decoded, kept or sent."""

    place: str
    format: str


type Finding = Found | Refused | TrustStore | KeyLeft
