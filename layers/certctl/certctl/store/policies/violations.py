"""Policy violations, stored once for each list that shows them. The same refusal within a day is stored once;
an open violation has a row of its own until it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from certctl.domain.ids import new_id, time_of
from certctl.domain.policies.policies import Violation
from certctl.domain.policies.rules import Breach
from certctl.domain.times import month_of
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.mapping import to_item, to_record
from certctl.store.paging import IndexRange, Stage, load, months_back
from certctl.store.policies.items import CurrentViolationItem, OpenViolationItem, ViolationItem
from certctl.store.writes import Write, delete, put, update

KEPT = timedelta(days=400)
SAME_FOR = timedelta(hours=24)
_LONGEST_MESSAGE = 2_000


@dataclass(frozen=True)
class Offender:
    """What violates rules: a certificate by its id; a new one, which has no lasting id, by its team and
    name."""

    certificate_id: str
    common_name: str
    team_id: str

    def key_of(self, policy_id: str) -> str:
        subject = self.certificate_id or f"{self.team_id}#{self.common_name}"
        return sha256(f"{policy_id}#{subject}".encode()).hexdigest()


@dataclass(frozen=True)
class CurrentViolation:
    """The violation that an equal one belongs to: its id, and when it began."""

    id: str
    since: datetime


@dataclass(frozen=True)
class OpenViolation:
    """An open violation. `said` is a hash of its severity and message."""

    policy_id: str
    certificate_id: str
    violation_id: str
    team_id: str
    said: str

    def matches(self, breach: Breach) -> bool:
        return self.said == _said(breach)


class ViolationStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def known(
        self, offender: Offender, breaches: Sequence[Breach], now: datetime
    ) -> dict[str, CurrentViolation]:
        """The violations of the last day, by policy; one round trip, read consistently."""
        places = {offender.key_of(breach.policy_id): breach.policy_id for breach in breaches}
        wanted = [(keys.CURRENT_VIOLATION, place) for place in places]
        rows = self._database.batch_get(CurrentViolationItem, wanted, consistent=True)
        fresh = [row for row in rows if now < row.since + SAME_FOR]
        return {places[row.id]: CurrentViolation(row.violation_id, row.since) for row in fresh}

    def new_steps(self, offender: Offender, violation: Violation) -> list[Write]:
        """Refused with ChangedMeanwhile if another call recorded the same."""
        kept_until, now = violation.created_at + KEPT, violation.created_at
        current = CurrentViolationItem(
            keys.CURRENT_VIOLATION,
            offender.key_of(violation.policy_id),
            violation_id=violation.id,
            since=now,
            delete_after=int((now + SAME_FOR).timestamp()),
        )
        unknown = CurrentViolationItem.id.does_not_exist() | (CurrentViolationItem.since <= now - SAME_FOR)
        return [put(current, unknown), *(put(row) for row in _rows(violation, kept_until))]

    def repeat_steps(self, violation_id: str, breach: Breach, now: datetime) -> list[Write]:
        """Counts the same once more."""
        actions = [
            ViolationItem.occurrences.add(1),
            ViolationItem.last_seen_at.set(now),
            ViolationItem.message.set(_bounded(breach.message)),
        ]
        return _updates(violation_id, breach.policy_id, actions)

    def open_of(self, policy_id: str, certificate_ids: Sequence[str]) -> dict[str, OpenViolation]:
        """The open violations of a policy, by certificate; may be stale by a moment."""
        wanted = [(keys.open_violations(policy_id), each) for each in certificate_ids]
        rows = self._database.batch_get(OpenViolationItem, wanted)
        return {row.id: _open(row) for row in rows}

    def open_by(self, certificate_id: str, policy_ids: Sequence[str]) -> dict[str, OpenViolation]:
        """The open violations of one certificate, by policy; read consistently."""
        wanted = [(keys.open_violations(each), certificate_id) for each in policy_ids]
        found = map(_open, self._database.batch_get(OpenViolationItem, wanted, consistent=True))
        return {each.policy_id: each for each in found}

    def first_open(self, policy_id: str, limit: int) -> list[OpenViolation]:
        """Read consistently."""
        kind = keys.open_violations(policy_id)
        page = self._database.query(OpenViolationItem, kind, limit=limit, consistent=True)
        return [_open(row) for row in page.items]

    def begin_steps(
        self, violation: Violation, breach: Breach, replaced: OpenViolation | None = None
    ) -> list[Write]:
        """Refused with ChangedMeanwhile if another one is open than the one that is `replaced`."""
        row = OpenViolationItem(
            keys.open_violations(violation.policy_id),
            violation.certificate_id,
            violation_id=violation.id,
            team_id=violation.team_id,
            said=_said(breach),
        )
        as_seen: Condition = OpenViolationItem.id.does_not_exist()
        if replaced is not None:
            as_seen = OpenViolationItem.violation_id == replaced.violation_id
        return [put(row, as_seen), *(put(each) for each in _rows(violation, None))]

    def end_steps(self, ended: OpenViolation, why: str, now: datetime) -> list[Write]:
        """Refused with ChangedMeanwhile if another one is open."""
        row = OpenViolationItem(keys.open_violations(ended.policy_id), ended.certificate_id)
        gone = delete(row, OpenViolationItem.violation_id == ended.violation_id)
        return [gone, *self.past_steps(ended, why, now)]

    def past_steps(self, ended: OpenViolation, why: str, now: datetime) -> list[Write]:
        """Ends it while another one takes its place."""
        actions = [
            ViolationItem.ended_at.set(now),
            ViolationItem.end_reason.set(why),
            ViolationItem.delete_after.set(int((now + KEPT).timestamp())),
        ]
        return _updates(ended.violation_id, ended.policy_id, actions)

    def standing(self, policy_id: str) -> Stage:
        """The open violations of a policy, by certificate."""
        kind = keys.open_violations(policy_id)
        place = IndexRange(OpenViolationItem, kind, OpenViolationItem.id, "violation_id", newest_first=False)
        return Stage(f"open-{policy_id}", (partial(place.read, self._database),), newest_first=False)

    def of_policy(self, policy_id: str) -> list[Stage]:
        """Newest first."""
        return [self._stage(keys.violations_of_policy(policy_id), "policy")]

    def by_month(self, now: datetime) -> list[Stage]:
        """Newest first."""
        return [self._stage(keys.violations_of_month(month), month) for month in months_back(now)]

    def get_many(self, ids: Sequence[str]) -> list[Violation]:
        """The violations that exist, unordered."""
        wanted = [(_month_list(violation_id), violation_id) for violation_id in ids]
        return [_violation(row) for row in self._database.batch_get(ViolationItem, wanted)]

    def load(self, ids: Sequence[str]) -> dict[str, Violation]:
        return {violation.id: violation for violation in load(ids, self.get_many)}

    def _stage(self, kind: str, name: str) -> Stage:
        place = IndexRange(ViolationItem, kind, ViolationItem.id, "id")
        return Stage(name, (partial(place.read, self._database),))


def refusal(offender: Offender, breach: Breach, now: datetime) -> Violation:
    return replace(new_violation(offender, breach, now, None), refused=True)


def new_violation(
    offender: Offender, breach: Breach, now: datetime, policy_revision: int | None
) -> Violation:
    return Violation(
        id=new_id("viol", now),
        policy_id=breach.policy_id,
        policy_name=breach.policy_name,
        certificate_id=offender.certificate_id,
        common_name=offender.common_name,
        team_id=offender.team_id,
        severity=breach.severity,
        message=_bounded(breach.message),
        refused=False,
        created_at=now,
        last_seen_at=now,
        policy_revision=policy_revision,
    )


def _bounded(message: str) -> str:
    return message if len(message) <= _LONGEST_MESSAGE else f"{message[: _LONGEST_MESSAGE - 3]}..."


def _said(breach: Breach) -> str:
    return sha256(f"{breach.severity}#{breach.message}".encode()).hexdigest()[:32]


def _rows(violation: Violation, kept_until: datetime | None) -> list[ViolationItem]:
    gone = kept_until and int(kept_until.timestamp())
    kinds = _lists(violation.id, violation.policy_id)
    return [to_item(ViolationItem, violation, kind=kind, delete_after=gone) for kind in kinds]


def _updates(violation_id: str, policy_id: str, actions: Sequence[Action]) -> list[Write]:
    exists = ViolationItem.id.exists()
    return [update(ViolationItem(k, violation_id), actions, exists) for k in _lists(violation_id, policy_id)]


def _lists(violation_id: str, policy_id: str) -> tuple[str, str]:
    return _month_list(violation_id), keys.violations_of_policy(policy_id)


def _month_list(violation_id: str) -> str:
    return keys.violations_of_month(month_of(time_of(violation_id)))


def _open(row: OpenViolationItem) -> OpenViolation:
    return OpenViolation(
        policy_id=row.kind.partition("#")[2],
        certificate_id=row.id,
        violation_id=row.violation_id,
        team_id=row.team_id,
        said=row.said,
    )


def _violation(row: ViolationItem) -> Violation:
    revision = None if row.policy_revision is None else int(row.policy_revision)
    return replace(to_record(Violation, row), occurrences=int(row.occurrences), policy_revision=revision)
