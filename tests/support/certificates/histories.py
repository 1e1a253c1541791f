"""Random lives of certificates, by the steps of the domain, and counters kept as the stores keep them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.expiry import EXPIRING_DAYS
from certctl.domain.certificates.statuses import Lifecycle, RenewalState, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.insights.counters import (
    CertificateCounts,
    CounterDelta,
    certificate_counts,
    certificate_delta,
    delta_of,
)
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import ended_by, without_version
from tests.support.agents.fleet import certificate

START = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
LIFETIMES = tuple(timedelta(hours=h) for h in (1, 24, 72, 160, 47 * 24, 90 * 24, 200 * 24, 398 * 24))
WAITS = tuple(timedelta(minutes=m) for m in (1, 50, 300, 24 * 60, 6 * 24 * 60, 31 * 24 * 60))


@dataclass
class Counters:
    """The rows of totals and of days, to which each write adds the difference that it makes."""

    totals: Counter[str] = field(default_factory=Counter)
    days: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, change: CounterDelta) -> None:
        self.totals.update(change.totals)
        for day, amounts in change.by_day("no day").items():
            self.days.setdefault(day, Counter()).update(amounts)

    def counts(self, now: datetime, expired_today: int) -> CertificateCounts:
        until = f"{now + timedelta(days=EXPIRING_DAYS):%F}"
        read: Mapping[str, Mapping[str, int]] = {d: a for d, a in self.days.items() if d <= until}
        return certificate_counts(delta_of(self.totals, read), now.date(), expired_today)


@dataclass
class History:
    """Some certificates whose fate `random` decides; every step is one that the services take."""

    random: Random
    now: datetime = START
    records: dict[str, Certificate] = field(default_factory=dict)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    revoked: dict[str, set[str]] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)

    def step(self) -> None:
        self.now += self.random.choice(WAITS) * self.random.random()
        if len(self.records) < 3 or self.random.random() < 0.1:
            self._save(None, certificate(f"mc-{len(self.records)}", self.now))
            return
        before = self.random.choice(list(self.records.values()))
        steps = [step for step, is_open in _STEPS.items() if is_open(before)]
        if steps:
            self._save(before, self.random.choice(steps)(self, before))

    def walked(self) -> dict[str, int]:
        """Every record, by the one function."""
        return dict(Counter(record.status(self.now).value for record in self.records.values()))

    def counted(self) -> dict[str, int]:
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        ends = [record.ends_at for record in self.records.values() if record.ends_at is not None]
        counts = self.counters.counts(self.now, sum(midnight <= end <= self.now for end in ends))
        assert counts.total == len(self.records)
        return {status: amount for status, amount in counts.by_status.items() if amount}

    def _save(self, before: Certificate | None, after: Certificate) -> None:
        self.records[after.id] = after
        self.counters.add(certificate_delta(after) - certificate_delta(before))

    def _ask(self, before: Certificate) -> Certificate:
        return before.with_changes(self.now, open_job_id="job-1", renewal_state=RenewalState.IN_PROGRESS)

    def _issue(self, before: Certificate) -> Certificate:
        versions = self.versions.setdefault(before.id, [])
        begins = self.now.replace(microsecond=0)
        serial, ends = f"{len(versions):02}", begins + self.random.choice(LIFETIMES)
        version = Version(before.id, serial, "ca", 0, "job-1", VersionState.ISSUED, begins, ends, self.now)
        versions.append(version)
        return before.issued(version, self.now)

    def _fail(self, before: Certificate) -> Certificate:
        return before.failed(self.now, "KMS is down")

    def _stop(self, before: Certificate) -> Certificate:
        return before.stopped(self.now)

    def _hold(self, before: Certificate) -> Certificate:
        return ended_by(before, RevocationRequest("certificateHold"), self.now)

    def _unhold(self, before: Certificate) -> Certificate:
        back = before.transitioned_to(before.held_from or Lifecycle.ACTIVE, self.now)
        return replace(back, held_from=None, revoked_at=None, revocation_reason=None)

    def _revoke(self, before: Certificate) -> Certificate:
        return ended_by(before, RevocationRequest("superseded"), self.now)

    def _revoke_version(self, before: Certificate) -> Certificate:
        versions, revoked = self.versions[before.id], self.revoked.setdefault(before.id, set())
        serial = self.random.choice(versions).serial_number
        after = without_version(before, versions, revoked, serial, self.now)
        revoked.add(serial)
        return after

    def _archive(self, before: Certificate) -> Certificate:
        return before.transitioned_to(Lifecycle.ARCHIVED, self.now)


def _may_wait(record: Certificate) -> bool:
    return record.may_be_issued and record.open_job_id is None


def _is_under_way(record: Certificate) -> bool:
    return record.may_be_issued and record.open_job_id is not None


def _is_held(record: Certificate) -> bool:
    return record.lifecycle is Lifecycle.ON_HOLD


def _is_live(record: Certificate) -> bool:
    return record.lifecycle is Lifecycle.ACTIVE


def _may_end(record: Certificate) -> bool:
    """Rarely chosen, because it is final."""
    return record.lifecycle is not Lifecycle.REVOKED and record.revision % 5 == 0


def _may_be_archived(record: Certificate) -> bool:
    return record.lifecycle.can_transition_to(Lifecycle.ARCHIVED) and record.revision % 7 == 0


_STEPS: Mapping[Callable[[History, Certificate], Certificate], Callable[[Certificate], bool]] = {
    History._ask: _may_wait,
    History._issue: _is_under_way,
    History._fail: _is_under_way,
    History._stop: _is_under_way,
    History._hold: lambda record: record.may_be_issued,
    History._unhold: _is_held,
    History._revoke: _may_end,
    History._revoke_version: lambda record: _is_live(record) and record.revision % 3 == 0,
    History._archive: _may_be_archived,
}


def history_of(seed: int) -> History:
    return History(Random(seed))  # noqa: S311 # reproducible from its number
