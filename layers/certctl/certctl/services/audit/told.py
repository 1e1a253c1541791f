"""The audit trail for people: events with names, in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl.domain.access.principals import Principal
from certctl.domain.audit.names import Names, references_of
from certctl.domain.audit.pages import AuditFilter, Position, kind_of
from certctl.domain.audit.redaction import without_keys
from certctl.domain.audit.sentences import actor_name, credential_name, resource_name, sentence_of
from certctl.services.audit.trail import AuditTrail
from certctl.store.audit.names import RecordNames

Record = Mapping[str, Any]


@dataclass(frozen=True)
class ToldEvent:
    """`record` as stored; `meaning` is what names add to it."""

    record: Record
    meaning: Mapping[str, str | None]


@dataclass(frozen=True)
class ToldPage:
    events: list[ToldEvent]
    next: Position | None


@dataclass(frozen=True)
class ToldTrail:
    """Names are read with the page, not stored with the event: the trail is permanent, and the name of a
    person must be able to end with the person's record (docs/audit.md#what-is-recorded)."""

    trail: AuditTrail
    names: RecordNames

    def get(self, caller: Principal, event_id: str) -> ToldEvent:
        """Raises NotFound, also for an event of another team."""
        return self._told([self.trail.get(caller, event_id)])[0]

    def page(
        self, caller: Principal, wanted: AuditFilter, position: Position | None, per_page: int
    ) -> ToldPage:
        page = self.trail.page(caller, wanted, position, per_page)
        return ToldPage(self._told([event.record for event in page.events]), page.next)

    def _told(self, records: Sequence[Record]) -> list[ToldEvent]:
        names = self.names.of({each for record in records for each in references_of(record)})
        return [ToldEvent(record, _meaning(record, names)) for record in records]


def _meaning(record: Record, names: Names) -> dict[str, str | None]:
    """Without credentials, which somebody may have given as a name."""
    return {
        "kind": kind_of(record).value,
        "sentence": without_keys(sentence_of(record, names)),
        "actor_name": _shown(actor_name(record, names)),
        "credential_name": _shown(credential_name(record, names)),
        "resource_name": _shown(resource_name(record, names)),
    }


def _shown(name: str | None) -> str | None:
    return name and without_keys(name)
