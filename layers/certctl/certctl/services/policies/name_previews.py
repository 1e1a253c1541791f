"""Previews of a team's names: which existing certificates an edit would refuse. Nothing is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.name_edits import NamesEdit, NamesEffect, RefusedCertificate
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.insights.counters import CounterStore
from certctl.store.paging import Position, Stage, in_parallel, walk
from certctl.unit_of_work.catalog import CatalogRecords


@dataclass(frozen=True)
class NamesPreview:
    """The preview of one part of the inventory: `examined` certificates were read, the `evaluated` ones are
    neither revoked nor archived, and the caller may read them. `total` is the number of certificates in the
    stack, in whatever state; None if only the team's own are read. `next` is None at the end."""

    refused: Sequence[RefusedCertificate]
    examined: int
    evaluated: int
    total: int | None
    next: Position | None


@dataclass(frozen=True)
class NamePreviews:
    records: CatalogRecords
    indexes: CertificateIndexes
    counters: CounterStore
    now: Callable[[], datetime]

    def page(
        self,
        caller: Principal,
        team_id: str,
        allowed_names: Sequence[str],
        position: Position | None,
        limit: int,
    ) -> NamesPreview:
        """Examines at most `limit` certificates, in the order of their creation. Raises NotFound, and
        InvalidInput with the problems that saving these names would have."""
        edit, listed = in_parallel(
            lambda: self._edit(caller, team_id, allowed_names), self.records.catalog.team_names.all
        )
        walked, total = in_parallel(
            lambda: walk(self._stages(edit), position, limit), lambda: self._total(edit)
        )
        certificates = list(self.indexes.load([found.id for found in walked.found]).values())
        readable = [c for c in certificates if caller.reaches_team(Permission.CERTIFICATES_READ, c.team_id)]
        in_use = [certificate for certificate in readable if not certificate.lifecycle.has_ended]
        effect = NamesEffect(edit, listed, self._names_of_teams(edit, in_use))
        refused = [found for found in map(effect.refused, in_use) if found is not None]
        return NamesPreview(refused, len(certificates), len(in_use), total, walked.next)

    def _edit(self, caller: Principal, team_id: str, allowed_names: Sequence[str]) -> NamesEdit:
        team = self.records.changeable(caller, Kind.TEAM, team_id)
        edited = replace(team, content=replace(team.content, allowed_names=tuple(allowed_names)))
        self.records.check(caller, edited)
        return NamesEdit(team_id, team.content.names, edited.content.names)

    def _names_of_teams(
        self, edit: NamesEdit, certificates: Sequence[Certificate]
    ) -> Mapping[str, Sequence[str]]:
        """The names of the other teams that have any of the certificates."""
        others = {certificate.team_id for certificate in certificates} - {edit.team_id}
        found = self.records.book.find_many([(Kind.TEAM, team_id) for team_id in sorted(others)])
        return {team_id: team.content.names for (_, team_id), team in found.items()}

    def _stages(self, edit: NamesEdit) -> Sequence[Stage]:
        if edit.takes_from_others:
            return self.indexes.by_creation(self.now(), newest_first=False)
        return self.indexes.of_teams([edit.team_id], newest_first=False)

    def _total(self, edit: NamesEdit) -> int | None:
        if not edit.takes_from_others:
            return None
        return max(self.counters.totals().get("certificates", 0), 0)
