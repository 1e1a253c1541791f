"""Works off edits of teams' names: the certificates that an edit refuses may be renewed unchanged for a time.

Edits are worked off in their order. A certificate is marked in one transaction with its alerts and its
reminder, on condition that it has not changed since it was read: a run that was killed is repeated without a
second alert.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import ChangedMeanwhile
from certctl.domain.notifications.alerts import Alert
from certctl.domain.policies.name_alerts import ending_alert, exempted_alert, for_team, regained_alert
from certctl.domain.policies.name_edits import (
    Exemption,
    NamesEffect,
    RecordedEdit,
    effect_at_its_time,
    exemption_of,
)
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.follow_ups import FollowUp, FollowUpStore
from certctl.store.paging import Position, Stage, walk
from certctl.store.policies.name_edits import NamesEditStore, NamesExemptionStore
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.retry import is_committed, retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units

ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_SLICE = 100


@dataclass(frozen=True)
class ExemptionReport:
    """`marked` certificates got an exemption or lost the one that they no longer need; `reminded` of its
    end."""

    marked: int
    reminded: int


@dataclass(frozen=True)
class NameExemptions:
    """The cached catalog is not older than `follow_ups.SETTLED_AFTER`."""

    stores: Stores
    units: Units
    follow_ups: FollowUpStore
    references: References
    indexes: CertificateIndexes
    now: Callable[[], datetime]

    @cached_property
    def _edits(self) -> NamesEditStore:
        return NamesEditStore(self.stores.database)

    @cached_property
    def _exemptions(self) -> NamesExemptionStore:
        return NamesExemptionStore(self.stores.database)

    def run(self, has_time: Callable[[], bool]) -> ExemptionReport:
        """Raises Unavailable: the next run continues there."""
        marked = self.follow_ups.work_off(self.now(), partial(self._settle, has_time))
        return ExemptionReport(marked, self._remind(has_time))

    def _settle(self, has_time: Callable[[], bool], follow_up: FollowUp) -> Iterator[int]:
        pending = self._edits.pending()
        if not pending or pending[0].id != follow_up.id:
            return
        recorded, listed = pending[0], self.references.catalog.team_names.all()
        for ids in self.follow_ups.slices(follow_up, partial(self._read, recorded), has_time):
            certificates = self.stores.certificates.get_many(ids)
            names = self._names_of_teams(certificates)
            effect = effect_at_its_time(recorded, pending, listed, names)
            yield sum(self._settle_one(recorded, effect, certificate) for certificate in certificates)

    def _settle_one(self, recorded: RecordedEdit, effect: NamesEffect, certificate: Certificate) -> bool:
        try:
            return self._mark(recorded, effect, certificate)
        except ChangedMeanwhile:
            return self._mark_again(recorded, effect, certificate.id)

    @retry_on_conflict
    def _mark_again(self, recorded: RecordedEdit, effect: NamesEffect, certificate_id: str) -> bool:
        certificate = self.stores.certificates.get(certificate_id)
        return certificate is not None and self._mark(recorded, effect, certificate)

    def _names_of_teams(self, certificates: Sequence[Certificate]) -> Mapping[str, Sequence[str]]:
        teams = {certificate.team_id for certificate in certificates}
        found = self.references.book.find_many([(Kind.TEAM, team_id) for team_id in sorted(teams)])
        return {team_id: team.content.names for (_, team_id), team in found.items()}

    def _read(self, recorded: RecordedEdit, after: str | None) -> tuple[list[str], str | None]:
        """In the order of creation: no certificate moves from the part not yet read to the part already
        read."""
        walked = walk(self._stages(recorded), Position.of_text(after) if after else None, _SLICE)
        return [found.id for found in walked.found], str(walked.next) if walked.next else None

    def _stages(self, recorded: RecordedEdit) -> list[Stage]:
        return self.indexes.by_creation(recorded.made_at, newest_first=False)

    def _mark(self, recorded: RecordedEdit, effect: NamesEffect, certificate: Certificate) -> bool:
        now = self.now()
        if certificate.names_exempt_until is not None and self.references.may_have_its_names(certificate):
            self._end(certificate, now)
            return True
        until = recorded.exempt_until
        if until is None or until <= now or not _lacks(certificate, until):
            return False
        if self.references.may_have_its_names(certificate) or not effect.may_exempt(certificate):
            return False
        self._exempt(certificate, exemption_of(certificate.id, recorded, until, now), now)
        return True

    def _exempt(self, before: Certificate, exemption: Exemption, now: datetime) -> None:
        after = before.with_changes(now, names_exempt_until=exemption.until)
        unit = self.units.begin(ACTOR, after.id, now)
        unit.save(before, after, event="certificate_updated")
        unit.write(self._exemptions.record_step(exemption))
        alert = exempted_alert(after, exemption.team_id, exemption.until)
        self._alert_both(unit, alert, exemption.team_id)
        unit.commit()

    def _end(self, before: Certificate, now: datetime) -> None:
        """Ends the exemption. Its reminder finds none and is dropped."""
        after = before.with_changes(now, names_exempt_until=None)
        unit = self.units.begin(ACTOR, after.id, now)
        unit.save(before, after, event="certificate_updated")
        unit.alert(regained_alert(before, after.team_id), self.stores.routing_of(before))
        unit.commit()

    def _remind(self, has_time: Callable[[], bool]) -> int:
        due = self._exemptions.due(self.now())
        known = {c.id: c for c in self.stores.certificates.get_many([e.certificate_id for e in due])}
        reminded = 0
        for exemption in due:
            if not has_time():
                break
            reminded += self._remind_of(exemption, known.get(exemption.certificate_id))
        return reminded

    def _remind_of(self, exemption: Exemption, certificate: Certificate | None) -> bool:
        """Without a reminder if the exemption was ended or replaced, or is not needed any more: that it was
        ended the other team is told here."""
        now = self.now()
        unit = self.units.begin(ACTOR, exemption.certificate_id, now)
        unit.write(self._exemptions.reminded_step(exemption))
        is_needed = certificate is not None and self._is_needed(exemption, certificate, now)
        if certificate is not None and is_needed:
            self._alert_both(unit, ending_alert(certificate, exemption.until), exemption.team_id)
        elif certificate is not None and certificate.names_exempt_until is None:
            self._alert_other(unit, regained_alert(certificate, certificate.team_id), exemption.team_id)
        return is_committed(unit, "reminded", {"certificate_id": exemption.certificate_id}) and is_needed

    def _is_needed(self, exemption: Exemption, certificate: Certificate, now: datetime) -> bool:
        is_its = certificate.names_exempt_until == exemption.until and certificate.keeps_its_names(now)
        return (
            is_its
            and not certificate.lifecycle.has_ended
            and not self.references.may_have_its_names(certificate)
        )

    def _alert_both(self, unit: UnitOfWork, alert: Alert, team_id: str) -> None:
        unit.alert(alert, self.stores.routing.facts_of(alert.subject))
        self._alert_other(unit, alert, team_id)

    def _alert_other(self, unit: UnitOfWork, alert: Alert, team_id: str) -> None:
        if team_id == alert.subject.team_id:
            return
        of_other = for_team(alert, team_id)
        unit.alert(of_other, self.stores.routing.facts_of(of_other.subject))


def _lacks(certificate: Certificate, until: datetime) -> bool:
    """Whether it has no exemption that lasts as long."""
    current = certificate.names_exempt_until
    return current is None or current < until
