"""What a revocation is decided from, and what is answered of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from certctl.domain.certificates.certificates import Certificate, Lifecycle, Version, VersionState
from certctl.domain.jobs import Job
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.revocation.revocations import Revocation
from certctl.store.policies.violations import OpenViolation
from certctl.unit_of_work.revocation.keys import KeyChange, Keys


@dataclass(frozen=True)
class Revoked:
    """`status` is `revoked` or `on_hold`; `other_certificates` also use a compromised key. `refused_keys` are
    the SHA-256 of the keys that no certificate is issued for from now on; `more_keys_follow` where there were
    more than a transaction takes."""

    status: str
    certificate: Certificate
    serial_numbers: tuple[str, ...]
    other_certificates: tuple[str, ...] = ()
    refused_keys: tuple[str, ...] = ()
    more_keys_follow: bool = False


@dataclass(frozen=True)
class Found:
    """What a decision is made from: the record, its unexpired versions, those that are `meant`, the marks of
    those revoked. Open jobs, its `keys`, those that it holds (`held`), `others` (certificates that use the
    keys), routing and the violations that the revocation ends are read meanwhile."""

    certificate: Certificate
    versions: Sequence[Version]
    meant: Sequence[Version]
    revoked: dict[str, Revocation]
    open_jobs: Callable[[], Sequence[Job]] = tuple
    keys: Callable[[], Keys] = Keys
    held: Callable[[], tuple[str, ...]] = tuple
    others: Callable[[], tuple[str, ...]] = tuple
    routing: Callable[[], RoutingFacts] = RoutingFacts
    violations: Callable[[], Sequence[OpenViolation]] = tuple


@dataclass(frozen=True)
class Ended:
    """The record as it was stored, and what came to be of its keys."""

    certificate: Certificate
    keys: KeyChange


def answer(ended: Ended, found: Found) -> Revoked:
    status = "on_hold" if ended.certificate.lifecycle is Lifecycle.ON_HOLD else "revoked"
    serials = tuple(v.serial_number for v in found.versions if v.state is VersionState.ISSUED)
    return _revoked(status, ended, serials, found)


def answer_for(ended: Ended, found: Found, serial: str) -> Revoked:
    return _revoked("revoked", ended, (serial,), found)


def _revoked(status: str, ended: Ended, serials: tuple[str, ...], found: Found) -> Revoked:
    return Revoked(
        status=status,
        certificate=ended.certificate,
        serial_numbers=serials,
        other_certificates=found.others(),
        refused_keys=ended.keys.listed,
        more_keys_follow=not ended.keys.is_complete,
    )
