"""CA certificates and the shards of their CRLs (docs/revocation.md#the-cas-of-a-stack)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from certctl.domain.authorities.states import AuthorityState
from certctl.domain.ids import shard_of

ALL_SHARD = "all"
FIRST_SHARD = "0"
"""The first CRL of an issuing CA. The root's one CRL is also shard 0; it is complete and never open."""

CRL_VALIDITY = timedelta(hours=72)
ROOT_CRL_VALIDITY = timedelta(days=60)
CRL_LATE_WITH = timedelta(hours=48)
ROOT_CRL_LATE_WITH = timedelta(days=30)
"""A CRL that is valid for less than this is late: by then two publications have failed. The alarms watch the
same thresholds."""

_END_OF_PEM = "-----END CERTIFICATE-----\n"
_LEAVES_AHEAD = timedelta(days=30)
_FIRST_LEAVES = timedelta(days=230)


@dataclass(frozen=True)
class Authority:
    """A CA certificate with its key's ARN. Its URLs were fixed at creation and are never recomputed. `role`
    is `root` or `issuing`; `parent_id` names the root of an issuing CA, None under an external root;
    `replaces` names the preceding CA. No leaf ends after `leaves_until`; None if that was never recorded.
    `ocsp_url` is set, for ever, once a responder answers there. `revoked_at` and `revocation_reason` are set
    once the root's CRL is to list it, be it this stack's or another. With `ocsp_revokes_all` its responder
    calls all its certificates revoked; None as False."""

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
    revoked_at: datetime | None = None
    revocation_reason: str | None = None
    ocsp_revokes_all: bool | None = None

    @property
    def served_pem(self) -> str:
        """The chain that a server sends after its leaf: this CA and those above it, without the root."""
        between = self.chain_pem.split(_END_OF_PEM)[:-2]
        return self.certificate_pem + "".join(f"{pem}{_END_OF_PEM}" for pem in between)

    @property
    def signs_leaves(self) -> bool:
        return self.role == "issuing" and self.state is AuthorityState.ACTIVE

    @property
    def why_closed(self) -> str:
        """The error while no shard is open. The details are in the result of the deploy or of its
        repetition."""
        host = urlsplit(self.certificate_url).netloc
        return (
            f"The CA {self.ca_id} issues nothing yet: its certificate, its CRL or the OCSP answers of it and "
            f"its root are not served at {host}."
        )

    @property
    def last_leaf_ends(self) -> datetime:
        """The latest notAfter of a leaf: that of the CA."""
        return min(self.leaves_until or self.not_after, self.not_after)

    def leaves_until_for(self, leaf_ends: datetime) -> datetime | None:
        """The `leaves_until` to store before issuing a leaf that ends later than the stored one; None if
        nothing changes. Rounded far up, so that a row that all issuance reads is hardly ever written."""
        if self.leaves_until is None or leaf_ends <= self.leaves_until:
            return None
        return leaf_ends + _LEAVES_AHEAD

    def is_near_its_end(self, longest_leaf: timedelta, now: datetime) -> bool:
        """Whether rotation is due: after one more leaf of that lifetime there is not enough time for
        another."""
        return now > self.rotation_due_at(longest_leaf)

    def rotation_due_at(self, longest_leaf: timedelta) -> datetime:
        return self.not_after - 2 * longest_leaf

    def rotation_late_at(self, longest_leaf: timedelta) -> datetime:
        """From then on a leaf of that lifetime would outlive the CA and is refused."""
        return self.not_after - longest_leaf

    def is_done(self, shards: "Sequence[CrlShard]", now: datetime) -> bool:
        """Whether it has nothing left to sign: its last leaf has ended, and each CRL was published after that
        and has expired (RFC 5280, section 3.3)."""
        ended = self.last_leaf_ends
        is_after = all(s.this_update is not None and s.this_update > ended for s in shards)
        return self.state is AuthorityState.RETIRING and is_after and now > ended + CRL_VALIDITY


