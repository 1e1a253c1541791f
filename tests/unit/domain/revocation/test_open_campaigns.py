"""Campaigns as those see them who have to act."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.revocation.campaign_items import CampaignItem
from certctl.domain.revocation.campaign_requests import CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import Campaign, new_campaign
from certctl.domain.revocation.open_campaigns import open_as_a_whole, open_in_reach
from certctl.domain.revocation.states import ItemState, OnDeadline

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def running(*items: CampaignItem, on_deadline: OnDeadline = OnDeadline.REVOKE, hours: int = 12) -> Campaign:
    wanted = NewCampaign(CampaignSelection(profile_id="server"), "keyCompromise", on_deadline, hours)
    found = new_campaign(wanted, "key-1", NOW).found([item("x", ItemState.FOUND)] * len(items), None, NOW)
    begun = found.confirmed(len(items), NOW)
    return begun.moved([(replace(each, state=ItemState.FOUND), each) for each in items], "", NOW)


def item(name: str, state: ItemState) -> CampaignItem:
    return CampaignItem(f"mc-{name}", name, "t-1", ("01",), ("aa",), NOW, state)


def test_it_says_what_is_left_and_what_each_waits_for() -> None:
    items = [
        *(item(name, ItemState.REKEYING) for name in ("a", "b", "c", "d")),
        item("e", ItemState.DEPLOYED),
        item("f", ItemState.REVOKED),
    ]
    seen = open_as_a_whole(running(*items), items)
    assert seen is not None
    assert (seen.title, seen.left) == ("Key compromise: 5 left", 5)
    assert seen.what_blocks == (
        "CSR awaited: a, b, c and 1 more; verification awaited: e; what is left is revoked at the deadline"
    )


def test_it_says_which_acme_clients_are_awaited_and_which_have_not_followed() -> None:
    until = NOW + timedelta(hours=3)
    items = [
        replace(item("a", ItemState.REKEYING), window_until=until),
        replace(item("b", ItemState.REKEYING), window_until=until, missed_window=True),
    ]
    seen = open_as_a_whole(running(*items, on_deadline=OnDeadline.ALERT), items)
    assert seen is not None
    assert seen.what_blocks == "ACME client did not renew in its window: b; ACME client awaited: a"


def test_callers_of_a_team_see_their_part_and_look_at_what_waits_for_a_person() -> None:
    items = [item("a", ItemState.VERIFIED), item("b", ItemState.REKEYING), item("c", ItemState.FAILED)]
    seen = open_in_reach(running(*items), items[:2])
    assert seen is not None
    assert (seen.left, seen.certificate_id, "c" in seen.what_blocks.split()) == (2, "mc-b", False)


def test_nothing_is_left_of_what_is_revoked_or_skipped() -> None:
    items = [item("a", ItemState.REVOKED), item("b", ItemState.SKIPPED)]
    assert open_as_a_whole(running(*items), items) is None
    assert open_in_reach(running(*items), items) is None


def test_a_paused_one_says_so() -> None:
    items = [item("a", ItemState.FOUND)]
    seen = open_as_a_whole(running(*items).paused(NOW), items)
    assert seen is not None
    assert seen.title == "Key compromise: 1 left (paused)"


@pytest.mark.parametrize(
    ("reason", "title"),
    [("caCompromise", "CA compromise: 1 left"), ("cessationOfOperation", "Cessation of operation: 1 left")],
)
def test_its_reason_is_in_words(reason: str, title: str) -> None:
    items = [item("a", ItemState.FOUND)]
    seen = open_as_a_whole(replace(running(*items), reason=reason), items)
    assert seen is not None
    assert seen.title == title


@pytest.mark.parametrize(
    ("on_deadline", "hours", "after", "is_critical"),
    [
        (OnDeadline.REVOKE, 24, 0, True),
        (OnDeadline.REVOKE, 48, 0, False),
        (OnDeadline.ALERT, 24, 0, False),
        (OnDeadline.ALERT, 24, 25, True),
    ],
)
def test_it_is_critical_once_it_is_late_or_revokes_within_a_day(
    on_deadline: OnDeadline, hours: int, after: int, is_critical: bool
) -> None:
    items = [item("a", ItemState.REKEYING)]
    seen = open_as_a_whole(running(*items, on_deadline=on_deadline, hours=hours), items)
    assert seen is not None
    assert seen.is_critical(NOW + timedelta(hours=after)) is is_critical
