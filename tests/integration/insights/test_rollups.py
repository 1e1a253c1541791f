"""The statistics that requests of a few seconds share, against what is read now."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from certctl.domain.agents.roster import AgentCounts
from certctl.domain.insights.counters import CounterDelta, certificate_delta
from certctl.domain.insights.rollups import CLOCKS_DIFFER, DAYS_TRUSTED, KEPT, OLDEST_SHOWN, agents_kept
from certctl.services.insights.insights import Insights
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.insights.counters import CounterStore, add_step
from certctl.store.insights.recounts import ShardCounters
from certctl.store.insights.rollups import RollupStore
from certctl.store.items import StateItem
from certctl.store.keys import NOTIFICATION_SENDS, ROLLUPS, counter_days
from certctl.store.writes import put
from tests.support.agents.fleet import live
from tests.support.costs.round_trips import recorded
from tests.support.functions.control_plane import ControlPlane

_NAME = "statistics-2"
_NOW = timedelta(0)


def _shown(insights: Insights, oldest: timedelta = OLDEST_SHOWN) -> tuple[int | None, int]:
    """How many certificates, and how old the number is in seconds."""
    overview = insights.overview(30, 30, oldest)
    return overview.summary.total_certificates, int(overview.age.total_seconds())


def test_a_reading_is_shared_until_it_is_too_old_and_says_its_age(
    plane: ControlPlane, insights: Insights
) -> None:
    assert _shown(insights) == (0, 0)
    plane.requested("a.example.com", csr_pem=None)
    plane.pki.clock.advance(OLDEST_SHOWN)
    assert _shown(insights) == (0, 15)
    plane.pki.clock.advance(timedelta(seconds=1))
    assert _shown(insights) == (1, 0)


def test_who_wants_it_now_gets_it_now(plane: ControlPlane, insights: Insights) -> None:
    assert _shown(insights) == (0, 0)
    plane.requested("a.example.com", csr_pem=None)
    assert _shown(insights, _NOW) == (1, 0)
    assert _shown(insights) == (1, 0)


def test_a_stored_reading_shows_what_a_fresh_one_does(plane: ControlPlane, insights: Insights) -> None:
    plane.issued("a.example.com")
    plane.revoked(plane.issued("b.example.com").id)
    plane.requested("c.example.com", csr_pem=None)
    plane.pki.database.write(put(StateItem(NOTIFICATION_SENDS, "slack-default#delivered", amount=3)))
    fresh = insights.overview(400, 400, _NOW)
    assert insights.overview(400, 400, OLDEST_SHOWN) == fresh
    assert fresh.summary == insights.summary()
    assert fresh.by_status == insights.certificates_by_status()
    assert fresh.expirations == insights.expiration_timeline(400)
    assert fresh.job_days == insights.job_trends(400)


def test_counters_of_days_are_read_again_only_after_a_change(plane: ControlPlane, insights: Insights) -> None:
    plane.issued("a.example.com")
    assert _queries_of_days(plane, insights) == 16
    assert _queries_of_days(plane, insights) == 0
    plane.issued("b.example.com")
    assert _queries_of_days(plane, insights) == 16
    plane.pki.clock.advance(timedelta(days=1))
    assert _queries_of_days(plane, insights) == 16


def test_a_change_of_a_day_alone_is_noticed(plane: ControlPlane, insights: Insights) -> None:
    counters, database = CounterStore(plane.pki.database, plane.pki.clock), plane.pki.database
    day = plane.pki.clock().date().isoformat()
    assert _expiring_today(insights) == 0
    database.transact(counters.steps(CounterDelta(expires={day: 2}), "mc-1"))
    assert _expiring_today(insights) == 2
    database.transact(ShardCounters(database).correction_steps(3, {(day, "expires"): 1}))
    assert _expiring_today(insights) == 3


def test_days_are_not_trusted_for_long_whatever_their_versions(
    plane: ControlPlane, insights: Insights
) -> None:
    """An earlier release changes days alone."""
    day = plane.pki.clock().date().isoformat()
    assert _expiring_today(insights) == 0
    plane.pki.database.write(add_step(counter_days(3), day, {"expires": 1}))
    assert _expiring_today(insights) == 0
    plane.pki.clock.advance(DAYS_TRUSTED + timedelta(seconds=1))
    assert _expiring_today(insights) == 1


def _expiring_today(insights: Insights) -> int:
    days = insights.overview(1, 1, _NOW).expirations
    assert days
    return days[0].count


@pytest.mark.parametrize("body", ["", "not base64", "bm90IHppcHBlZA==", "eJyrVspMUbIy1FGqBAANYAKF"])
def test_a_row_of_another_form_is_replaced(plane: ControlPlane, insights: Insights, body: str) -> None:
    at = int(plane.pki.clock().timestamp() * 1000)
    plane.pki.database.write(put(StateItem(ROLLUPS, _NAME, body=body or None, amount=at)))
    assert _shown(insights) == (0, 0)
    found = RollupStore(plane.pki.database).find(_NAME)
    assert found
    assert found.text.startswith("{")


def test_an_older_reading_never_replaces_a_newer_one(plane: ControlPlane, insights: Insights) -> None:
    _shown(insights)
    plane.pki.clock.advance(-CLOCKS_DIFFER)
    plane.requested("a.example.com", csr_pem=None)
    assert _shown(insights, _NOW) == (1, 0)
    plane.pki.clock.advance(CLOCKS_DIFFER)
    assert _shown(insights) == (0, 0)


def test_a_row_of_a_clock_far_ahead_is_not_shown_nor_kept(plane: ControlPlane, insights: Insights) -> None:
    plane.pki.clock.advance(timedelta(hours=1))
    _shown(insights)
    plane.pki.clock.advance(timedelta(hours=-1))
    plane.requested("a.example.com", csr_pem=None)
    assert _shown(insights) == (1, 0)
    plane.pki.clock.advance(OLDEST_SHOWN)
    assert _shown(insights) == (1, 15)


def test_agents_are_counted_again_only_after_a_while_and_say_when(
    plane: ControlPlane, insights: Insights
) -> None:
    began = plane.pki.clock()
    assert insights.overview(1, 1, OLDEST_SHOWN).summary.agents_counted_at == began
    plane.pki.clock.advance(KEPT)
    assert insights.overview(1, 1, OLDEST_SHOWN).summary.agents_counted_at == began
    assert insights.summary(OLDEST_SHOWN).agents_counted_at == began
    assert insights.summary(_NOW).agents_counted_at == plane.pki.clock()
    plane.pki.clock.advance(timedelta(seconds=1))
    assert insights.overview(1, 1, OLDEST_SHOWN).summary.agents_counted_at == plane.pki.clock()


@pytest.mark.parametrize(("agents", "seconds"), [(0, 75), (200, 75), (201, 360), (10_000, 360)])
def test_a_larger_fleet_is_counted_more_rarely(agents: int, seconds: int) -> None:
    assert agents_kept(AgentCounts(online=agents)) == timedelta(seconds=seconds)


def test_parts_without_a_version_are_read_again_once_they_are_too_old(
    plane: ControlPlane, insights: Insights
) -> None:
    sends = StateItem(NOTIFICATION_SENDS, "slack-default#delivered", amount=3)
    began = plane.pki.clock()
    insights.overview(1, 1, OLDEST_SHOWN)
    plane.pki.database.write(put(sends))
    plane.pki.clock.advance(KEPT)
    assert insights.overview(1, 1, OLDEST_SHOWN).kept_at == began
    assert insights.metrics(OLDEST_SHOWN) != insights.metrics(_NOW)
    assert insights.overview(1, 1, OLDEST_SHOWN).kept_at == plane.pki.clock()


def test_what_expires_today_is_counted_in_time_and_what_has_expired_is_not_read_again(
    plane: ControlPlane, insights: Insights
) -> None:
    now = plane.pki.clock()
    soon = live("mc-1", now - timedelta(days=90), now + timedelta(seconds=20))
    database = plane.pki.database
    database.transact(CertificateStore(database).create_steps(soon, soon.search_names))
    database.transact(CounterStore(database, plane.pki.clock).steps(certificate_delta(soon), soon.id))
    assert insights.overview(1, 1, OLDEST_SHOWN).summary.expired_certificates == 0
    plane.pki.clock.advance(timedelta(seconds=30))
    assert insights.overview(1, 1, OLDEST_SHOWN).summary.expired_certificates == 1
    plane.pki.clock.advance(timedelta(seconds=30))
    with recorded(database.client) as recording:
        assert insights.overview(1, 1, OLDEST_SHOWN).summary.expired_certificates == 1
    assert not [call for call in recording.calls if call.table == "certificates"]


@pytest.fixture
def broken(plane: ControlPlane) -> Iterator[dict[str, str]]:
    """The operations that fail from now on, by a word of their parameters."""
    found: dict[str, str] = {}

    def refuse(params: Any, model: Any, **_: Any) -> None:
        if found.get(model.name, "~") in str(params):
            raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    events = plane.pki.database.client.meta.events
    events.register("before-parameter-build.dynamodb", refuse)
    yield found
    events.unregister("before-parameter-build.dynamodb", refuse)


def test_a_reading_that_lacks_a_part_is_not_stored(
    plane: ControlPlane, insights: Insights, broken: dict[str, str]
) -> None:
    broken["Query"] = "days#07"
    assert insights.overview(30, 30, OLDEST_SHOWN).expirations is None
    broken.clear()
    assert insights.overview(30, 30, OLDEST_SHOWN).expirations is not None


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_the_overview_survives_that_its_row_cannot_be_reached(
    plane: ControlPlane, insights: Insights, broken: dict[str, str], operation: str
) -> None:
    broken[operation] = ROLLUPS
    plane.requested("a.example.com", csr_pem=None)
    assert _shown(insights) == (1, 0)
    assert _shown(insights) == (1, 0)


def test_a_request_that_ends_before_its_write_leaves_the_row_before(
    plane: ControlPlane, insights: Insights, broken: dict[str, str]
) -> None:
    _shown(insights)
    plane.pki.clock.advance(timedelta(minutes=1))
    plane.requested("a.example.com", csr_pem=None)
    broken["PutItem"] = ROLLUPS
    _shown(insights)
    row = RollupStore(plane.pki.database).find(_NAME)
    assert row
    assert plane.pki.clock() - row.at >= timedelta(minutes=1)


def _queries_of_days(plane: ControlPlane, insights: Insights) -> int:
    with recorded(plane.pki.database.client) as recording:
        insights.overview(30, 30, _NOW)
    return sum("days#" in str(call.parameters) for call in recording.calls)
