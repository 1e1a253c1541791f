"""status_watch with the permissions of its template: receipts of what a PKI host really served."""

import hashlib
from datetime import timedelta

import pytest

from certctl.crypto.status.ocsp_responses import OcspError, error_response
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.status.looks import Observation, Sighting, Way
from certctl.domain.status.propagation import Overdue
from certctl.store.revocation.receipts import ReceiptStore
from tests.integration.authorities.watch.conftest import Watching

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow


def test_a_revocation_is_seen_by_ocsp_at_once_and_in_the_next_crl(watching: Watching) -> None:
    began = watching.responding.pki.clock()
    revocation = watching.revoke()
    watching.after(1)
    watching.check()
    receipt = watching.receipt(revocation)
    assert (receipt.ocsp_seconds, receipt.crl_seen_at, receipt.due_at) == (1, None, began)
    watching.check_next()
    watching.responding.publish()
    watching.check_next()
    receipt = watching.receipt(revocation)
    assert (receipt.crl_seconds, receipt.due_at) == (5, None)
    assert receipt.crl_unseen_at == began + timedelta(seconds=2)
    shard = watching.responding.pki.authorities.shard(revocation.ca_id, "0")
    assert shard is not None
    assert receipt.crl_number == shard.crl_number
    body = watching.responding.pki.s3.get_object(Bucket="pki-objects", Key=f"pki/{revocation.ca_id}/0.crl")
    assert receipt.crl_sha256 == hashlib.sha256(body["Body"].read()).hexdigest()


def test_a_receipt_ends_whose_ways_two_looks_at_once_saw_one_each(watching: Watching) -> None:
    pki, revocation = watching.responding.pki, watching.revoke()
    watching.after(1)
    store = ReceiptStore(pki.database)
    (as_both_read_it,) = store.due(revocation.ca_id, "0", pki.clock(), 10)
    watching.check()
    of_the_crl = Sighting(Way.CRL, pki.clock(), "00", None, 7)
    assert store.record(Observation(as_both_read_it, (of_the_crl,), frozenset({Way.OCSP})))
    assert watching.receipt(revocation).due_at is not None
    watching.look_at_all()
    receipt = watching.receipt(revocation)
    assert (receipt.ocsp_seconds, receipt.crl_number, receipt.due_at) == (1, 7, None)


def test_an_earlier_hold_that_a_crl_still_lists_is_not_the_revocation(watching: Watching) -> None:
    responding = watching.responding
    serial = responding.reserved()
    held = responding.revoke(serial, "certificateHold", receipt=Receipt(due_at=responding.pki.clock()))
    responding.publish()
    watching.after(2)
    responding.pki.unhold(held)
    watching.after(8)
    revocation = responding.revoke(serial, receipt=Receipt(due_at=responding.pki.clock()))
    watching.after(1)
    watching.check()
    assert watching.receipt(revocation).crl_seen_at is None
    responding.publish()
    watching.check_next()
    receipt = watching.receipt(revocation)
    assert (receipt.crl_seconds, receipt.crl_unseen_at, receipt.due_at) == (
        2,
        revocation.revoked_at + timedelta(seconds=1),
        None,
    )


def test_an_answer_about_an_earlier_hold_is_not_about_the_revocation(watching: Watching) -> None:
    responding = watching.responding
    serial = responding.reserved()
    held = responding.revoke(serial, "certificateHold", receipt=Receipt(due_at=responding.pki.clock()))
    watching.after(1)
    watching.check()
    watching.host.freeze()
    responding.pki.unhold(held)
    watching.after(1)
    revocation = responding.revoke(serial, receipt=Receipt(due_at=responding.pki.clock()))
    watching.after(1)
    watching.check()
    assert watching.receipt(revocation).ocsp_seen_at is None
    watching.host.instead.clear()
    watching.check_next()
    assert watching.receipt(revocation).ocsp_seconds == 2


def test_looks_follow_after_1_2_5_10_20_and_40_seconds_and_then_none_is_planned(watching: Watching) -> None:
    watching.revoke()
    watching.after(1)
    watching.check()
    for _ in range(5):
        watching.check_next()
    assert [seconds for _, seconds in watching.sent] == [1, 3, 5, 10, 20]
    assert len([r for r in watching.host.requests if "/pki/" in r]) == 6


