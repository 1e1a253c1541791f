"""Where revocations are stored: by CA and CRL shard, and by external issuer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from certctl.domain.authorities.authorities import Authority
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import NotFound
from certctl.domain.issuing.external_cas import EXTERNAL_SHARD, external_ca_id
from certctl.domain.kinds import IssuerType
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.paging import in_parallel

MOST_ISSUERS = 1_000
"""The most of whose external ones the revocations are listed."""
_KEPT = timedelta(seconds=60)
_ALL_ISSUERS = ""
_ROLES = ("issuing", "root")
_STATES = (AuthorityState.ACTIVE, AuthorityState.RETIRING)


@dataclass(frozen=True)
class RevocationSource:
    """The revocations of a CA, in the partitions of its numbered CRL shards, or those of an external issuer,
    which are in one partition: `ca_id` then is `external_ca_id`."""

    issuer_id: str
    ca_id: str
    shards: tuple[str, ...]


@dataclass(frozen=True)
class ShardedCa:
    """A CA, and its numbered shards in their order."""

    authority: Authority
    shards: tuple[str, ...]

    @property
    def source(self) -> RevocationSource:
        return RevocationSource(self.authority.issuer_id, self.authority.ca_id, self.shards)


@dataclass(frozen=True)
class _Known:
    """With the end of its validity in the cache."""

    cas: tuple[ShardedCa, ...]
    until: datetime


@dataclass(frozen=True)
class RevocationSources:
    """The sources of revocations: CAs that are not retired, then external issuers by id."""

    cas: "KnownCas"
    catalog: CatalogStore

    def all(self) -> list[RevocationSource]:
        """External issuers are read each time: a revocation is listed however new its issuer is. An issuer's
        record outlives its certificates."""
        cas, issuers = in_parallel(self.cas.not_retired, self._external)
        return [ca.source for ca in cas] + issuers

    def _external(self) -> list[RevocationSource]:
        entries = islice(self.catalog.all_of(Kind.ISSUER), MOST_ISSUERS)
        found = (entry.id for entry in entries if entry.content.type != IssuerType.GENERIC_CA)
        return [RevocationSource(each, external_ca_id(each), (EXTERNAL_SHARD,)) for each in found]


@dataclass(frozen=True)
class KnownCas:
    """The CAs that may have unexpired leaves, with the numbers of their CRL shards: data that rarely changes.
    Caches for 60 s which CAs there are, and which shards they have."""

    authorities: AuthorityStore
    now: Callable[[], datetime]
    _known: dict[str, _Known] = field(default_factory=dict, init=False)

    def with_leaves(self, issuer_id: str) -> tuple[ShardedCa, ...]:
        """The CAs of an issuer, the active one first. Raises NotFound without one."""
        cas = self._kept(issuer_id, partial(self.authorities.with_leaves, issuer_id))
        if not cas:
            raise NotFound(
                "There is no such issuer with a CA of its own. Revocations at other issuers are in"
                f" /api/v1/revocations?issuer_id={issuer_id}."
            )
        return cas

    def not_retired(self) -> tuple[ShardedCa, ...]:
        """The CAs of all issuers, roots included: issuing CAs first, the active ones before the others.
        Without those that are pending, which have issued nothing."""
        return self._kept(_ALL_ISSUERS, self._in_use)

    def _in_use(self) -> list[Authority]:
        found = [a for a in self.authorities.all() if a.state in _STATES]
        return sorted(found, key=lambda a: (_ROLES.index(a.role), _STATES.index(a.state), a.ca_id))

    def _kept(self, key: str, read: Callable[[], Sequence[Authority]]) -> tuple[ShardedCa, ...]:
        known = self._known.get(key)
        if known is None or known.until <= self.now():
            known = _Known(self._with_shards(read()), self.now() + _KEPT)
            if known.cas:
                self._known[key] = known
        return known.cas

    def _with_shards(self, authorities: Sequence[Authority]) -> tuple[ShardedCa, ...]:
        records = in_parallel(*[partial(self.authorities.shards, a.ca_id) for a in authorities])
        numbers = [sorted((s.shard for s in each if s.is_numbered), key=int) for each in records]
        return tuple(ShardedCa(a, tuple(each)) for a, each in zip(authorities, numbers, strict=True))