@dataclass(frozen=True)
class NewAuthority:
    """A request for a new issuing CA of an issuer, with a KMS key of its own. Without a `subject` its name
    follows that of the preceding CA; `permitted_domains` of None keeps those of the preceding CA. Without a
    `root_id` it is made below the root of the preceding CA, else the stack's first. `confirm` has what a CA
    with a fault has to be confirmed with: see `Confirmation`."""

    issuer_id: str
    key_arn: str
    subject: str | None = None
    permitted_domains: tuple[str, ...] | None = None
    confirm: tuple[str, ...] = ()
    root_id: str | None = None


@dataclass(frozen=True)
class NewRoot:
    """A request for a further root, with a KMS key of its own: the key identifies it."""

    key_arn: str
    subject: str


@dataclass(frozen=True)
class AuthorityRequest:
    """A CSR, with a key of this stack, for an external root to sign."""

    issuer_id: str
    key_arn: str
    subject: str
    csr_pem: str


@dataclass(frozen=True)
class SignedAuthority:
    """What an external root made of a request: PEM, `chain_pem` in order with the root at its end. `confirm`
    as in `NewAuthority`."""

    issuer_id: str
    certificate_pem: str
    chain_pem: str
    confirm: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrlShard:
    """The state of one CRL. `shard` is a number, or `all`. `changes` is the sum of the change counters that
    the published CRL covers: of its own shard, or for `all` of every shard. `announced` is stored before a
    CRL is uploaded: a published number above it proves that the tables were restored to an earlier time.
    `entries` and `published_at` are None for a CRL of an earlier release.

    `complete`: whether it lists every revocation of its CA and has no IDP, for ever, because a CRL whose
    scope shrank would unrevoke certificates for those who keep an older one (ADR 46). Rows of earlier
    releases do not have it: see `scope_of`. `joins` is the number of other CRLs whose entries the published
    one has beside its own, and `joined_changes` the sum of their `changes`."""

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
    entries: int | None = None
    published_at: datetime | None = None
    complete: bool = False
    joins: int = 0
    joined_changes: int = 0

    @property
    def is_being_added(self) -> bool:
        """Whether it is a further shard that no leaf may name yet, because its first CRL is not published."""
        return self.shard not in (FIRST_SHARD, ALL_SHARD) and not self.open and self.crl_number == 0

    def is_late(self, role: str, now: datetime) -> bool:
        """Whether its next edition is overdue, for a CA of that role; also before the first one."""
        if self.is_being_added:
            return False
        least = ROOT_CRL_LATE_WITH if role == "root" else CRL_LATE_WITH
        return self.next_update is None or self.next_update < now + least

    @property
    def is_numbered(self) -> bool:
        return self.shard != ALL_SHARD

    @property
    def covered(self) -> int:
        """The sum of the change counters of all shards whose entries the published CRL has."""
        return self.changes + self.joined_changes

    @property
    def last_number(self) -> int:
        return max(self.crl_number, self.announced)


def first_shards(authority: Authority) -> list[CrlShard]:
    """The CRLs that a CA is made with: each is complete, and none is open."""
    urls = {FIRST_SHARD: authority.crl_url, ALL_SHARD: authority.all_crl_url}
    return [
        CrlShard(authority.ca_id, name, url, open=False, complete=True) for name, url in urls.items() if url
    ]


def ocsp_url_for(authority: Authority) -> str:
    """The `ocsp_url` that it has, or is to have once a responder answers there: at the host of its other
    URLs."""
    return authority.ocsp_url or f"http://{urlsplit(authority.certificate_url).netloc}/ocsp/{authority.ca_id}"


def first_leaves_until(not_before: datetime, not_after: datetime) -> datetime:
    return min(not_before + _FIRST_LEAVES, not_after)


def shard_for(serial: str, shards: Sequence[CrlShard]) -> CrlShard:
    """`open[crc32(serial) mod len(open)]`. Raises ValueError if no shard is open."""
    open_shards = sorted((s for s in shards if s.open), key=lambda s: int(s.shard))
    if not open_shards:
        raise ValueError("the CA has no open CRL shard")
    return open_shards[shard_of(serial, len(open_shards))]


def object_key(url: str) -> str:
    """The bucket key of a stored URL: `http://host/pki/ca-1.crt` -> `pki/ca-1.crt`."""
    return urlsplit(url).path.lstrip("/")
