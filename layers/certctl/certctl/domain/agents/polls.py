"""When an agent comes again, and when it is missed: the one rule for lists, figures, tests of targets and
alerts."""

from datetime import datetime, timedelta
from enum import StrEnum

POLL_WITH_WORK = timedelta(seconds=45)
"""Also of agents that poll heartbeat and work apart: those before `Certctl-Max-Poll-Seconds`."""
POLL_WHEN_IDLE = timedelta(minutes=5)
SHORTEST_POLL = timedelta(seconds=15)
"""An agent may ask for more frequent polls than these, and never gets them: they cost."""
_LEAST_ALLOWED = timedelta(seconds=60)
_COMMANDS = timedelta(seconds=60)
"""A configuration test and a reload, 30 seconds each at most."""
_DEFAULT_VERIFICATION_SECONDS = 15


class AgentStatus(StrEnum):
    """Degraded has missed one contact, Offline two, or never made one."""

    ONLINE = "Online"
    DEGRADED = "Degraded"
    OFFLINE = "Offline"


def poll_after(wish: timedelta, *, has_work: bool) -> timedelta:
    """The agent's `wish` is the longest pause that it wants."""
    return max(SHORTEST_POLL, min(wish, POLL_WITH_WORK if has_work else POLL_WHEN_IDLE))


def longest_deployment(config: dict[str, object]) -> timedelta:
    """Of the target with this configuration: commands and handshake, and all of it again for the rollback."""
    given = config.get("verify_timeout_seconds")
    seconds = given if isinstance(given, int) else _DEFAULT_VERIFICATION_SECONDS
    return 2 * (_COMMANDS + timedelta(seconds=seconds))


def status_of(heard_at: datetime | None, expected_at: datetime | None, now: datetime) -> AgentStatus:
    """`expected_at` is the contact that was agreed on at `heard_at`. A third of the time until then is
    allowed on top, for agents spread their polls by a fifth."""
    if heard_at is None:
        return AgentStatus.OFFLINE
    agreed = (expected_at or heard_at + POLL_WITH_WORK) - heard_at
    allowed = max(agreed * 4 / 3, _LEAST_ALLOWED)
    silent = now - heard_at
    if silent > 2 * allowed:
        return AgentStatus.OFFLINE
    return AgentStatus.DEGRADED if silent > allowed else AgentStatus.ONLINE


def is_reporting(heard_at: datetime | None, expected_at: datetime | None, now: datetime) -> bool:
    """Any but Offline: it counts as online, and nobody is alerted."""
    return status_of(heard_at, expected_at, now) is not AgentStatus.OFFLINE
