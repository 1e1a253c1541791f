"""Public information about a serial: whether an issuer's CA issued it, and whether it is revoked. Reads a few
rows and writes none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.authorities.authorities import ALL_SHARD, Authority, CrlShard
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import NotFound
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.answers import CertificateStatus
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.issuing.serials import SerialStore
from certctl.store.paging import in_parallel
from certctl.store.revocation.revocations import RevocationStore

_KEPT = timedelta(seconds=60)
_Shards = tuple[CrlShard, ...]
_Authorities = tuple[tuple[Authority, _Shards], ...]


@dataclass(frozen=True)
class SerialStatus:
    """`authority` is the CA that issued it, None if it is unknown."""

    issuer_id: str
    serial_number: str
    status: CertificateStatus
    authority: Authority | None = None
    not_after: datetime | None = None
    revocation: Revocation | None = None


@dataclass(frozen=True)
class AuthorityLists:
    """A CA with its CRLs; `urls` together have all its revocations."""

    authority: Authority
    urls: tuple[str, ...]


@dataclass(frozen=True)
class _CachedCas:
    """The CAs with their shards, and the end of their validity in the cache."""

    authorities: _Authorities
    until: datetime


@dataclass(frozen=True)
class SerialStatuses:
    """Caches for 60 s which CAs an issuer has, and which shards they have."""

    authorities: AuthorityStore
    serials: SerialStore
    revocations: RevocationStore
    now: Callable[[], datetime]
    _known: dict[str, _CachedCas] = field(default_factory=dict, init=False)

    def lists_of(self, issuer_id: str) -> list[AuthorityLists]:
        """The active CA first. Raises NotFound."""
        return [AuthorityLists(a, _urls(a, shards)) for a, shards in self._with_leaves(issuer_id)]

    def of(self, issuer_id: str, serial: str) -> SerialStatus:
        """Raises NotFound for an issuer without a CA of its own."""
        authorities = self._with_leaves(issuer_id)
        by_id = {authority.ca_id: authority for authority, _ in authorities}
        known, revoked = in_parallel(
            lambda: self.serials.find_by_ca(by_id, serial), lambda: self._revoked(authorities, serial)
        )
        status = SerialStatus(issuer_id, serial, CertificateStatus.UNKNOWN)
        if revoked is not None:
            authority = by_id[revoked.ca_id]
            return SerialStatus(
                issuer_id, serial, CertificateStatus.REVOKED, authority, revoked.not_after, revoked
            )
        for ca_id, found in known.items():
            if found.state is VersionState.ISSUED:
                good = CertificateStatus.GOOD
                return SerialStatus(issuer_id, serial, good, by_id[ca_id], found.not_after)
        return status

    def _revoked(self, authorities: _Authorities, serial: str) -> Revocation | None:
        """The revocation in any shard: a restored one may be of a serial that the tables have lost."""
        shards = [shard for _, each in authorities for shard in each if shard.shard != ALL_SHARD]
        return self.revocations.find_many([(s.ca_id, s.shard, serial) for s in shards]).get(serial)

    def _with_leaves(self, issuer_id: str) -> _Authorities:
        known = self._known.get(issuer_id)
        if known is None or known.until <= self.now():
            known = self._known[issuer_id] = self._look_up(issuer_id)
        return known.authorities

    def _look_up(self, issuer_id: str) -> _CachedCas:
        found = self.authorities.with_leaves(issuer_id)
        if not found:
            raise NotFound("There is no such issuer, or it has no CA of its own.")
        shards = in_parallel(*[partial(self.authorities.shards, a.ca_id) for a in found])
        parts = tuple((a, tuple(each)) for a, each in zip(found, shards, strict=True))
        return _CachedCas(parts, self.now() + _KEPT)


def _urls(authority: Authority, shards: _Shards) -> tuple[str, ...]:
    if authority.all_crl_url is not None:
        return (authority.all_crl_url,)
    return tuple(sorted(shard.url for shard in shards)) or (authority.crl_url,)
