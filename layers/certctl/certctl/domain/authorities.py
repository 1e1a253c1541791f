"""CA certificates and the shards of their CRLs (pki.md sections 1 and 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from certctl.domain.ids import shard_of

ALL_SHARD = "all"


class AuthorityState(StrEnum):
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


@dataclass(frozen=True)
class Authority:
    """A CA certificate with its key's ARN. Its URLs were fixed when it was made and are never recomputed.
    `role` is `root` or `issuing`; `parent_id` names the root of an issuing CA."""

    ca_id: str
    issuer_id: str
    role: str
    key_arn: str
    certificate_pem: str
    subject_key_identifier: str
    not_before: datetime
    not_after: datetime
    state: AuthorityState
    certificate_url: str
    crl_url: str
    chain_pem: str = ""
    all_crl_url: str | None = None
    ocsp_url: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True)
class CrlShard:
    """One CRL of a CA. `shard` is a number, or `all` for the one without IDP. `changes` is the sum of the
    change counters that the published CRL holds. `announced` is put down before a CRL is put: a published
    number above it proves that the tables went back in time."""

    ca_id: str
    shard: str
    url: str
    open: bool
    crl_number: int = 0
    etag: str = ""
    this_update: datetime | None = None
    next_update: datetime | None = None
    changes: int = 0
    announced: int = 0

    @property
    def last_number(self) -> int:
        return max(self.crl_number, self.announced)


def shard_for(serial: str, shards: Sequence[CrlShard]) -> CrlShard:
    """`open[crc32(serial) mod len(open)]`. Raises ValueError where no shard is open."""
    open_shards = sorted((s for s in shards if s.open), key=lambda s: int(s.shard))
    if not open_shards:
        raise ValueError("the CA has no open CRL shard")
    return open_shards[shard_of(serial, len(open_shards))]


def object_key(url: str) -> str:
    """Where the bucket keeps what is served at a stored URL: `http://host/pki/ca-1.crt` -> `pki/ca-1.crt`."""
    return urlsplit(url).path.lstrip("/")
