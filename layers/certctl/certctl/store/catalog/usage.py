"""Counts the users of a catalog record, for the "in use" error of a deletion; bounded."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched
from typing import Any

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.references import is_used_by
from certctl.domain.errors import Unavailable
from certctl.observability import logger
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.catalog.known import Place
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.items import CertificateItem
from certctl.store.database import Database
from certctl.store.keys import API_KEY, CERTIFICATE, referrer
from certctl.store.paging import in_parallel, load

MOST_COUNTED = 1_000
_MOST_LOOKED_AT = 100
_ACTIONS = 100
_CA = "CA"
_WORDS = {"acme-eab-key": "EAB key"}
"""What the kinds of referrers are called, if not by their kind."""
_KINDS = frozenset(kind.value for kind in Kind)
_CERTIFICATE_INDEXES: Mapping[Kind, Any] = {
    Kind.OWNER: CertificateItem.by_owner,
    Kind.TEAM: CertificateItem.by_team,
    Kind.ISSUER: CertificateItem.by_issuer,
}


@dataclass(frozen=True)
class Usage:
    """Counts by the kind of referrer, of `MOST_COUNTED` at most each. `leaving` are being deleted themselves:
    they may come back. `ended` certificates need it no longer; beyond the ones read (`more`) this is
    unknown."""

    counts: Mapping[str, int]
    leaving: int = 0
    ended: Sequence[str] = ()
    more: bool = False

    @property
    def forbids_deletion(self) -> bool:
        return bool(self.counts) or self.more

    def __str__(self) -> str:
        if self.more and not self.counts:
            return f"more than the {MOST_COUNTED:,} certificates that were read, which all have ended"
        return ", ".join(_counted(kind, count) for kind, count in sorted(self.counts.items()))


@dataclass(frozen=True)
class _Referrers:
    """`certificates` by id."""

    records: Sequence[str]
    certificates: Sequence[str]
    more: bool


class CatalogUsage:
    def __init__(self, database: Database, catalog: CatalogStore, now: Callable[[], datetime]) -> None:
        self._authorities = AuthorityStore(database)
        self._database = database
        self._catalog = catalog
        self._now = now

    def of(self, kind: Kind, entry_id: str) -> Usage:
        """Counts in two steps: references are read consistently, certificates' owners, teams and issuers by
        index; then those that may no longer count, consistently."""
        found, authorities = in_parallel(
            lambda: self._referrers(kind, entry_id), lambda: self._live_authorities(kind, entry_id)
        )
        ended, leaving = in_parallel(
            lambda: self._ended(kind, found.certificates), lambda: self._leaving(found.records)
        )
        counts = Counter(each.partition("#")[0] for each in found.records)
        counts[CERTIFICATE] = len(found.certificates) - len(ended)
        counts[_CA] = authorities
        del counts[API_KEY]  # keys end with what they act for
        leaving_kinds = Counter(place[0].value for place in leaving)
        in_use = {k: n for k, n in (counts - leaving_kinds).items() if n}
        return Usage(in_use, leaving_kinds.total(), ended, found.more)

    def is_shared(self, owner_id: str, teams: Sequence[str]) -> bool:
        """Whether a certificate of another team that has not ended names the owner; also if there are more
        than `MOST_COUNTED` to look at."""
        ids = self._by_index(Kind.OWNER, owner_id)
        if len(ids) > MOST_COUNTED:
            return True
        others = [row for row in load(ids, self._certificates) if row.team_id not in teams]
        now = self._now()
        return any(is_used_by(Kind.OWNER, row.lifecycle, row.expires_at, now) for row in others)

    def _live_authorities(self, kind: Kind, entry_id: str) -> int:
        """CAs of an issuer that are not retired: they still sign for it, at least revocations."""
        if kind is not Kind.ISSUER:
            return 0
        return sum(a.issuer_id == entry_id for a in self._authorities.all())

    def forget_ended(self, kind: Kind, entry_id: str, usage: Usage) -> None:
        """Removes the references of certificates that have ended, best effort: a revocation has no room for
        it. These can never be used again. Idempotent."""
        if kind in _CERTIFICATE_INDEXES:
            return
        steps = [self._catalog.unrefer_step(kind, entry_id, referrer(CERTIFICATE, i)) for i in usage.ended]
        try:
            in_parallel(
                *[partial(self._database.transact, b) for b in batched(steps, _ACTIONS, strict=False)]
            )
        except Unavailable:
            logger.warning("references of ended certificates remain", extra={"id": entry_id}, exc_info=True)

    def _referrers(self, kind: Kind, entry_id: str) -> _Referrers:
        page, indexed = in_parallel(
            lambda: self._catalog.referrers(kind, entry_id, MOST_COUNTED),
            lambda: self._by_index(kind, entry_id),
        )
        parted = [each.partition("#") for each in page.referrers]
        records = [f"{kind}#{record_id}" for kind, _, record_id in parted if kind != CERTIFICATE]
        named = [certificate_id for kind, _, certificate_id in parted if kind == CERTIFICATE]
        more = page.next_after is not None or len(indexed) > MOST_COUNTED
        return _Referrers(records, (named + indexed)[:MOST_COUNTED], more)

    def _by_index(self, kind: Kind, entry_id: str) -> list[str]:
        """The newest first: those that have ended are mostly old."""
        index = _CERTIFICATE_INDEXES.get(kind)
        if index is None:
            return []
        page = self._database.query(index, entry_id, limit=MOST_COUNTED + 1, newest_first=True)
        return [row.certificate_id for row in page.items]

    def _ended(self, kind: Kind, certificate_ids: Sequence[str]) -> list[str]:
        now = self._now()
        rows = load(certificate_ids, self._certificates)
        return [r.certificate_id for r in rows if not is_used_by(kind, r.lifecycle, r.expires_at, now)]

    def _certificates(self, certificate_ids: Sequence[str]) -> list[CertificateItem]:
        keys = [(certificate_id, CERTIFICATE) for certificate_id in certificate_ids]
        return self._database.batch_get(CertificateItem, keys, consistent=True)

    def _leaving(self, records: Sequence[str]) -> list[Place]:
        """Checked for a few only; if there are more, some certainly remain."""
        parted = (each.partition("#") for each in records)
        places = [(Kind(kind), entry_id) for kind, _, entry_id in parted if kind in _KINDS]
        if not places or len(places) > _MOST_LOOKED_AT:
            return []
        found = self._catalog.get_many(places)
        return [place for place, entry in found.items() if entry.is_deleting]


def _counted(referrers: str, count: int) -> str:
    kind = _WORDS.get(referrers, referrers)
    if count >= MOST_COUNTED:
        return f"at least {MOST_COUNTED:,} {_plural(kind)}"
    return f"1 {kind}" if count == 1 else f"{count} {_plural(kind)}"


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
