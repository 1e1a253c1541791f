"""When a weekly digest is due, and what its text has room for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.digests.content import (
    MOST_ROWS,
    Addressee,
    Digest,
    DigestRow,
    DigestSection,
    fitted,
    soonest_first,
)
from certctl.domain.notifications.digests.routes import digest_channels
from certctl.domain.notifications.digests.settings import (
    DigestList,
    due_week,
    is_time_zone,
    next_due_at,
    week_somewhere,
    zone_of,
)
from certctl.domain.notifications.digests.texts import DigestText, subject_of
from certctl.domain.notifications.routing import Route, RoutingFacts, RoutingRule
from certctl.domain.notifications.statuses import NotificationType

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
BERLIN, LOS_ANGELES = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAYMENTS = Addressee(Kind.TEAM, "t-pay", "Payments", "t-pay")
ALICE = Addressee(Kind.OWNER, "o-alice", "Alice", "t-pay")


@pytest.mark.parametrize(
    ("moment", "zone", "week"),
    [
        (MONDAY + 7 * HOUR, BERLIN, "2026-W49"),
        (MONDAY + 7 * HOUR - timedelta(seconds=1), BERLIN, None),
        (MONDAY + 7 * HOUR, UTC, None),
        (MONDAY + 16 * HOUR, LOS_ANGELES, "2026-W49"),
        (MONDAY + 55 * HOUR - timedelta(seconds=1), BERLIN, "2026-W49"),
        (MONDAY + 55 * HOUR, BERLIN, None),
        (datetime(2027, 1, 4, 8, tzinfo=UTC), UTC, "2027-W01"),
    ],
)
def test_a_digest_is_due_from_monday_at_eight_by_the_clocks_of_its_zone_for_two_days(
    moment: datetime, zone: ZoneInfo, week: str | None
) -> None:
    assert due_week(moment, zone) == week


def test_daylight_saving_moves_the_time_in_utc() -> None:
    winter, summer = (next_due_at(datetime(2027, month, 15, tzinfo=UTC), BERLIN) for month in (3, 4))
    assert [each.astimezone(UTC).hour for each in (winter, summer)] == [7, 6]


def test_whenever_a_digest_is_due_in_a_zone_it_is_due_somewhere_in_the_same_week() -> None:
    zones = [UTC, BERLIN, LOS_ANGELES, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")]
    for quarter in range(4 * 24 * 14):
        moment = MONDAY - 3 * DAY + quarter * HOUR / 4
        weeks = {due_week(moment, zone) for zone in zones} - {None}
        assert weeks <= {week_somewhere(moment)}


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12"])
def test_names_of_the_database_are_time_zones(name: str) -> None:
    assert is_time_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Berlin", "America", "../etc/passwd", "/etc/localtime", "Europe/Berlin\x00", "+02:00"]
)
def test_other_names_and_paths_are_no_time_zones(name: str) -> None:
    assert not is_time_zone(name)


def test_a_zone_that_the_database_no_longer_has_is_utc() -> None:
    assert zone_of("Mars/Olympus") is UTC


def _section(list_: DigestList, count: int) -> DigestSection:
    rows = tuple(DigestRow(f"r-{n}", f"host-{n}", MONDAY + n * DAY) for n in range(min(count, MOST_ROWS)))
    return DigestSection(list_, count, rows)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([3, 4], [3, 4]), ([50, 50], [10, 10]), ([2, 50, 7], [2, 11, 7]), ([0, 30], [20]), ([0, 0], [])],
)
def test_a_digest_has_twenty_rows_which_its_lists_share(counts: list[int], shown: list[int]) -> None:
    lists = [DigestList.EXPIRING, DigestList.UNMANAGED, DigestList.ENDPOINTS]
    sections = fitted([_section(each, count) for each, count in zip(lists, counts, strict=False)])
    assert [len(section.rows) for section in sections] == shown
    assert [section.count for section in sections] == [count for count in counts if count]


def test_what_expires_next_stands_before_what_has_expired_and_the_last_of_that_first() -> None:
    rows = [DigestRow(str(days), "", MONDAY + days * DAY) for days in (-30, 5, -1, 1)]
    assert [row.id for row in soonest_first(rows, MONDAY)] == ["1", "5", "-1", "-30"]


def test_the_text_has_names_numbers_and_where_each_whole_list_is() -> None:
    row = DigestRow("c-1", "shop.example.com", MONDAY + 3 * DAY, "its renewal failed", "o-alice", "t-pay")
    sections = (DigestSection(DigestList.EXPIRING, 9, (row,), is_complete=False),)
    text = DigestText(
        Digest(PAYMENTS, MONDAY, sections), {(Kind.OWNER, "o-alice"): "Alice"}, "https://c.example"
    )

    assert text.title == "Weekly digest of Payments: at least 9 certificates"
    assert text.body.splitlines() == [
        "at least 9 certificates to renew by hand: expired last week, or expiring within 30 days",
        "- shop.example.com: expires in 3 days (2026-12-03), its renewal failed, owner Alice",
        "- and 8 more",
        "All: https://c.example/certificates?team_id=t-pay&renewal=manual"
        "&expires_after=2026-11-23T00%3A00%3A00Z&expires_before=2026-12-30T00%3A00%3A00Z",
        "Command: certctl certs list --team t-pay --renewal manual --expires-after 2026-11-23T00:00:00Z "
        "--expires-before 2026-12-30T00:00:00Z",
    ]


MAIL = ChannelConfig("mail", ChannelKind.EMAIL, {"to": "pki@example.com"})
SLACK = ChannelConfig("slack", ChannelKind.SLACK, {"url": "x"})
PAGER = ChannelConfig("pager", ChannelKind.PAGERDUTY, {"routing_key": "x"})


def _facts(*routes: Route, address: str | None = None) -> RoutingFacts:
    rule = RoutingRule("team:t-pay", routes, MONDAY, MONDAY)
    rules = {"team:t-pay": rule} if routes else {}
    return RoutingFacts(CHANNEL_KINDS, [MAIL, SLACK, PAGER], rules, address=address)


def test_an_owner_gets_one_mail_whatever_the_routes_say() -> None:
    facts = _facts(Route(("slack",)), address="alice@example.com")
    channels = digest_channels(subject_of(ALICE, "2026-W49"), facts)
    assert [(each.id, each.recipient) for each in channels] == [("mail", "alice@example.com")]


@pytest.mark.parametrize(
    ("routes", "channels"),
    [
        ([], ["mail", "slack"]),
        ([Route(("slack",))], ["slack"]),
        ([Route(("slack",), types=(NotificationType.DIGEST,))], ["slack"]),
        ([Route(("slack",), types=(NotificationType.REVOCATION,))], ["mail", "slack"]),
        ([Route(("pager",))], ["mail", "slack"]),
        ([Route(("pager", "slack"))], ["slack"]),
    ],
)
def test_a_teams_digest_takes_its_routes_and_pages_nobody(routes: list[Route], channels: list[str]) -> None:
    found = digest_channels(subject_of(PAYMENTS, "2026-W49"), _facts(*routes))
    assert [each.id for each in found] == channels
