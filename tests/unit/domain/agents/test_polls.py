"""When an agent is to come again, and when it is missed."""

from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.agents.polls import AgentStatus, longest_deployment, poll_after, status_of

_HEARD_AT = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "has_work", "pause"),
    [
        (3600, False, 300),
        (3600, True, 45),
        (60, False, 60),
        (60, True, 45),
        (15, False, 15),
        (1, False, 15),
        (1, True, 15),
    ],
)
def test_an_agent_polls_fast_with_work_seldom_without_and_no_faster_than_the_floor(
    wish: int, has_work: bool, pause: int
) -> None:
    agreed = poll_after(timedelta(seconds=wish), has_work=has_work)

    assert agreed == timedelta(seconds=pause)


def _status(agreed: int | None, silent: float) -> AgentStatus:
    expected_at = None if agreed is None else _HEARD_AT + timedelta(seconds=agreed)
    return status_of(_HEARD_AT, expected_at, _HEARD_AT + timedelta(seconds=silent))


@pytest.mark.parametrize(
    ("agreed", "missed_once", "missed_twice"),
    [
        (None, 60, 120),  # a row of an earlier release
        (15, 60, 120),
        (45, 60, 120),
        (300, 400, 800),
        (195, 260, 520),  # a deployment
    ],
)
def test_one_missed_contact_degrades_an_agent_and_two_are_offline(
    agreed: int | None, missed_once: int, missed_twice: int
) -> None:
    ends = [_status(agreed, seconds + more) for seconds in (missed_once, missed_twice) for more in (0, 0.1)]

    assert ends == [AgentStatus.ONLINE, AgentStatus.DEGRADED, AgentStatus.DEGRADED, AgentStatus.OFFLINE]


@pytest.mark.parametrize("agreed", [15, 45, 300])
def test_a_poll_that_is_spread_by_a_fifth_is_never_late(agreed: int) -> None:
    assert _status(agreed, agreed * 1.2) is AgentStatus.ONLINE


def test_an_agent_that_was_never_heard_is_offline() -> None:
    assert status_of(None, None, _HEARD_AT) is AgentStatus.OFFLINE


@pytest.mark.parametrize(("config", "seconds"), [({}, 150), ({"verify_timeout_seconds": 120}, 360)])
def test_a_deployment_may_take_its_commands_and_its_handshake_and_both_again(
    config: dict[str, object], seconds: int
) -> None:
    assert longest_deployment(config) == timedelta(seconds=seconds)
