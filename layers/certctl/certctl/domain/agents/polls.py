"""When an agent polls next and when it counts as missing: one rule for lists, metrics, tests of targets and
alerts."""

from datetime import datetime, timedelta
from enum import StrEnum

POLL_WITH_WORK = timedelta(seconds=45)
"""The pause of an agent with work, and of agents that poll heartbeat and work separately: those before
`Certctl-Max-Poll-Seconds`."""
POLL_WHEN_IDLE = timedelta(minutes=5)
SHORTEST_POLL = timedelta(seconds=15)
"""The shortest intervals that an agent gets, even if it asks for shorter ones: polls cost money."""
_LEAST_ALLOWED = timedelta(seconds=60)
_COMMANDS = timedelta(seconds=60)
"""A configuration test and a reload, 30 seconds each at most."""
_DEFAULT_VERIFICATION_SECONDS = 15


class AgentStatus(StrEnum):
    """Degraded: one contact missed. Offline: two missed, or no contact ever."""

    ONLINE = "Online"
    DEGRADED = "Degraded"
    OFFLINE = "Offline"


def poll_after(wish: timedelta, *, has_work: bool) -> timedelta:
    """Seconds until the next poll; `wish` is the longest interval that the agent accepts."""
    return max(SHORTEST_POLL, min(wish, POLL_WITH_WORK if has_work else POLL_WHEN_IDLE))


def longest_deployment(config: dict[str, object]) -> timedelta:
    """How long a deployment to the target may take: its commands and handshake, twice, for the rollback."""
    given = config.get("verify_timeout_seconds")
    seconds = given if isinstance(given, int) else _DEFAULT_VERIFICATION_SECONDS
    return 2 * (_COMMANDS + timedelta(seconds=seconds))


def status_of(heard_at: datetime | None, expected_at: datetime | None, now: datetime) -> AgentStatus:
    """The agent's health. `expected_at` is the contact agreed on at `heard_at`; a third of that interval is
    tolerated on top, because agents vary their polls by a fifth."""
    if heard_at is None:
        return AgentStatus.OFFLINE
    agreed = (expected_at or heard_at + POLL_WITH_WORK) - heard_at
    allowed = max(agreed * 4 / 3, _LEAST_ALLOWED)
    silent = now - heard_at
    if silent > 2 * allowed:
        return AgentStatus.OFFLINE
    return AgentStatus.DEGRADED if silent > allowed else AgentStatus.ONLINE


def is_reporting(heard_at: datetime | None, expected_at: datetime | None, now: datetime) -> bool:
    """Any but Offline: the agent counts as online, and no alert is sent."""
    return status_of(heard_at, expected_at, now) is not AgentStatus.OFFLINE
