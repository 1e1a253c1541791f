"""What broke the policies: stored for each list that shows it, and once for the same within a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from certctl.domain.ids import new_id, time_of
from certctl.domain.policies import Violation
from certctl.domain.policy_rules import Breach
from certctl.domain.timestamps import month_of
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.items_shared import CurrentViolationItem, ViolationItem
from certctl.store.listing import IndexRange, Stage, months_back
from certctl.store.mapping import to_item, to_record
from certctl.store.steps import Step, put, update

KEPT = timedelta(days=400)
SAME_FOR = timedelta(hours=24)
_LONGEST_MESSAGE = 2_000


@dataclass(frozen=True)
class Offence:
    """What breaks rules: a certificate by its id; a new one, which has none that lasts, by the team and the
    name that it was to have."""

    certificate_id: str
    common_name: str
    team_id: str

    def key_of(self, policy_id: str) -> str:
        subject = self.certificate_id or f"{self.team_id}#{self.common_name}"
        return sha256(f"{policy_id}#{subject}".encode()).hexdigest()


@dataclass(frozen=True)
class Known:
    """The violation that the same belongs to: its id, and when it began."""

    id: str
    since: datetime


class ViolationStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, offence: Offence, breaches: Sequence[Breach], now: datetime) -> dict[str, Known]:
        """By policy, those of the last day; one round trip, read consistently."""
        places = {offence.key_of(breach.policy_id): breach.policy_id for breach in breaches}
        wanted = [(keys.CURRENT_VIOLATION, place) for place in places]
        rows = self._database.batch_get(CurrentViolationItem, wanted, consistent=True)
        fresh = [row for row in rows if now < row.since + SAME_FOR]
        return {places[row.id]: Known(row.violation_id, row.since) for row in fresh}

    def new_steps(self, offence: Offence, violation: Violation) -> list[Step]:
        """Refused with ChangedMeanwhile where somebody else recorded the same."""
        kept_until, now = violation.created_at + KEPT, violation.created_at
        current = CurrentViolationItem(
            keys.CURRENT_VIOLATION,
            offence.key_of(violation.policy_id),
            violation_id=violation.id,
            since=now,
            delete_after=int((now + SAME_FOR).timestamp()),
        )
        unknown = CurrentViolationItem.id.does_not_exist() | (CurrentViolationItem.since <= now - SAME_FOR)
        return [put(current, unknown), *(put(row) for row in _rows(violation, kept_until))]

    def repeat_steps(self, known: Known, breach: Breach, now: datetime, *, refused: bool) -> list[Step]:
        """The same once more."""
        actions = [
            ViolationItem.occurrences.add(1),
            ViolationItem.last_seen_at.set(now),
            ViolationItem.message.set(_bounded(breach.message)),
            ViolationItem.refused.set(refused),
        ]
        kinds = (_month_list(known.id), keys.violations_of_policy(breach.policy_id))
        exists = ViolationItem.id.exists()
        return [update(ViolationItem(kind, known.id), actions, exists) for kind in kinds]

    def of_policy(self, policy_id: str) -> list[Stage]:
        """Newest first."""
        return [self._stage(keys.violations_of_policy(policy_id), "policy")]

    def by_month(self, now: datetime) -> list[Stage]:
        """Newest first."""
        return [self._stage(keys.violations_of_month(month), month) for month in months_back(now)]

    def get_many(self, ids: Sequence[str]) -> list[Violation]:
        """Those that exist, in no order."""
        wanted = [(_month_list(violation_id), violation_id) for violation_id in ids]
        return [_violation(row) for row in self._database.batch_get(ViolationItem, wanted)]

    def _stage(self, kind: str, name: str) -> Stage:
        place = IndexRange(ViolationItem, kind, ViolationItem.id, "id")
        return Stage(name, (partial(place.read, self._database),))


def new_violation(offence: Offence, breach: Breach, now: datetime, *, refused: bool) -> Violation:
    return Violation(
        id=new_id("viol", now),
        policy_id=breach.policy_id,
        policy_name=breach.policy_name,
        certificate_id=offence.certificate_id,
        common_name=offence.common_name,
        team_id=offence.team_id,
        severity=breach.severity,
        message=_bounded(breach.message),
        refused=refused,
        created_at=now,
        last_seen_at=now,
    )


def _bounded(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 3]}..."


def _rows(violation: Violation, kept_until: datetime) -> list[ViolationItem]:
    kinds = (_month_list(violation.id), keys.violations_of_policy(violation.policy_id))
    gone = int(kept_until.timestamp())
    return [to_item(ViolationItem, violation, kind=kind, delete_after=gone) for kind in kinds]


def _month_list(violation_id: str) -> str:
    return keys.violations_of_month(month_of(time_of(violation_id)))


def _violation(row: ViolationItem) -> Violation:
    return replace(to_record(Violation, row), occurrences=int(row.occurrences))
