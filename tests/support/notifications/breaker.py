"""A channel whose circuit breaker is open, and the state of its rows."""

from certctl.domain.channels.channels import ChannelState
from certctl.domain.notifications.circuit_breaker import BreakerPolicy
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import NotificationStatus
from tests.support.notifications.engine import FAILED, WEBHOOK, Engine

INTERVAL = 60


def state_of(engine: Engine) -> ChannelState:
    """The state of the webhook."""
    return engine.states.get(WEBHOOK.channel_id)


def opened(engine: Engine) -> str:
    """Opens it by one failure of the row whose id it returns; afterwards the provider works again."""
    engine.breaker = BreakerPolicy(failures=1)
    engine.provider.script = [FAILED]
    row_id = engine.queued()
    engine.deliver(row_id)
    assert state_of(engine).state == "open"
    engine.nudges.clear()
    return row_id


def facts(row: Notification) -> tuple[NotificationStatus, int, str | None]:
    return row.status, row.retry_count, row.due.lease_owner


def waits(row: Notification) -> bool:
    """Uncharged, unheld, and still due."""
    return facts(row) == (NotificationStatus.PENDING, 0, None) and row.due.due_at is not None
