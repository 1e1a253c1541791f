"""The OCSP responder as it is deployed: what it answers about each certificate, and how long that holds."""

import base64
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from cryptography import x509
from cryptography.x509 import ocsp

from certctl.api.status.ocsp_messages import http_response
from certctl.compose.rooms.base import Overrides
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.ocsp_requests import MOST_CERTIFICATES
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.ids import shard_of
from certctl.domain.status.ocsp import RESPONDER_LATE_WITH, RESPONDER_VALIDITY
from certctl.services.authorities.upkeep.lost_serials import LostSerials, LostSerialsRun
from certctl.store.items import StateItem
from certctl.store.keys import OCSP_RESPONDER
from certctl.store.status.ocsp_recovery import RecoveryMark
from certctl.store.writes import delete
from functions.ocsp_responder import app
from tests.support.authorities.authority import new_authority
from tests.support.aws.clients import client
from tests.support.functions.deployed import compose
from tests.support.status.ocsp import Parts, nonce, request_of
from tests.support.status.responder import Responding, read

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
Status = ocsp.OCSPResponseStatus


def test_an_issued_certificate_is_good_for_twelve_hours(answering: Responding) -> None:
    response = answering.ask(answering.reserved())
    assert response.certificate_status is GOOD
    assert response.produced_at_utc == answering.pki.clock().replace(microsecond=0)
    assert response.next_update_utc == response.produced_at_utc + timedelta(hours=12)


