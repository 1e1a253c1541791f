"""The basis of a revocation's decision, and its result."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.revocation.revocations import Revocation
from certctl.store.policies.violations import OpenViolation
from certctl.unit_of_work.revocation.keys import KeyChange, Keys


@dataclass(frozen=True)
class Revoked:
    """`status` is `revoked` or `on_hold`; `other_certificates` also use a compromised key. `refused_keys` are
    the SHA-256 of the keys for which no certificate is issued from now on; `more_keys_follow`: there were
    more than a transaction takes. `unchecked_serial_numbers` are those of `serial_numbers` that have
    noRevAvail: clients do not look for their revocation."""

    status: str
    certificate: Certificate
    serial_numbers: tuple[str, ...]
    other_certificates: tuple[str, ...] = ()
    refused_keys: tuple[str, ...] = ()
    more_keys_follow: bool = False
    unchecked_serial_numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class RevocationBasis:
    """The basis of a decision: the record, its unexpired versions, those to revoke (`affected`), the existing
    revocations, open jobs, its `keys`, the keys that it holds (`held`), routing and the violations that the
    revocation ends. `others` with the same keys are only reported: no write depends on them."""

    certificate: Certificate
    versions: Sequence[Version]
    affected: Sequence[Version]
    revoked: dict[str, Revocation]
    open_jobs: Sequence[Job]
    keys: Keys
    held: tuple[str, ...]
    routing: RoutingFacts
    violations: Sequence[OpenViolation]
    others: Future[tuple[str, ...]]


def certificate_result(certificate: Certificate, keys: KeyChange, basis: RevocationBasis) -> Revoked:
    status = "on_hold" if certificate.lifecycle is Lifecycle.ON_HOLD else "revoked"
    serials = tuple(v.serial_number for v in basis.versions if v.state is VersionState.ISSUED)
    return _revoked(status, certificate, keys, serials, basis)


def version_result(certificate: Certificate, keys: KeyChange, basis: RevocationBasis, serial: str) -> Revoked:
    return _revoked("revoked", certificate, keys, (serial,), basis)


def _revoked(
    status: str, certificate: Certificate, keys: KeyChange, serials: tuple[str, ...], basis: RevocationBasis
) -> Revoked:
    return Revoked(
        status=status,
        certificate=certificate,
        serial_numbers=serials,
        other_certificates=basis.others.result(),
        refused_keys=keys.listed,
        more_keys_follow=not keys.is_complete,
        unchecked_serial_numbers=_unchecked(basis.affected, serials),
    )


def _unchecked(versions: Sequence[Version], serials: Sequence[str]) -> tuple[str, ...]:
    return tuple(v.serial_number for v in versions if v.no_rev_avail and v.serial_number in serials)
