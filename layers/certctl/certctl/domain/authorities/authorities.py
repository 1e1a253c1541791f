"""CA certificates and the shards of their CRLs (pki.md sections 1 and 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from certctl.domain.ids import shard_of

ALL_SHARD = "all"
FIRST_SHARD = "0"
"""The first of the issuing CA. The root's one CRL is a shard 0 too, full, and never open."""

CRL_VALIDITY = timedelta(hours=72)
ROOT_CRL_VALIDITY = timedelta(days=60)
"""Of an issuing CA's CRLs."""

_END_OF_PEM = "-----END CERTIFICATE-----\n"
_LEAVES_AHEAD = timedelta(days=30)
_FIRST_LEAVES = timedelta(days=230)


class AuthorityState(StrEnum):
    """`pending`: made, but no leaf may name it yet, for its first CRL is not published."""

    PENDING = "pending"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


@dataclass(frozen=True)
class Authority:
    """A CA certificate with its key's ARN. Its URLs were fixed when it was made and are never recomputed.
    `role` is `root` or `issuing`; `parent_id` names the root of an issuing CA, None under an outside root;
    `replaces` names the CA before it. No leaf ends after `leaves_until`; None where nobody kept that."""

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
    replaces: str | None = None
    leaves_until: datetime | None = None

    @property
    def served_pem(self) -> str:
        """What a server sends after its leaf: this CA and those above it, without the root."""
        between = self.chain_pem.split(_END_OF_PEM)[:-2]
        return self.certificate_pem + "".join(f"{pem}{_END_OF_PEM}" for pem in between)

    @property
    def why_closed(self) -> str:
        """While no shard is open: what the deploy, or `activate`, said in more words."""
        host = urlsplit(self.certificate_url).netloc
        return f"The CA {self.ca_id} issues nothing yet: its certificate and CRL are not served at {host}."

    @property
    def last_leaf_ends(self) -> datetime:
        """No leaf outlives its CA."""
        return min(self.leaves_until or self.not_after, self.not_after)

    def leaves_until_for(self, leaf_ends: datetime) -> datetime | None:
        """What to keep before a leaf is issued that ends later than what is kept; None where nothing is to
        be kept. Far ahead, so that a row that all issuance reads is hardly ever written."""
        if self.leaves_until is None or leaf_ends <= self.leaves_until:
            return None
        return leaf_ends + _LEAVES_AHEAD

    def is_near_its_end(self, longest_leaf: timedelta, now: datetime) -> bool:
        """Rotation is due: after one more leaf of that lifetime there is not the time for another."""
        return now > self.rotation_due_at(longest_leaf)

    def rotation_due_at(self, longest_leaf: timedelta) -> datetime:
        return self.not_after - 2 * longest_leaf

    def rotation_late_at(self, longest_leaf: timedelta) -> datetime:
        """From then on a leaf of that lifetime would outlive it, and is refused."""
        return self.not_after - longest_leaf

    def is_done(self, shards: "Sequence[CrlShard]", now: datetime) -> bool:
        """Whether it has nothing to sign any more: its last leaf has ended, and each CRL was published after
        that and is over (RFC 5280, section 3.3)."""
        ended = self.last_leaf_ends
        is_after = all(s.this_update is not None and s.this_update > ended for s in shards)
        return self.state is AuthorityState.RETIRING and is_after and now > ended + CRL_VALIDITY


@dataclass(frozen=True)
class NewAuthority:
    """A new issuing CA of an issuer, with a key in KMS that no other CA has. Without a `subject` its name
    follows the one before it; `permitted_domains` are None where those of the one before it go on."""

    issuer_id: str
    key_arn: str
    subject: str | None = None
    permitted_domains: tuple[str, ...] | None = None


@dataclass(frozen=True)
class AuthorityRequest:
    """What an outside root was asked to sign: a CSR with a key of ours."""

    issuer_id: str
    key_arn: str
    subject: str
    csr_pem: str


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


def first_shards(authority: Authority) -> list[CrlShard]:
    """Those that a CA begins with; none is open."""
    first = CrlShard(authority.ca_id, FIRST_SHARD, authority.crl_url, open=False)
    if authority.all_crl_url is None:
        return [first]
    return [first, CrlShard(authority.ca_id, ALL_SHARD, authority.all_crl_url, open=False)]


def first_leaves_until(not_before: datetime, not_after: datetime) -> datetime:
    return min(not_before + _FIRST_LEAVES, not_after)


def shard_for(serial: str, shards: Sequence[CrlShard]) -> CrlShard:
    """`open[crc32(serial) mod len(open)]`. Raises ValueError where no shard is open."""
    open_shards = sorted((s for s in shards if s.open), key=lambda s: int(s.shard))
    if not open_shards:
        raise ValueError("the CA has no open CRL shard")
    return open_shards[shard_of(serial, len(open_shards))]


def object_key(url: str) -> str:
    """Where the bucket keeps what is served at a stored URL: `http://host/pki/ca-1.crt` -> `pki/ca-1.crt`."""
    return urlsplit(url).path.lstrip("/")
