"""One certificate of a campaign: each state, each fact, the move that follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.errors import Conflict
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.campaign_items import (
    HANDSHAKE,
    MAX_REKEYS,
    Act,
    CampaignItem,
    ItemFacts,
    Move,
    TargetFacts,
    item_of,
    next_move,
)
from certctl.domain.revocation.campaign_requests import Aim
from certctl.domain.revocation.states import ItemState
from tests.support.agents.fleet import certificate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=90)
STATES = list(ItemState)
OPEN = STATES[:5]
LOOKED_AT = TargetFacts("t-1", is_looked_at=True, deployment=JobStatus.COMPLETED)


def version(serial: str, key: str, **fields: Any) -> Version:
    made = Version("mc-1", serial, "ca-1", 0, "job-1", VersionState.ISSUED, NOW, LATER, NOW, key)
    return replace(made, **fields)


ANY = Aim()
OLD, NEW = version("01", "old-key"), version("02", "new-key")


def an_item(state: ItemState = ItemState.FOUND, **fields: Any) -> CampaignItem:
    item = CampaignItem("mc-1", "web", "t-1", ("01",), ("old-key",), NOW, state)
    is_issued = state in (ItemState.ISSUED, ItemState.DEPLOYED, ItemState.VERIFIED)
    return replace(item, **{"new_serial": "02" if is_issued else None, **fields})


def facts(**fields: Any) -> ItemFacts:
    about = {"lifecycle": Lifecycle.ACTIVE, "serial_number": "02", **fields.pop("record", {})}
    given = {"certificate": certificate("mc-1", NOW, **about), "versions": [OLD, NEW], **fields}
    return ItemFacts(**given)


def move(item: CampaignItem, of: ItemFacts, aim: Aim = ANY, *, revokes_now: bool = False) -> Move:
    return next_move(item, of, aim, NOW, revokes_now=revokes_now)


ONLY_OLD = facts(record={"serial_number": "01"}, versions=[OLD])
NEXT = {
    "found": "rekeying issued revoked skipped failed",
    "rekeying": "rekeying issued verified revoked skipped failed",
    "issued": "issued deployed verified revoked skipped failed",
    "deployed": "verified revoked skipped failed",
    "verified": "revoked skipped failed",
    "failed": "verified revoked skipped",
    "revoked": "",
    "skipped": "",
}


@pytest.mark.parametrize(("source", "target"), list(product(STATES, STATES)))
def test_only_these_states_follow_one_another(source: ItemState, target: ItemState) -> None:
    item = an_item(source)
    if target.value in NEXT[source.value].split():
        assert item.becoming(target, NOW).state is target
    else:
        with pytest.raises(Conflict, match=f"{source} in this campaign cannot become {target}"):
            item.becoming(target, NOW)


def test_an_item_is_rekeyed_first() -> None:
    first = move(an_item(), ONLY_OLD)
    assert (first.act, first.item.state, first.item.rekeys) == (Act.REKEY, ItemState.REKEYING, 1)


@pytest.mark.parametrize("state", [ItemState.FOUND, ItemState.REKEYING])
def test_an_open_job_is_adopted_not_requested_twice(state: ItemState) -> None:
    busy = replace(ONLY_OLD, certificate=certificate("mc-1", NOW, open_job_id="job-7", serial_number="01"))
    adopted = move(an_item(state), busy)
    assert (adopted.act, adopted.item.state, adopted.item.job_id) == (Act.NOTE, ItemState.REKEYING, "job-7")
    assert adopted.item.rekeys == 0
    assert move(adopted.item, busy).act is Act.WAIT


def test_a_rekey_that_failed_is_requested_again_a_few_times() -> None:
    again = move(an_item(ItemState.REKEYING, rekeys=MAX_REKEYS - 1), ONLY_OLD)
    assert (again.act, again.item.rekeys) == (Act.REKEY, MAX_REKEYS)
    last = move(again.item, ONLY_OLD)
    assert (last.act, last.item.state) == (Act.NOTE, ItemState.FAILED)
    assert last.item.error == "no version with another key, CA or algorithm was issued"


@pytest.mark.parametrize("state", [ItemState.FOUND, ItemState.REKEYING])
def test_a_version_with_another_key_counts_whoever_asked_for_it(state: ItemState) -> None:
    issued = move(an_item(state), facts())
    assert (issued.act, issued.item.state, issued.item.new_serial) == (Act.NOTE, ItemState.ISSUED, "02")


@pytest.mark.parametrize(
    ("other", "aim"),
    [
        (version("02", "old-key"), Aim()),
        (version("02", "compromised"), Aim(spki_sha256="compromised")),
        (version("02", "new-key", ca_id="ca-old"), Aim(ca_id="ca-old")),
        (version("02", "new-key"), Aim(algorithm="RSA")),
        (version("02", "new-key", state=VersionState.RESERVED), Aim()),
        (version("02", "new-key", state=VersionState.ABANDONED), Aim()),
        (version("02", "new-key", not_after=NOW), Aim()),
    ],
)
def test_a_version_that_the_campaign_is_against_replaces_nothing(other: Version, aim: Aim) -> None:
    of = facts(versions=[OLD, other], key_types={"01": "RSA-2048", "02": "RSA-4096"})
    assert move(an_item(), of, aim).act is Act.REKEY


def test_a_revoked_version_replaces_nothing() -> None:
    assert move(an_item(), facts(revoked=frozenset({"02"}))).act is Act.REKEY


def test_the_current_version_is_preferred_to_one_that_is_valid_longer() -> None:
    longer = version("03", "third-key", not_after=LATER + timedelta(days=1))
    assert move(an_item(), facts(versions=[OLD, NEW, longer])).item.new_serial == "02"
    not_current = facts(versions=[OLD, NEW, longer], record={"serial_number": "01"})
    assert move(an_item(), not_current).item.new_serial == "03"


@pytest.mark.parametrize("status", [None, *JobStatus])
def test_a_target_is_deployed_to_until_its_job_has_ended(status: JobStatus | None) -> None:
    target = TargetFacts("t-1", is_looked_at=True, deployment=status, error="no reload")
    after = move(an_item(ItemState.ISSUED), facts(targets=[target]))
    if status is None:
        assert (after.act, after.of) == (Act.DEPLOY, ("t-1",))
    elif status is JobStatus.COMPLETED:
        assert (after.act, after.item.state) == (Act.NOTE, ItemState.DEPLOYED)
    elif status.is_terminal:
        assert (after.item.state, after.item.error) == (ItemState.FAILED, "t-1: no reload")
    else:
        assert after.act is Act.WAIT


def test_a_version_that_is_not_current_is_not_deployed() -> None:
    of = facts(targets=[TargetFacts("t-1", is_looked_at=True)], record={"serial_number": "01"})
    assert move(an_item(ItemState.ISSUED), of).act is Act.WAIT


def test_a_newer_version_takes_the_place_of_one_that_is_not_deployed() -> None:
    newer = version("03", "third-key")
    of = facts(versions=[OLD, NEW, newer], record={"serial_number": "03"})
    assert move(an_item(ItemState.ISSUED), of).item.new_serial == "03"
    assert move(an_item(ItemState.DEPLOYED), of).item.new_serial == "02"


@pytest.mark.parametrize(
    ("targets", "unwatched", "is_verified"),
    [
        ([LOOKED_AT], (), True),
        ([LOOKED_AT, replace(LOOKED_AT, id="t-2", is_looked_at=False)], (), False),
        ([LOOKED_AT], ("t-manual",), False),
        ([], (), False),
        ([], ("t-manual",), False),
    ],
)
def test_handshakes_verify_only_if_each_target_was_looked_at(
    targets: list[TargetFacts], unwatched: tuple[str, ...], is_verified: bool
) -> None:
    after = move(an_item(ItemState.DEPLOYED), facts(targets=targets, unwatched=unwatched))
    assert after.act is (Act.NOTE if is_verified else Act.WAIT)
    assert after.item.verified_by == (HANDSHAKE if is_verified else None)


def test_old_versions_are_revoked_once_the_new_one_is_verified() -> None:
    item = an_item(ItemState.VERIFIED, old_serials=("00", "01"))
    last = move(item, facts())
    assert (last.act, last.of, last.item.state) == (Act.REVOKE, ("01",), ItemState.REVOKED)


@pytest.mark.parametrize("state", [*OPEN, ItemState.FAILED])
@pytest.mark.parametrize("gone", ["expired", "revoked", "deleted"])
def test_nothing_is_done_for_versions_that_are_not_in_force(state: ItemState, gone: str) -> None:
    ends = {
        "expired": facts(versions=[replace(OLD, not_after=NOW), NEW]),
        "revoked": facts(revoked=frozenset({"01"})),
        "deleted": facts(versions=[NEW]),
    }
    after = move(an_item(state, error="why"), ends[gone])
    was_ours = state is ItemState.VERIFIED
    assert after.act is Act.NOTE
    assert after.item.state is (ItemState.REVOKED if was_ours else ItemState.SKIPPED)
    assert after.item.error == "why"


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("record", [None, Lifecycle.ARCHIVED])
def test_nothing_is_issued_for_a_record_that_has_ended(state: ItemState, record: Lifecycle | None) -> None:
    ended = record and certificate("mc-1", NOW, lifecycle=record)
    after = move(an_item(state), facts(certificate=ended))
    assert (after.act, after.item.state) == (Act.NOTE, ItemState.FAILED)
    assert "nothing is issued" in str(after.item.error)


@pytest.mark.parametrize("state", OPEN)
def test_a_held_certificate_waits(state: ItemState) -> None:
    assert move(an_item(state), facts(record={"lifecycle": Lifecycle.ON_HOLD})).act is Act.WAIT


@pytest.mark.parametrize("state", OPEN[2:])
def test_old_versions_stay_if_the_new_one_is_revoked(state: ItemState) -> None:
    after = move(an_item(state), facts(revoked=frozenset({"02"})))
    assert (after.act, after.item.state) == (Act.NOTE, ItemState.FAILED)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("record", [{}, {"lifecycle": Lifecycle.ON_HOLD}, {"lifecycle": Lifecycle.ARCHIVED}])
def test_the_deadline_of_a_compromise_revokes_whatever_serves_it(
    state: ItemState, record: dict[str, Any]
) -> None:
    after = move(an_item(state), facts(record=record), revokes_now=True)
    if state in (ItemState.REVOKED, ItemState.SKIPPED):
        assert after == Move(Act.WAIT, an_item(state))
    else:
        assert (after.act, after.of, after.item.state) == (Act.REVOKE, ("01",), ItemState.REVOKED)


@pytest.mark.parametrize("state", STATES[5:])
def test_an_item_that_has_ended_stays(state: ItemState) -> None:
    assert move(an_item(state), facts()) == Move(Act.WAIT, an_item(state))


@pytest.mark.parametrize("state", STATES)
def test_a_person_verifies_what_has_a_new_version(state: ItemState) -> None:
    with pytest.raises(Conflict):
        an_item(state, new_serial=None).verified("user-1", NOW)
    item = an_item(state, new_serial="02")
    if state in (ItemState.REKEYING, ItemState.ISSUED, ItemState.DEPLOYED, ItemState.FAILED):
        assert item.verified("user-1", NOW).verified_by == "user-1"
    else:
        with pytest.raises(Conflict):
            item.verified("user-1", NOW)


def test_moves_of_an_item_end() -> None:
    of, item, states = facts(targets=[LOOKED_AT]), an_item(), []
    while (after := move(item, of)).act is not Act.WAIT:
        item = after.item
        states.append(item.state.value)
    assert states == ["issued", "deployed", "verified", "revoked"]


@pytest.mark.parametrize(
    ("aim", "serials"),
    [
        (Aim(), ("01", "02")),
        (Aim(spki_sha256="old-key"), ("01",)),
        (Aim(ca_id="ca-2"), ("02",)),
        (Aim(algorithm="RSA"), ("01",)),
        (Aim(algorithm="RSA-2048"), ("01",)),
        (Aim(algorithm="RSA-204"), None),
        (Aim(algorithm="RSA", ca_id="ca-2"), None),
        (Aim(spki_sha256="no-key"), None),
    ],
)
def test_the_old_versions_are_those_that_match_all(aim: Aim, serials: tuple[str, ...] | None) -> None:
    of = facts(versions=[OLD, replace(NEW, ca_id="ca-2")], key_types={"01": "RSA-2048", "02": "ECDSA-P256"})
    assert of.certificate is not None
    item = item_of(of.certificate, of, aim, NOW)
    assert (item and item.old_serials) == serials


def test_versions_that_are_not_in_force_are_no_old_ones() -> None:
    of = facts(versions=[replace(OLD, not_after=NOW), replace(NEW, state=VersionState.RESERVED)])
    assert of.certificate is not None
    assert item_of(of.certificate, of, Aim(), NOW) is None
