"""Since when the change behind a nudge waits for its CRL."""

from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.status.nudges import nudge_of

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SENT = NOW - timedelta(seconds=7)
SENT_MS = str(int(SENT.timestamp() * 1000))


def test_a_first_nudge_waits_since_it_was_sent() -> None:
    nudge = nudge_of({"ca_id": "ca-1", "shard": 3}, SENT_MS, NOW)
    assert (nudge.ca_id, nudge.shard, nudge.since) == ("ca-1", "3", SENT)


def test_a_nudge_that_is_sent_again_says_since_when() -> None:
    body = {"ca_id": "ca-1", "shard": "all", "since": "2026-11-27T11:59:30Z"}
    assert nudge_of(body, SENT_MS, NOW).since == NOW - timedelta(seconds=30)


def test_without_a_time_of_sending_it_waits_from_now_on() -> None:
    assert nudge_of({"ca_id": "ca-1", "shard": 0}, None, NOW).since == NOW


@pytest.mark.parametrize("body", [{}, {"ca_id": "ca-1"}, [], "x", {"ca_id": "a", "shard": 1, "since": "x"}])
def test_others_are_refused(body: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        nudge_of(body, None, NOW)  # type: ignore[arg-type]  # JSON may be anything
