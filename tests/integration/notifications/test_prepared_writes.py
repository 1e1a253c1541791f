"""Writes that fill in a prepared form are the writes that would be built each time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certctl.domain.due_work import Claim
from certctl.domain.notifications.delivery import FinishedAttempt, Retry, Sent
from certctl.domain.notifications.notifications import Attempt
from certctl.domain.times import from_millis
from certctl.store.jobs.jobs import JobStore
from certctl.store.leases import DueRows
from certctl.store.notifications.notifications import LeaseLost, NotificationStore
from certctl.store.notifications.sends import NotificationSendStore, add_step
from certctl.store.notifications.settlements import Settlements
from tests.support.aws.clients import local_aws, new_database
from tests.support.notifications.rows import a_notification

_TEXTS = st.text(max_size=20)
_COUNTS = st.integers(min_value=0, max_value=2_000_000)
_SECONDS = st.integers(1_577_836_800, 4_733_510_400)
_MOMENTS = _SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
_ATTEMPTS = st.builds(Attempt, _COUNTS, _MOMENTS, _TEXTS, _TEXTS, st.none() | _COUNTS, _COUNTS, _TEXTS)
_CLAIMS = st.builds(Claim, _TEXTS, _TEXTS, _COUNTS, _COUNTS, _COUNTS, _MOMENTS, st.booleans())
_DECISIONS = st.builds(Sent, _TEXTS, st.none() | _MOMENTS) | st.builds(
    Retry, _COUNTS, _COUNTS, st.floats(0, 1e5), _TEXTS
)
_ROWS = st.builds(
    lambda now, attempts, is_flooded: a_notification(now, attempts=tuple(attempts), is_flooded=is_flooded),
    _MOMENTS,
    st.lists(_ATTEMPTS, max_size=11),
    st.booleans(),
)


@pytest.fixture(scope="module")
def store() -> Any:
    with local_aws():
        yield NotificationStore(new_database())


@given(st.lists(st.tuples(st.builds(FinishedAttempt, _CLAIMS, _ROWS, _ATTEMPTS), _DECISIONS), min_size=2))
@settings(max_examples=60, deadline=None)
def test_each_settlement_is_the_one_that_would_be_built(
    store: NotificationStore, settled: list[tuple[FinishedAttempt, Sent | Retry]]
) -> None:
    settlements = Settlements(store.settle_step)
    for attempted, decision in settled:
        written = settlements.step(attempted, decision, LeaseLost())
        assert written.request == store.settle_step(attempted, decision).request
        assert isinstance(written.refused, LeaseLost)


@pytest.mark.parametrize("room", ["notifications", "jobs"])
@given(claims=st.lists(st.tuples(st.text(min_size=1), st.uuids(), _MOMENTS, st.integers(1, 900)), min_size=2))
@settings(max_examples=30, deadline=None)
def test_each_claim_is_the_one_that_would_be_built(
    store: NotificationStore, room: str, claims: list[tuple[str, Any, datetime, int]]
) -> None:
    database = store._database
    due: DueRows[Any] = store._due if room == "notifications" else JobStore(database).due
    for identifier, token, moment, seconds in claims:
        now = from_millis(int(moment.timestamp() * 1000))
        until = now + timedelta(seconds=seconds)
        prepared = due._first_try(identifier, token.hex, now, until)
        built = due._take_step(identifier, token.hex, now, until, due._free(now, token.hex), due._one_more())
        assert prepared.request == built.request


@given(st.lists(st.tuples(_TEXTS, _TEXTS, _COUNTS), min_size=2))
@settings(max_examples=30, deadline=None)
def test_each_count_of_sends_is_the_one_that_would_be_built(
    store: NotificationStore, counted: list[tuple[str, str, int]]
) -> None:
    sends = NotificationSendStore(store._database)
    for channel_id, outcome, amount in counted:
        written = sends._step(channel_id, outcome, amount)
        assert written.request == add_step(channel_id, outcome, amount).request
