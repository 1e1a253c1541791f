"""The revocations that the stack has stored: of all CAs that are not retired and of all external issuers,
until 30 days after the end of the certificate, also those that CRLs have dropped since.

Unlike the JSON CRL, whose entries are public, these are the records of certificates: a caller finds those of
the certificates in their reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Principal
from certctl.domain.errors import NotFound
from certctl.domain.issuing.external_cas import is_external
from certctl.domain.revocation.filters import RevocationFilter
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.publications import RevocationPublication
from certctl.services.status.known_cas import RevocationSource, RevocationSources
from certctl.services.status.revocations import RevocationPublications
from certctl.services.status.shard_rows import stages_of
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.issuing.serials import SerialStore
from certctl.store.paging import Hit, ListPage, Position, in_parallel, rows_to_read, walk_until_full
from certctl.store.revocation.revocations import RevocationStore

_ABSENT = "No CA that is not retired, and no external issuer, has a revocation of this serial number."


@dataclass(frozen=True)
class NamedRevocation:
    """A revocation with the certificate's name; None for a CA, and for a certificate that the tables have
    lost."""

    revocation: Revocation
    certificate_name: str | None


@dataclass(frozen=True)
class NamedPublication:
    """Where a revocation is public, with the certificate's name as in `NamedRevocation`."""

    publication: RevocationPublication
    certificate_name: str | None


@dataclass(frozen=True)
class RevocationRecords:
    sources: RevocationSources
    serials: SerialStore
    revocations: RevocationStore
    certificates: CertificateIndexes
    publications: RevocationPublications

    def page(
        self, caller: Principal, wanted: RevocationFilter, position: Position | None, per_page: int
    ) -> ListPage[NamedRevocation]:
        """A page in order of CA, shard and serial, external issuers last: no index has them by time. Raises
        InvalidInput for an impossible filter and for a position outside this list."""
        wanted.check()
        rows = dict[str, Revocation]()
        sources = [s for s in self.sources.all() if wanted.includes(s.issuer_id, s.ca_id)]
        stages = stages_of(sources, self.revocations, rows)

        def keep(hits: Sequence[Hit]) -> list[Hit]:
            matching = {hit.id: rows[hit.id] for hit in hits if wanted.matches(rows[hit.id])}
            shown = self._in_reach(caller, matching)
            return [hit for hit in hits if hit.id in shown]

        all_shown = _sees_all(caller) and not wanted.is_of_rows
        limit = rows_to_read(per_page, all_shown=all_shown)
        walked = walk_until_full(stages, position, per_page, limit, keep)
        found = [rows[hit.id] for hit in walked.found]
        names = self._names(found)
        return ListPage([NamedRevocation(row, names.get(row.certificate_id)) for row in found], walked.next)

    def get(self, caller: Principal, serial: str, issuer_id: str | None = None) -> NamedPublication:
        """Raises NotFound unless it is revoked, or on hold, and in the caller's reach. An external issuer may
        have used a serial of another one: `issuer_id` says which is meant, else a CA of the stack is."""
        found = self._find(serial, RevocationFilter(issuer_id=issuer_id))
        shown = self._in_reach(caller, {row.ca_id: row for row in found})
        first = next((row for row in found if row.ca_id in shown), None)
        if first is None:
            raise NotFound(_ABSENT)
        publication, names = in_parallel(
            partial(self.publications.of_revocation, first), partial(self._names, [first])
        )
        return NamedPublication(publication, names.get(first.certificate_id))

    def _names(self, rows: Sequence[Revocation]) -> dict[str, str]:
        """The names of the certificates by id."""
        return {i: record.name for i, record in self.certificates.load(_certificate_ids(rows)).items()}

    def _find(self, serial: str, wanted: RevocationFilter) -> list[Revocation]:
        """The revocations of a serial, those of CAs first. A CA's serial has no reservation, nor has one that
        the tables have lost: it is looked for in every shard."""
        sources = [s for s in self.sources.all() if wanted.includes(s.issuer_id, s.ca_id)]
        cas = [s for s in sources if not is_external(s.ca_id)]
        known = self.serials.find_by_ca([ca.ca_id for ca in cas], serial)
        reserved = [(ca_id, str(found.crl_shard), serial) for ca_id, found in known.items()]
        others = [s for s in sources if is_external(s.ca_id)]
        rows = self.revocations.find_all([*(reserved or _places(cas, serial)), *_places(others, serial)])
        order = {source.ca_id: number for number, source in enumerate(sources)}
        return sorted(rows, key=lambda row: order[row.ca_id])

    def _in_reach(self, caller: Principal, rows: Mapping[str, Revocation]) -> dict[str, Revocation]:
        """The revocations that the caller may see. Those of CAs, and of certificates that the tables have
        lost, are for callers who see all."""
        if _sees_all(caller):
            return dict(rows)
        ids = _certificate_ids(list(rows.values()))
        found = self.certificates.load(ids)
        reach = partial(caller.reaches_team, Permission.CERTIFICATES_READ)
        reached = {certificate_id for certificate_id, c in found.items() if reach(c.team_id)}
        return {place: row for place, row in rows.items() if row.certificate_id in reached}


def _places(sources: Sequence[RevocationSource], serial: str) -> list[tuple[str, str, str]]:
    return [(source.ca_id, shard, serial) for source in sources for shard in source.shards]


def _sees_all(caller: Principal) -> bool:
    return caller.scope_of(Permission.CERTIFICATES_READ) is Scope.ALL


def _certificate_ids(rows: Sequence[Revocation]) -> list[str]:
    return sorted({row.certificate_id for row in rows if not row.is_of_unknown})