def test_a_crl_that_has_not_changed_is_fetched_once(watching: Watching) -> None:
    watching.restart()
    watching.revoke()
    watching.after(1)
    watching.check()
    watching.check_next()
    assert [r.rpartition(" ")[2] for r in watching.host.requests if "/pki/" in r] == ["200", "304"]


def test_nothing_is_fetched_while_nothing_is_due(watching: Watching) -> None:
    watching.check()
    watching.look_at_all()
    assert watching.host.requests == []


def test_a_process_that_knows_of_no_look_names_none(watching: Watching) -> None:
    revocation = watching.revoke()
    watching.after(40)
    watching.responding.publish()
    watching.restart()
    watching.check()
    receipt = watching.receipt(revocation)
    assert (receipt.crl_seconds, receipt.crl_unseen_at, receipt.ocsp_unseen_at) == (40, None, None)


def test_the_next_process_learns_of_the_last_look_from_the_message(watching: Watching) -> None:
    revocation = watching.revoke()
    began = watching.responding.pki.clock()
    watching.after(1)
    watching.check()
    watching.restart()
    watching.responding.publish()
    watching.check_next()
    assert watching.receipt(revocation).crl_unseen_at == began + timedelta(seconds=1)


def test_a_batch_of_checks_of_one_crl_is_one_look(watching: Watching) -> None:
    watching.revoke()
    watching.after(1)
    body = {"ca_id": watching.responding.authority.ca_id, "shard": "0"}
    watching.check(body, body, body)
    assert len([r for r in watching.host.requests if "/pki/" in r]) == 1
    assert len(watching.sent) == 1


def test_checks_that_cannot_be_read_and_of_unknown_crls_are_dropped(watching: Watching) -> None:
    unknown = {"ca_id": "ca-none", "shard": "0"}
    watching.check("no json", {"ca_id": "x"}, "[]", unknown)  # type: ignore[arg-type]
    assert watching.host.requests == []


def test_those_that_are_sampled_out_are_looked_for_in_crls_alone(watching: Watching) -> None:
    revocation = watching.revoke(sampled_out=True)
    watching.responding.publish()
    watching.after(1)
    watching.check()
    assert [r for r in watching.host.requests if "/ocsp/" in r] == []
    receipt = watching.receipt(revocation)
    assert (receipt.crl_seconds, receipt.ocsp_seen_at, receipt.due_at) == (1, None, None)


def test_the_schedule_finds_what_a_lost_check_left(watching: Watching) -> None:
    revocation = watching.revoke()
    watching.responding.publish()
    watching.after(30)
    assert watching.look_at_all() == {"receipts": 2, "due": 0}
    assert watching.receipt(revocation).due_at is None


def test_a_crl_that_another_ca_signed_is_no_receipt(watching: Watching) -> None:
    revocation = watching.revoke()
    watching.responding.publish()
    root = next(a for a in watching.responding.pki.authorities.all() if a.role == "root")
    forged = watching.responding.pki.s3.get_object(Bucket="pki-objects", Key=f"pki/{root.ca_id}.crl")
    path = f"/pki/{revocation.ca_id}/0.crl"
    watching.host.instead[path] = (200, {"etag": '"x"'}, forged["Body"].read())
    watching.after(1)
    watching.check()
    assert watching.receipt(revocation).crl_seen_at is None


@pytest.mark.parametrize("answer", [(302, {"location": "http://pki.example.com/pki/x"}, b""), (500, {}, b"")])
def test_other_answers_of_the_host_are_no_receipts_and_redirects_are_not_followed(
    watching: Watching, answer: tuple[int, dict[str, str], bytes]
) -> None:
    revocation = watching.revoke()
    watching.responding.publish()
    watching.host.instead[f"/pki/{revocation.ca_id}/0.crl"] = answer
    watching.after(1)
    watching.check()
    assert watching.receipt(revocation).crl_seen_at is None
    assert not [r for r in watching.host.requests if "/pki/x" in r]


def test_a_responder_that_does_not_answer_leaves_its_receipt_due(watching: Watching) -> None:
    real = watching.host.ocsp
    watching.host.ocsp = lambda path: error_response(OcspError.TRY_LATER)
    revocation = watching.revoke()
    watching.responding.publish()
    watching.after(1)
    watching.check()
    assert (watching.receipt(revocation).crl_seconds, watching.receipt(revocation).ocsp_seen_at) == (1, None)
    watching.host.ocsp = real
    watching.check_next()
    receipt = watching.receipt(revocation)
    # the first look proves nothing of OCSP
    assert (receipt.ocsp_seconds, receipt.ocsp_unseen_at, receipt.due_at) == (2, None, None)


