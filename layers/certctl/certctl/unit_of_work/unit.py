"""The unit of work: collects what one change writes, and commits it in one transaction.

A use case reads, decides, registers its writes, and commits once. `commit` adds the audit
event and the counters of each changed record, and sends the nudges. Nothing is read here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from certctl.domain.audit.events import Actor, changes
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim, Nudge
from certctl.domain.insights.counters import CounterDelta, certificate_delta, job_delta, job_events
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import settlement_of
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.alerts import Alert, notifications_for
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.routing import RoutingFacts
from certctl.domain.notifications.statuses import NotificationType
from certctl.observability import logger
from certctl.store.audit.events import AuditStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.database import Database
from certctl.store.follow_ups import FollowUpStore
from certctl.store.idempotency import done_step
from certctl.store.insights.counters import CounterStore
from certctl.store.jobs.jobs import JobStore
from certctl.store.keys import CERTIFICATE, referrer
from certctl.store.writes import MAX_ACTIONS, Write
from certctl.unit_of_work.alerts import AlertRows, AlertWriter, most_severe_first
from certctl.unit_of_work.effects import Event, Group, PolicyEffects
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.plan import Draft, require_distinct_keys
from certctl.unit_of_work.resources import Resource, certificate_resource

MAX_ERROR = 256
"""Characters of `last_error` on a job."""


_SILENT = frozenset({"revision", "updated_at", "alerted", "acme_stopped_at"})
"""Fields of a certificate that may change without an audit event."""


class Unrecorded(Exception):
    """A change of a certificate without an audit event. Nothing was written."""


@dataclass(frozen=True)
class Parts:
    """What units of work write with. `incidents` marks certificates whose incidents maintenance must end;
    `limit` is the number of writes that a transaction takes."""

    database: Database
    certificates: CertificateStore
    jobs: JobStore
    audit: AuditStore
    counters: CounterStore
    alerts: AlertWriter
    incidents: FollowUpStore
    nudges: Nudges
    limit: int = MAX_ACTIONS

    def begin(self, actor: Actor, counted_by: str, now: datetime) -> "UnitOfWork":
        return UnitOfWork(self, actor, counted_by, now)


@dataclass(frozen=True)
class _Save:
    """`place` is that of the changed row among the other writes."""

    before: Certificate | None
    after: Certificate
    event: str | None
    place: int

    @property
    def size(self) -> int:
        """How many writes `commit` builds from the record as it is stored: its row, unless it is new, and its
        event."""
        return (self.before is not None) + (self.event is not None)


class UnitOfWork:
    """Verbs register; only `commit` writes. See `Units.begin`."""

    def __init__(self, parts: Parts, actor: Actor, counted_by: str, now: datetime) -> None:
        self._parts = parts
        self._actor = actor
        self._counted_by = counted_by
        self.now = now
        self._writes: list[Write] = []
        self._saved: _Save | None = None
        self._details: dict[str, Any] = {}
        self._events: list[Event] = []
        self._counted = CounterDelta()
        self._notifications: list[Notification] = []
        self._resolves: list[tuple[Alert, RoutingFacts]] = []
        self._together: list[Group] = []
        self._dispensable: list[Group] = []
        self._created: list[Job] = []
        self._after_commit: list[Callable[[], None]] = []
        self._is_committed = False

    def write(self, *writes: Write) -> None:
        """Rows of any store, each with the error to raise when it is refused."""
        self._writes += writes

    def include(self, *groups: Group) -> None:
        """Always in this transaction."""
        for group in groups:
            self._writes += group.writes
            self._events += group.events
            self._notifications += group.notifications

    def write_together(self, *groups: Group) -> None:
        """Keeps each group together. A group that does not fit is written before, in a transaction of its
        own."""
        self._together += groups

    def enforce(self, effects: PolicyEffects) -> None:
        """Violations that begin, continue or end with this change; see `write_together`."""
        self.write_together(*effects.groups)

    def write_if_room(self, *groups: Group) -> None:
        """Like `write_together`, but a group that does not fit is left out: a schedule writes it."""
        self._dispensable += groups

    def save(
        self, before: Certificate | None, after: Certificate, *, event: str | None, **details: Any
    ) -> None:
        """The certificate's row, its counters and its audit event; created if `before` is None. `event` may
        be None only if another event of this unit records the change, or if only the list of sent expiry
        alerts changes: otherwise `commit` raises Unrecorded."""
        if self._saved is not None:
            raise ValueError("a unit of work saves one certificate")
        self._saved = _Save(before, after, event, len(self._writes))
        self._details |= details
        self._counted += certificate_change(before, after)
        if before is None:
            store = self._parts.certificates
            self._writes += store.create_steps(after, after.search_names)

    def add_details(self, **details: Any) -> None:
        """Adds details to the event of `save` that depend on how many writes fit."""
        self._details |= details

    def create(self, *jobs: Job) -> None:
        """Creates the jobs with their counters, and nudges those that are due."""
        for job in jobs:
            self._writes.append(self._parts.jobs.create_step(job))
            self._counted += job_change(None, job)
        self._created += jobs

    def end(self, claim: Claim, job: Job, status: JobStatus, error: str | None = None) -> None:
        """Ends a job that this worker holds. If it ends without a certificate, a settlement later determines
        the result of its order at an external issuer."""
        error = error and error[:MAX_ERROR]
        self._writes.append(self._parts.jobs.end_step(claim, status, self.now, error))
        self._counted += job_change(job, replace(job, status=status))
        if status is not JobStatus.COMPLETED and not job.is_for_issuer:
            self._settle_later(job)

    def complete(self, claim: Claim, job: Job, serial_number: str) -> None:
        """Ends a job that this worker holds, and that has issued a certificate."""
        self._writes.append(self._parts.jobs.issued_step(claim, serial_number, self.now))
        self._counted += job_change(job, replace(job, status=JobStatus.COMPLETED))

    def cancel(self, jobs: Sequence[Job], reason: str) -> None:
        """Cancels open jobs that this worker does not hold, and starts the settlement of their orders. Jobs
        that notify an issuer continue."""
        self.stop([job for job in jobs if not job.is_for_issuer], JobStatus.CANCELLED, reason)

    def stop(self, jobs: Sequence[Job], status: JobStatus, reason: str) -> None:
        """Ends the jobs with any final status."""
        for job in jobs:
            self._writes.append(self._parts.jobs.stop_step(job, status, self.now, reason[:MAX_ERROR]))
            self._counted += job_change(job, replace(job, status=status))
            self._settle_later(job)

    def _settle_later(self, job: Job) -> None:
        """The due index starts it: no nudge, since its job may still be running."""
        # ADR 40: a certificate may be signed for an order whose job has ended.
        for settlement in settlement_of(job, self.now):
            self._writes.append(self._parts.jobs.create_step(settlement))
            self._counted += job_change(None, settlement)

    def event(
        self, action: str, resource: Resource, details: Mapping[str, Any], ulid: str | None = None
    ) -> None:
        """Another event beside that of `save`, or for a record that is not saved by `save`. `ulid` as in
        `Event`."""
        self._events.append(Event(action, resource, details, ulid))

    def count(self, delta: CounterDelta) -> None:
        """All deltas are summed: one write for each counter row."""
        self._counted += delta

    def alert(self, alert: Alert, routing: RoutingFacts) -> None:
        """One row for each channel, and their nudges; `AlertWriter` handles those that do not fit."""
        # An alert that is not stored with its cause can be lost (docs/architecture.md#writes).
        self.notify(*notifications_for(alert, routing, self.now))

    def notify(self, *notifications: Notification) -> None:
        """Adds the rows of an alert that goes to a given channel."""
        self._notifications += notifications

    def resolve(self, incidents: Sequence[Alert], routing: RoutingFacts) -> None:
        """Resolves incidents of the saved certificate and removes them from it. Those that do not fit stay
        open, and maintenance resolves them."""
        self._resolves += [(alert, routing) for alert in incidents]

    def after_commit(self, nudge: Callable[[], None]) -> None:
        """Called after the commit. A failure is logged."""
        self._after_commit.append(nudge)

    @property
    def room(self) -> int:
        """The number of further writes that fit, with one reserved for a follow-up for the rest. Register all
        other writes first."""
        draft, _ = self._draft(self._counters())
        return max(0, draft.room - 1)

    def commit(self) -> Certificate | None:
        """Commits in one transaction and returns the certificate as stored. Raises the error of the first
        refused write, Unavailable, TooManyWrites or WrittenTwice: then nothing was written."""
        if self._is_committed:
            raise ValueError("a unit of work commits once")
        counters = self._counters()
        draft, record = self._draft(counters)
        events = map(self._event_step, self._events_with(record))
        writes = [*self._writes_with(record), *counters, *events, *draft.added]
        if writes:
            writes += self._once()
        require_distinct_keys(self._parts.database, writes)
        for group in draft.earlier:
            self._parts.database.transact(group)
        if writes:
            self._parts.database.transact(writes)
        self._is_committed = True
        for what in draft.left_out:
            logger.warning("no room in the transaction: %s", what, extra={"id": self._counted_by})
        self._wake(draft.nudges)
        return record

    def _once(self) -> Sequence[Write]:
        """Marks the request as done where it must not be done twice."""
        return [done_step(self._actor.once)] if self._actor.once else []

    def _counters(self) -> Sequence[Write]:
        return self._parts.counters.steps(self._counted, self._counted_by)

    def _draft(self, counters: Sequence[Write]) -> tuple[Draft, Certificate | None]:
        """The draft, with the record as it is to be stored."""
        of_record = self._saved.size if self._saved else 0
        required = len(self._writes) + len(counters) + len(self._events) + of_record + len(self._once())
        draft = Draft(required, self._parts.limit)
        alerts = self._alert_rows(self._notifications, draft.room - bool(self._resolves))
        draft.add(alerts.writes, alerts.nudges)
        record = self._resolve_within(draft)
        self._group_within(draft)
        return draft, record

    def _alert_rows(self, notifications: Sequence[Notification], room: int) -> AlertRows:
        if not notifications:
            return AlertRows()
        return self._parts.alerts.rows(most_severe_first(notifications), room)

    def _resolve_within(self, draft: Draft) -> Certificate | None:
        """The saved record without the incidents that there was room to end."""
        if self._saved is None:
            return None
        resolved = list[Alert]()
        for alert, routing in self._resolves:
            rows = self._parts.alerts.rows(notifications_for(alert, routing, self.now))
            if len(rows.writes) < draft.room:  # one is reserved for the follow-up
                draft.add(rows.writes, rows.nudges)
                resolved.append(alert)
        if len(resolved) < len(self._resolves):
            draft.left_out.append("incidents stay open")
            mark = referrer(CERTIFICATE, self._saved.after.id)
            draft.add([self._parts.incidents.follow_up_step(mark, self.now)])
        return _without_incidents(self._saved.after, resolved)

    def _group_within(self, draft: Draft) -> None:
        for rows in map(self._group_rows, self._together):
            has_room = len(rows.writes) <= draft.room
            place = draft.add if has_room else draft.add_before
            place(rows.writes, rows.nudges)
        for rows in map(self._group_rows, self._dispensable):
            if len(rows.writes) <= draft.room:
                draft.add(rows.writes, rows.nudges)
            else:
                draft.left_out.append(f"{len(rows.writes)} rows are not written")

    def _group_rows(self, group: Group) -> AlertRows:
        own = [*group.writes, *map(self._event_step, group.events)]
        alerts = self._alert_rows(group.notifications, self._parts.limit - len(own))
        return AlertRows([*own, *alerts.writes], alerts.nudges)

    def _writes_with(self, record: Certificate | None) -> Sequence[Write]:
        """Rows as registered: the first refusal is what the caller sees."""
        saved = self._saved
        if saved is None or saved.before is None or record is None:
            return self._writes
        store = self._parts.certificates
        row = store.save_step(saved.before, record)
        return [*self._writes[: saved.place], row, *self._writes[saved.place :]]

    def _events_with(self, record: Certificate | None) -> Sequence[Event]:
        """Raises Unrecorded."""
        saved = self._saved
        if saved is None or record is None:
            return self._events
        details = changes(saved.before, record) | self._details
        if saved.event is not None:
            return [Event(saved.event, certificate_resource(record), details), *self._events]
        if not self._events and not details["after"].keys() <= _SILENT:
            raise Unrecorded(record.id)
        return self._events

    def _event_step(self, event: Event) -> Write:
        about = event.resource
        return self._parts.audit.event_step(
            self._actor,
            event.action,
            about.type,
            about.id,
            event.details,
            self.now,
            about.team_id,
            event.ulid,
        )

    def _wake(self, notifications: Sequence[Nudge]) -> None:
        nudges = self._parts.nudges
        jobs = [job.nudge for job in self._created if job.is_to_nudge(self.now)]
        _best_effort(lambda: nudges.jobs(jobs))
        _best_effort(lambda: nudges.notifications(notifications))
        for nudge in self._after_commit:
            _best_effort(nudge)


def _without_incidents(certificate: Certificate, resolved: Sequence[Alert]) -> Certificate:
    """Keeps the revision: the record is saved with more than this."""
    of_issuance = {each.incident for each in resolved if each.type is NotificationType.RENEWAL_FAILURE}
    of_targets = {each.incident for each in resolved if each.type is NotificationType.DEPLOYMENT_FAILURE}
    return replace(
        certificate,
        open_failures=tuple(each for each in certificate.open_failures if each not in of_issuance),
        failed_targets=tuple(each for each in certificate.failed_targets if each not in of_targets),
    )


def _best_effort(act: Callable[[], None]) -> None:
    try:
        act()
    except Exception:
        logger.warning("a nudge was not sent", exc_info=True)


def certificate_change(before: Certificate | None, after: Certificate) -> CounterDelta:
    return certificate_delta(after) - certificate_delta(before)


def job_change(before: Job | None, after: Job) -> CounterDelta:
    return job_delta(after) - job_delta(before) + job_events(before, after)
