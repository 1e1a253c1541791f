"""Rate limits over the whole stack."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.errors import DomainError
from certctl.store.database import ConditionFailed, Database
from certctl.store.items import StateItem
from certctl.store.keys import AUDIT_SAMPLES, CHANNEL_TESTS, EXCHANGES, ISSUES
from certctl.store.writes import Write, update


@dataclass(frozen=True)
class QuotaStore:
    """Rows of one `kind` of State. `period` is the `strftime` format that names one; DynamoDB deletes its row
    when `kept` is over."""

    database: Database
    kind: str
    period: str
    kept: timedelta

    def take(self, subject: str, limit: int, now: datetime) -> bool:
        """Whether one more is allowed in this period. Counted before it is done, so that a crash never
        exceeds the limit, and by one write, so that concurrent calls do not either."""
        try:
            self.database.write(self.take_step(subject, limit, now, None))
        except ConditionFailed:
            return False
        return True

    def take_step(self, subject: str, limit: int, now: datetime, refused: DomainError | None) -> Write:
        """Counts one more if, and only if, the transaction succeeds. Raises `refused` at the limit."""
        row = StateItem(self.kind, f"{subject}#{now.strftime(self.period)}")
        actions = [StateItem.amount.add(1), StateItem.delete_after.set(int((now + self.kept).timestamp()))]
        # the condition lets the first one make the row
        below = StateItem.amount.does_not_exist() | (StateItem.amount < limit)
        return update(row, actions, below, refused)

    def taken(self, subject: str, now: datetime) -> int:
        """The amount taken in this period, as of a moment ago. One read."""
        row = self.database.get(StateItem, self.kind, f"{subject}#{now.strftime(self.period)}")
        return int(row.amount or 0) if row else 0


def audit_samples(database: Database) -> QuotaStore:
    """Refusals of one source that are recorded in an hour: a bound on what a flood can write."""
    return QuotaStore(database, AUDIT_SAMPLES, "%Y-%m-%dT%H", timedelta(hours=2))


def channel_tests(database: Database) -> QuotaStore:
    """Tests of one channel in a minute: bounds what is sent, and who is paged."""
    return QuotaStore(database, CHANNEL_TESTS, "%Y-%m-%dT%H:%M", timedelta(minutes=10))


def exchanges(database: Database) -> QuotaStore:
    """Exchanges of one trust rule in a minute: a bound on the credentials that a pipeline can make."""
    return QuotaStore(database, EXCHANGES, "%Y-%m-%dT%H:%M", timedelta(minutes=10))


def issues(database: Database) -> QuotaStore:
    """Certificates that one service account requests in a day (UTC)."""
    return QuotaStore(database, ISSUES, "%Y-%m-%d", timedelta(days=2))
