"""Versions of a managed certificate: each issued certificate, from the reservation of its serial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.certificates.statuses import VersionState

MAX_UNEXPIRED_VERSIONS = 30


@dataclass(frozen=True)
class Version:
    """One certificate of the record, from the reservation of its serial. `crl_shard` belongs to `ca_id`. With
    `no_rev_avail` it has noRevAvail (RFC 9608): its shard lists its revocation, but clients do not look.
    `key_type` is `RSA-2048`, `ECDSA-P256` or `Ed25519`; None if an earlier release issued it.
    `acme_account_id`: of the ACME account that ordered it; None for others, and of earlier releases."""

    certificate_id: str
    serial_number: str
    ca_id: str
    crl_shard: int
    job_id: str
    state: VersionState
    not_before: datetime
    not_after: datetime
    created_at: datetime
    spki_sha256: str = ""
    fingerprint_sha256: str = ""
    no_rev_avail: bool = False
    key_type: str | None = None
    downloaded_at: datetime | None = None
    """When the ACME client that ordered it first downloaded it."""
    acme_account_id: str | None = None

    @property
    def id(self) -> str:
        return f"{self.certificate_id}/{self.serial_number}"

    @property
    def current_fields(self) -> Mapping[str, object]:
        """The fields of the certificate's record while this version is the current one."""
        return {
            "serial_number": self.serial_number,
            "not_before": self.not_before,
            "expires_at": self.not_after,
            "key_type": self.key_type,
        }


@dataclass(frozen=True)
class IssuedPem:
    """The issued PEM: the leaf, the issuing CA, and the CSR."""

    certificate_id: str
    serial_number: str
    certificate_pem: str
    chain_pem: str
    csr_pem: str


def newest_valid(versions: Sequence[Version], revoked: frozenset[str], now: datetime) -> Version | None:
    """The issued version that is valid longest, or None."""
    valid = (
        v
        for v in versions
        if v.state is VersionState.ISSUED and v.not_after > now and v.serial_number not in revoked
    )
    return max(valid, key=lambda v: (v.not_after, v.created_at), default=None)
