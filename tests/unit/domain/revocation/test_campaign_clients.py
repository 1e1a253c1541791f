"""Certificates of ACME clients in a campaign: the window is moved, and their next version is awaited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.certificates.acme import AcmeOrigin
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.revocation.campaign_items import (
    CLIENT,
    CLIENT_INSTALLS_WITHIN,
    Act,
    CampaignItem,
    ItemFacts,
    Move,
    next_move,
)
from certctl.domain.revocation.campaign_requests import Aim, CampaignSelection, NewCampaign
from certctl.domain.revocation.campaigns import new_campaign
from certctl.domain.revocation.states import ItemState
from tests.support.agents.fleet import certificate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = NOW + 6 * HOUR
OLD = Version(
    "mc-1",
    "01",
    "ca-1",
    0,
    "job-1",
    VersionState.ISSUED,
    NOW,
    NOW + 90 * 24 * HOUR,
    NOW,
    "old-key",
    acme_account_id="acct-1",
)
NEW = replace(OLD, serial_number="02", spki_sha256="new-key")
SAME_KEY = replace(NEW, spki_sha256="old-key")
ANY = Aim()
FOUND = CampaignItem("mc-1", "web", "t-1", ("01",), ("old-key",), NOW)
MOVED = replace(FOUND, state=ItemState.REKEYING, window_until=END)
AWAITED = replace(MOVED, awaited_accounts=("acct-1",))
ISSUED = replace(MOVED, state=ItemState.ISSUED, new_serial="02")
DEPLOYED = replace(ISSUED, state=ItemState.DEPLOYED)


def facts(*versions: Version, **record: Any) -> ItemFacts:
    values = {"lifecycle": Lifecycle.ACTIVE, "serial_number": "01", "acme": AcmeOrigin("acct-1", "eab-1")}
    return ItemFacts(certificate("mc-1", NOW, **values | record), versions or (OLD,))


def move(item: CampaignItem, of: ItemFacts, aim: Aim = ANY, now: datetime = NOW) -> Move:
    return next_move(item, of, aim, now, revokes_now=False, window_until=END)


@pytest.mark.parametrize("record", [{}, {"open_job_id": "job-2"}, {"ari_end": END + HOUR}])
def test_the_window_is_moved_whatever_the_client_does_at_the_time(record: dict[str, Any]) -> None:
    made = move(FOUND, facts(**record))
    assert (made.act, made.item.state, made.item.window_until) == (Act.MOVE_WINDOW, ItemState.REKEYING, END)


def test_a_window_that_ends_sooner_stays() -> None:
    """Another campaign has moved it, or a worker stopped after it had done so."""
    made = move(FOUND, facts(ari_start=NOW, ari_end=END))
    assert (made.act, made.item.window_until) == (Act.NOTE, END)


def test_the_window_is_moved_once_and_the_client_is_awaited_without_a_limit() -> None:
    waiting = replace(AWAITED, rekeys=99)
    assert move(waiting, facts(ari_end=END)).act is Act.WAIT
    assert move(waiting, facts(OLD, SAME_KEY), Aim(spki_sha256="old-key")).act is Act.WAIT


def test_a_client_that_did_not_renew_within_its_window_is_marked_once() -> None:
    late = move(AWAITED, facts(), now=END + HOUR)
    assert (late.act, late.item.state, late.item.missed_window) == (Act.NOTE, ItemState.REKEYING, True)
    assert move(late.item, facts(), now=END + 999 * HOUR).act is Act.WAIT


@pytest.mark.parametrize(
    ("aim", "counts"),
    [
        (ANY, True),
        (Aim(ca_id="ca-2"), True),
        (Aim(spki_sha256="old-key"), False),
        (Aim(algorithm="RSA"), False),
        (Aim(is_compromise=True), False),
    ],
)
def test_a_version_with_the_old_key_counts_unless_the_key_is_what_has_to_go(aim: Aim, counts: bool) -> None:
    made = move(MOVED, facts(OLD, SAME_KEY), aim)
    assert (made.item.state is ItemState.ISSUED) == counts
    assert move(MOVED, facts(OLD, NEW), aim).item.new_serial == "02"


def test_a_download_deploys_and_an_hour_later_verifies() -> None:
    assert move(ISSUED, facts(OLD, NEW, serial_number="02")).act is Act.WAIT
    downloaded = facts(OLD, replace(NEW, downloaded_at=NOW), serial_number="02")
    assert move(ISSUED, downloaded).item.state is ItemState.DEPLOYED
    soon = NOW + CLIENT_INSTALLS_WITHIN - timedelta(seconds=1)
    assert move(DEPLOYED, downloaded, now=soon).act is Act.WAIT
    verified = move(DEPLOYED, downloaded, now=NOW + CLIENT_INSTALLS_WITHIN).item
    assert (verified.state, verified.verified_by) == (ItemState.VERIFIED, CLIENT)


OLD_OF_OTHER = replace(OLD, serial_number="11", spki_sha256="other-key", acme_account_id="acct-2")
NEW_OF_OTHER = replace(OLD_OF_OTHER, serial_number="12", spki_sha256="newer-key")
OF_TWO = replace(MOVED, old_serials=("01", "11"), old_keys=("old-key", "other-key"))


def test_the_window_of_a_version_from_after_an_earlier_campaign_is_moved_too() -> None:
    """The record still has the window of that campaign, in which the version is not."""
    made = move(FOUND, facts(ari_start=NOW - HOUR, ari_end=END - HOUR))
    assert made.act is Act.MOVE_WINDOW


def test_a_client_that_shares_the_record_is_awaited_by_name() -> None:
    made = move(OF_TWO, facts(OLD, OLD_OF_OTHER, NEW, serial_number="02"))
    assert (made.act, made.item.state) == (Act.NOTE, ItemState.REKEYING)
    assert (made.item.awaited_accounts, made.item.new_serial) == (("acct-2",), "02")
    assert move(made.item, facts(OLD, OLD_OF_OTHER, NEW, serial_number="02")).act is Act.WAIT
    both = move(made.item, facts(OLD, OLD_OF_OTHER, NEW, NEW_OF_OTHER, serial_number="12")).item
    assert (both.state, both.awaited_accounts) == (ItemState.ISSUED, ())


def test_the_last_client_s_download_counts() -> None:
    issued = replace(OF_TWO, state=ItemState.ISSUED, new_serial="12")
    first = replace(NEW, downloaded_at=NOW)
    one = facts(OLD, OLD_OF_OTHER, first, NEW_OF_OTHER, serial_number="12")
    assert move(issued, one).act is Act.WAIT
    last = replace(NEW_OF_OTHER, downloaded_at=NOW + HOUR)
    both = facts(OLD, OLD_OF_OTHER, first, last, serial_number="12")
    deployed = move(issued, both).item
    assert deployed.state is ItemState.DEPLOYED
    assert move(deployed, both, now=NOW + HOUR).act is Act.WAIT
    assert move(deployed, both, now=NOW + HOUR + CLIENT_INSTALLS_WITHIN).item.state is ItemState.VERIFIED


def test_the_certificates_of_one_account_with_keys_of_two_algorithms_are_two() -> None:
    rsa = replace(OLD, key_type="RSA-2048")
    ecdsa = replace(OLD_OF_OTHER, acme_account_id="acct-1", key_type="ECDSA-P256")
    item = replace(OF_TWO, awaited_accounts=("acct-1",), new_serial="02")
    made = facts(rsa, ecdsa, replace(NEW, key_type="RSA-3072"), serial_number="02")
    assert move(item, made).act is Act.WAIT
    new = replace(NEW_OF_OTHER, acme_account_id="acct-1", key_type="ECDSA-P384")
    both = facts(rsa, ecdsa, replace(NEW, key_type="RSA-3072"), new, serial_number="12")
    assert move(item, both).item.state is ItemState.ISSUED


def test_a_client_may_change_the_algorithm_of_its_only_key() -> None:
    made = facts(replace(OLD, key_type="RSA-2048"), replace(NEW, key_type="ECDSA-P256"))
    assert move(MOVED, made, Aim(algorithm="RSA")).item.state is ItemState.ISSUED


def test_a_version_of_a_client_that_is_not_known_is_replaced_by_nobody_but_a_person_says_so() -> None:
    unknown = replace(OLD, acme_account_id=None)
    waiting = move(MOVED, facts(unknown, NEW, serial_number="02")).item
    assert (waiting.state, waiting.awaited_accounts) == (ItemState.REKEYING, ("",))
    assert waiting.verified("key-1", NOW).state is ItemState.VERIFIED


def test_the_window_takes_a_quarter_of_the_time_to_the_deadline_from_the_confirmation_on() -> None:
    wanted = NewCampaign(CampaignSelection(profile_id="server"), "superseded", deadline_hours=48, confirm=0)
    running = new_campaign(wanted, "u-1", NOW).found([], None, NOW)
    assert running.confirmed_at == NOW
    assert running.window_until(NOW + HOUR) == NOW + 12 * HOUR
    assert running.window_until(NOW + 30 * HOUR) == NOW + 42 * HOUR