@pytest.mark.parametrize("hours", [1, 24])
def test_the_parameter_decides_how_long_answers_are_valid_and_not_how_long_caches_keep_them(
    answering: Responding, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setenv("CERTCTL_OCSP_HOURS", str(hours))
    answer = answering.post(request_of(answering.certificate, [answering.reserved()]).der)
    response = read(answer)
    assert response.next_update_utc == response.produced_at_utc + timedelta(hours=hours)
    assert answer["headers"]["cache-control"].startswith("max-age=900, s-maxage=5, ")


def test_the_longest_answer_is_cut_by_no_responder_whose_renewals_have_not_failed(
    answering: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even once the alarm is raised: then one of 72 hours has 24 left."""
    monkeypatch.setenv("CERTCTL_OCSP_HOURS", "24")
    answering.pki.clock.advance(RESPONDER_VALIDITY - RESPONDER_LATE_WITH)
    response = answering.ask(answering.reserved())
    assert response.next_update_utc == response.produced_at_utc + timedelta(hours=24)


def test_a_revoked_certificate_is_revoked_with_its_reason_and_first_date(answering: Responding) -> None:
    serial = answering.reserved()
    revoked_at = answering.revoke(serial, "keyCompromise").revoked_at
    response = answering.ask(serial)
    assert (response.certificate_status, response.revocation_time_utc) == (REVOKED, revoked_at)
    assert response.revocation_reason is x509.ReasonFlags.key_compromise


def test_a_hold_is_revoked_and_good_again_once_it_ends(answering: Responding) -> None:
    serial = answering.reserved()
    held = answering.revoke(serial, "certificateHold")
    assert answering.ask(serial).revocation_reason is x509.ReasonFlags.certificate_hold
    answering.pki.unhold(held)
    assert answering.ask(serial).certificate_status is GOOD


@pytest.mark.parametrize("state", [VersionState.RESERVED, VersionState.ABANDONED])
def test_what_was_not_issued_is_unknown_and_revoked_once_it_is_revoked(
    answering: Responding, state: VersionState
) -> None:
    serial = answering.reserved(state)
    assert answering.ask(serial).certificate_status is UNKNOWN
    answering.revoke(serial)
    assert answering.ask(serial).certificate_status is REVOKED


def test_a_serial_of_nobody_is_unknown_and_not_kept(answering: Responding) -> None:
    answer = answering.post(request_of(answering.certificate, [new_serial()]).der)
    assert read(answer).certificate_status is UNKNOWN
    assert answer["headers"]["cache-control"] == "no-store"


@pytest.fixture
def lost(answering: Responding) -> Iterator[LostSerials]:
    """The part of a restore that the responder sees; complete at the end."""
    lost = LostSerials(answering.pki.database, answering.pki.clock)
    yield lost
    assert lost.store_missing().complete


@pytest.mark.parametrize("size", [1, 16, 32, 64, 128])
def test_a_revocation_whose_serial_the_tables_lost_still_counts(
    answering: Responding, lost: LostSerials, size: int
) -> None:
    """In whatever shard its certificate's CDP names, while a restore goes on."""
    lost.expect()
    recording(answering)
    serial = new_serial()
    answering.revoke(serial, crl_shard=shard_of(serial_text(serial), size))
    assert answering.ask(serial).certificate_status is REVOKED


def test_a_restore_s_mark_is_seen_within_five_minutes(answering: Responding, lost: LostSerials) -> None:
    serial = new_serial()
    assert answering.ask(serial).certificate_status is UNKNOWN
    answering.revoke(serial, crl_shard=shard_of(serial_text(serial), 16))
    lost.expect()
    answering.pki.clock.advance(timedelta(minutes=5))
    assert answering.ask(serial).certificate_status is REVOKED


@pytest.mark.usefixtures("lost")
def test_a_mark_that_no_restore_takes_away_ends_by_itself(answering: Responding) -> None:
    RecoveryMark(answering.pki.database).put(answering.pki.clock() + timedelta(minutes=5))
    recorded, serial = recording(answering), new_serial()
    answering.ask(serial)
    assert recorded.reads.count(("revocations", True)) >= 1
    answering.pki.clock.advance(timedelta(minutes=5))
    recorded.reads.clear()
    answering.ask(serial)
    assert recorded.reads.count(("revocations", True)) == 0


def test_a_restore_that_is_complete_leaves_no_mark_and_no_serial_missing(
    answering: Responding, lost: LostSerials
) -> None:
    lost.store_missing()
    lost.expect()
    serial = new_serial()
    answering.revoke(serial)
    assert lost.store_missing() == LostSerialsRun(1, complete=True)
    recorded = recording(answering)
    assert answering.ask(serial).certificate_status is REVOKED
    assert recorded.reads[4:] == [("serials", True), ("revocations", True)]
    assert lost.store_missing() == LostSerialsRun(0, complete=True)


def test_many_certificates_are_answered_at_once_in_their_order(answering: Responding) -> None:
    serials = [answering.reserved() for _ in range(4)]
    answering.revoke(serials[2])
    singles = list(answering.ask(*serials).responses)
    assert [single.serial_number for single in singles] == serials
    assert [single.certificate_status is REVOKED for single in singles] == [n == 2 for n in range(4)]


def test_a_certificate_of_another_ca_is_nobodys(answering: Responding) -> None:
    request = request_of(new_authority().issuing, [1])
    assert read(answering.post(request.der)).response_status is Status.UNAUTHORIZED


def test_certificates_of_several_cas_are_nobodys(answering: Responding) -> None:
    ours, others = request_of(answering.certificate, [1]), request_of(new_authority().issuing, [1])
    request = Parts([*ours.requests, *others.requests])
    assert read(answering.post(request.der)).response_status is Status.UNAUTHORIZED


def test_a_certificate_is_answered_for_seven_days_after_its_end(answering: Responding) -> None:
    serial, revoked = answering.reserved(days=-6), answering.reserved(days=-6)
    answering.revoke(revoked, not_after=answering.pki.clock() - timedelta(days=6))
    assert answering.ask(serial).certificate_status is GOOD
    assert answering.ask(revoked).certificate_status is REVOKED
    answering.pki.clock.advance(timedelta(days=1, minutes=1))
    assert answering.ask(serial).response_status is Status.UNAUTHORIZED
    assert answering.ask(revoked).response_status is Status.UNAUTHORIZED


@pytest.mark.parametrize("state", [AuthorityState.RETIRING, AuthorityState.PENDING])
def test_a_ca_that_is_not_active_is_answered_for(answering: Responding, state: AuthorityState) -> None:
    serial, certificate = answering.reserved(), answering.certificate
    answering.pki.set_state(answering.authority, state)
    assert read(app_answer(request_of(certificate, [serial]).der)).certificate_status is GOOD


def app_answer(body: bytes) -> dict[str, Any]:
    return http_response(app.services.answers.answer(body))


def test_the_certificate_of_the_responder_is_good_too(answering: Responding) -> None:
    (signer,) = answering.ask(answering.reserved()).certificates
    assert answering.ask(signer.serial_number).certificate_status is GOOD


def test_a_malformed_request_says_so_without_a_read(answering: Responding) -> None:
    recorded = _Recorded()
    compose(Overrides(client=lambda name, **_: recorded))
    answer = app_answer(b"\x30\x00")
    assert recorded.reads == []
    assert read(answer).response_status is Status.MALFORMED_REQUEST
    assert answer["headers"]["cache-control"] == "no-store"


def test_an_answer_may_be_kept_for_a_quarter_of_an_hour_and_at_the_edge_for_seconds(
    answering: Responding,
) -> None:
    headers = answering.post(request_of(answering.certificate, [answering.reserved()]).der)["headers"]
    assert headers["cache-control"] == (
        "max-age=900, s-maxage=5, public, no-transform, must-revalidate, stale-if-error=0"
    )
    produced_at = answering.pki.clock().astimezone(UTC)
    assert headers["last-modified"] == f"{produced_at:%a, %d %b %Y %H:%M:%S} GMT"
    assert headers["expires"] == f"{produced_at + timedelta(hours=12):%a, %d %b %Y %H:%M:%S} GMT"
    assert headers["etag"].startswith('"')


def test_an_answer_with_a_nonce_is_for_one_client(answering: Responding) -> None:
    asked = request_of(answering.certificate, [answering.reserved()])
    answer = answering.post(Parts(asked.requests, extensions=[nonce(b"n" * 32)]).der)
    assert answer["headers"]["cache-control"] == "no-store"
    assert read(answer).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32


def test_a_get_is_answered_as_a_post(answering: Responding) -> None:
    body = request_of(answering.certificate, [answering.reserved()]).der
    encoded = base64.b64encode(body).decode().replace("/", "%2F")
    answer = answering.get(f"/ocsp/{answering.authority.ca_id}/{encoded}")
    assert answer == answering.post(body) | {"body": answer["body"], "headers": answer["headers"]}
    assert read(answer).certificate_status is GOOD


def test_the_path_decides_nothing(answering: Responding) -> None:
    body = request_of(answering.certificate, [answering.reserved()]).der
    answer = answering.get(f"/ocsp/ca-of-nobody/{base64.urlsafe_b64encode(body).decode()}")
    assert read(answer).certificate_status is GOOD


def test_no_answer_outlives_the_certificate_of_its_signer(answering: Responding) -> None:
    answering.pki.clock.advance(timedelta(hours=71, minutes=50))
    answer = answering.post(request_of(answering.certificate, [answering.reserved()]).der)
    response = read(answer)
    (signer,) = response.certificates
    assert response.next_update_utc == signer.not_valid_after_utc
    assert answer["headers"]["cache-control"].startswith("max-age=60")


def test_a_ca_whose_responder_has_expired_or_is_missing_is_an_internal_error(answering: Responding) -> None:
    serial = answering.reserved()
    answering.pki.clock.advance(timedelta(hours=72))
    assert answering.ask(serial).response_status is Status.INTERNAL_ERROR
    answering.pki.database.write(delete(StateItem(OCSP_RESPONDER, answering.authority.ca_id)))
    assert answering.ask(serial).response_status is Status.INTERNAL_ERROR


def test_silent_tables_are_a_try_later(answering: Responding) -> None:
    request = request_of(answering.certificate, [answering.reserved()]).der
    compose(Overrides(client=lambda name, **_: _Silent()))
    answer = app_answer(request)
    assert read(answer).response_status is Status.TRY_LATER
    assert answer["headers"]["cache-control"] == "no-store"


class _Silent:
    def get_item(self, **_: Any) -> dict[str, Any]:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")


class _Recorded:
    """A real client that records each read: the table, and whether it was consistent."""

    def __init__(self) -> None:
        self._client, self.reads = client("dynamodb"), list[tuple[str, bool]]()

    def get_item(self, **request: Any) -> dict[str, Any]:
        self.reads.append((request["TableName"], request["ConsistentRead"]))
        answer: dict[str, Any] = self._client.get_item(**request)
        return answer


def recording(answering: Responding) -> "_Recorded":
    """The reads of a process that has just started."""
    recorded = _Recorded()
    clients = {"dynamodb": recorded, "kms": answering.kms}
    compose(Overrides(now=answering.pki.clock, client=lambda name, **_: clients[name]))
    return recorded


def test_serials_are_read_before_revocations_and_both_consistently(answering: Responding) -> None:
    recorded, serial = recording(answering), answering.reserved()
    answering.ask(serial)
    assert recorded.reads == [("state", True)] * 4 + [("serials", True), ("revocations", True)]
    answering.ask(serial)
    assert recorded.reads[6:] == [("serials", True), ("revocations", True)]


def test_a_request_costs_two_reads_a_certificate_at_most_and_an_invented_serial_one(
    answering: Responding,
) -> None:
    recorded, serials = recording(answering), [answering.reserved() for _ in range(MOST_CERTIFICATES)]
    answering.ask(serials[0])
    recorded.reads.clear()
    answering.ask(*serials)
    assert len(recorded.reads) == 2 * MOST_CERTIFICATES == 8
    recorded.reads.clear()
    answering.ask(*[new_serial() for _ in range(MOST_CERTIFICATES)])
    assert recorded.reads == [("serials", True)] * MOST_CERTIFICATES


def test_a_certificate_that_is_asked_for_twice_is_read_once(answering: Responding) -> None:
    recorded, serial = recording(answering), answering.reserved()
    answering.ask(serial)
    recorded.reads.clear()
    answering.ask(serial, serial, serial)
    assert recorded.reads == [("serials", True), ("revocations", True)]


def test_a_request_for_more_than_four_certificates_is_malformed_and_reads_nothing(
    answering: Responding,
) -> None:
    serials = [answering.reserved() for _ in range(MOST_CERTIFICATES + 1)]
    recorded = recording(answering)
    assert answering.ask(*serials).response_status is Status.MALFORMED_REQUEST
    assert recorded.reads == []


def test_a_request_about_invented_cas_costs_one_read(answering: Responding) -> None:
    recorded = recording(answering)
    others = [request_of(new_authority().issuing, [1]) for _ in range(MOST_CERTIFICATES)]
    request = Parts([part for each in others for part in each.requests])
    assert read(answering.post(request.der)).response_status is Status.UNAUTHORIZED
    assert recorded.reads == [("state", True)]


def test_slow_tables_end_in_try_later_after_two_seconds(answering: Responding) -> None:
    class Slow(_Recorded):
        def get_item(self, **request: Any) -> dict[str, Any]:
            answering.pki.clock.advance(timedelta(seconds=0.5))
            return super().get_item(**request)

    slow = Slow()
    clients = {"dynamodb": slow, "kms": answering.kms}
    compose(Overrides(now=answering.pki.clock, client=lambda name, **_: clients[name]))
    response = answering.ask(*[answering.reserved() for _ in range(4)])
    assert response.response_status is Status.TRY_LATER
    assert len(slow.reads) < 12


def test_the_key_is_opened_once_and_a_new_responder_is_seen_within_five_minutes(
    answering: Responding,
) -> None:
    serial = answering.reserved()
    (first,) = answering.ask(serial).certificates
    answering.publish(action="rotate_responder", ca_id=answering.authority.ca_id)
    assert answering.ask(serial).certificates == [first]
    answering.pki.clock.advance(timedelta(minutes=5))
    (second,) = answering.ask(serial).certificates
    assert second != first
    answering.pki.clock.advance(timedelta(minutes=10))
    answering.ask(serial)
    assert answering.kms.decrypted_with == ["arn:ocsp"] * 2


def test_a_key_that_does_not_open_is_an_internal_error(
    answering: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_STACK", "another")
    assert answering.ask(1).response_status is Status.INTERNAL_ERROR