def test_a_look_that_ends_before_its_receipt_is_written_is_made_again(
    watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    revocation = watching.revoke()
    watching.responding.publish()
    watching.after(1)
    real = ReceiptStore.record
    with monkeypatch.context() as patch:
        patch.setattr(ReceiptStore, "record", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError, match="killed"):
            watching.check()
    assert ReceiptStore.record is real
    watching.after(59)
    watching.restart()
    watching.look_at_all()
    assert watching.receipt(revocation).crl_seconds == 60


def test_a_hold_that_ends_while_it_is_looked_for_gets_no_row(watching: Watching) -> None:
    revocation = watching.revoke(reason="certificateHold")
    served = watching.host.ocsp

    def unheld_meanwhile(path: str) -> bytes:
        answer = served(path)
        watching.responding.pki.unhold(revocation)
        return answer

    watching.host.ocsp = unheld_meanwhile
    watching.after(1)
    watching.check()
    place = (revocation.ca_id, revocation.crl_shard, revocation.serial_number)
    assert watching.responding.pki.revocations.find(*place) is None


def test_what_is_overdue_is_counted_by_ca_and_way_until_it_is_seen(
    watching: Watching, capsys: pytest.CaptureFixture[str]
) -> None:
    ca_id, oldest = watching.responding.authority.ca_id, watching.responding.pki.clock()
    watching.revoke(sampled_out=True)
    watching.after(121)
    watching.look_at_all()
    watching.after(60)
    watching.look_at_all()
    (known,) = [each.overdue for each in watching.log.overdue() if each.overdue.way is Way.CRL]
    assert known == Overdue(ca_id, Way.CRL, 1, 2, oldest.replace(microsecond=0))
    assert _overdue(watching) == 1
    watching.responding.publish()
    watching.look_at_all()
    (known,) = [each.overdue for each in watching.log.overdue() if each.overdue.way is Way.CRL]
    assert known == Overdue(ca_id, Way.CRL, 0, 0)
    assert _overdue(watching) == 0


def test_what_no_crl_lists_before_the_certificate_expires_is_no_longer_looked_for(
    watching: Watching, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = watching.responding.pki.clock() + timedelta(seconds=240)
    expiring = watching.revoke(sampled_out=True, not_after=ends)
    other = watching.revoke(sampled_out=True)
    watching.after(180)
    watching.look_at_all()
    assert _overdue(watching) == 2
    watching.after(61)
    watching.look_at_all()
    assert _overdue(watching) == 1
    receipt = watching.receipt(expiring)
    assert (receipt.due_at, receipt.crl_seen_at) == (None, None)
    assert receipt.expired_unseen_at == watching.responding.pki.clock().replace(microsecond=0)
    assert (receipt.is_watched, receipt.is_complete) == (True, False)
    assert watching.receipt(other).due_at is not None


def test_a_crl_that_lists_an_expired_certificate_is_a_receipt_of_it(watching: Watching) -> None:
    ends = watching.responding.pki.clock() + timedelta(seconds=10)
    expiring = watching.revoke(sampled_out=True, not_after=ends)
    watching.after(60)
    watching.look_at_all()
    assert watching.receipt(expiring).due_at is not None
    watching.after(120)
    watching.responding.publish()
    watching.look_at_all()
    receipt = watching.receipt(expiring)
    assert (receipt.crl_seconds, receipt.expired_unseen_at, receipt.is_complete) == (180, None, True)


def test_sightings_are_counted_in_a_histogram(watching: Watching) -> None:
    before = {each.way: each for each in watching.log.propagations()}
    watching.revoke()
    watching.responding.publish()
    watching.after(30)
    watching.look_at_all()
    after = {each.way: each for each in watching.log.propagations()}
    for way in Way:
        assert after[way].count == before[way].count + 1
        assert after[way].up_to(40) == before[way].up_to(40) + 1
        assert after[way].up_to(20) == before[way].up_to(20)
        assert after[way].seconds == before[way].seconds + 30


def _overdue(watching: Watching) -> int:
    return sum(each.overdue.count for each in watching.log.overdue())
