"""The OCSP responder as it is deployed: what it answers about each certificate, and how long that holds."""

import base64
from datetime import UTC, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from cryptography import x509
from cryptography.x509 import ocsp

from certctl.api.status.ocsp_messages import http_response
from certctl.compose.rooms.base import Overrides
from certctl.crypto.serials import new_serial
from certctl.domain.authorities.authorities import AuthorityState
from certctl.domain.certificates.certificates import VersionState
from certctl.store.items import StateItem
from certctl.store.keys import OCSP_RESPONDER
from certctl.store.writes import delete
from functions.ocsp_responder import app
from tests.support.authorities.authority import new_authority
from tests.support.aws.clients import client
from tests.support.functions.deployed import compose
from tests.support.status.ocsp import Parts, nonce, request_of
from tests.support.status.responder import Responding, read

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN
Status = ocsp.OCSPResponseStatus


def test_an_issued_certificate_is_good_for_an_hour(responding: Responding) -> None:
    response = responding.ask(responding.reserved())
    assert response.certificate_status is GOOD
    assert response.produced_at_utc == responding.pki.clock().replace(microsecond=0)
    assert response.next_update_utc == response.produced_at_utc + timedelta(hours=1)


def test_a_revoked_certificate_is_revoked_with_its_reason_and_first_date(responding: Responding) -> None:
    serial = responding.reserved()
    revoked_at = responding.revoke(serial, "keyCompromise").revoked_at
    response = responding.ask(serial)
    assert (response.certificate_status, response.revocation_time_utc) == (REVOKED, revoked_at)
    assert response.revocation_reason is x509.ReasonFlags.key_compromise


def test_a_hold_is_revoked_and_good_again_once_it_ends(responding: Responding) -> None:
    serial = responding.reserved()
    held = responding.revoke(serial, "certificateHold")
    assert responding.ask(serial).revocation_reason is x509.ReasonFlags.certificate_hold
    responding.pki.unhold(held)
    assert responding.ask(serial).certificate_status is GOOD


@pytest.mark.parametrize("state", [VersionState.RESERVED, VersionState.ABANDONED])
def test_what_was_not_issued_is_unknown_and_revoked_once_it_is_revoked(
    responding: Responding, state: VersionState
) -> None:
    serial = responding.reserved(state)
    assert responding.ask(serial).certificate_status is UNKNOWN
    responding.revoke(serial)
    assert responding.ask(serial).certificate_status is REVOKED


def test_a_serial_of_nobody_is_unknown_and_not_kept(responding: Responding) -> None:
    answer = responding.post(request_of(responding.certificate, [new_serial()]).der)
    assert read(answer).certificate_status is UNKNOWN
    assert answer["headers"]["cache-control"] == "no-store"


def test_a_revocation_whose_serial_the_tables_lost_still_counts(responding: Responding) -> None:
    serial = new_serial()
    responding.revoke(serial)
    assert responding.ask(serial).certificate_status is REVOKED


def test_many_certificates_are_answered_at_once_in_their_order(responding: Responding) -> None:
    serials = [responding.reserved() for _ in range(16)]
    responding.revoke(serials[7])
    singles = list(responding.ask(*serials).responses)
    assert [single.serial_number for single in singles] == serials
    assert [single.certificate_status is REVOKED for single in singles] == [n == 7 for n in range(16)]


def test_a_certificate_of_another_ca_is_nobodys(responding: Responding) -> None:
    request = request_of(new_authority().issuing, [1])
    assert read(responding.post(request.der)).response_status is Status.UNAUTHORIZED


def test_certificates_of_several_cas_are_nobodys(responding: Responding) -> None:
    ours, others = request_of(responding.certificate, [1]), request_of(new_authority().issuing, [1])
    request = Parts([*ours.requests, *others.requests])
    assert read(responding.post(request.der)).response_status is Status.UNAUTHORIZED


def test_a_certificate_is_answered_for_seven_days_after_its_end(responding: Responding) -> None:
    serial, revoked = responding.reserved(days=-6), responding.reserved(days=-6)
    responding.revoke(revoked, not_after=responding.pki.clock() - timedelta(days=6))
    assert responding.ask(serial).certificate_status is GOOD
    assert responding.ask(revoked).certificate_status is REVOKED
    responding.pki.clock.advance(timedelta(days=1, minutes=1))
    assert responding.ask(serial).response_status is Status.UNAUTHORIZED
    assert responding.ask(revoked).response_status is Status.UNAUTHORIZED


@pytest.mark.parametrize("state", [AuthorityState.RETIRING, AuthorityState.PENDING])
def test_a_ca_that_is_not_active_is_answered_for(responding: Responding, state: AuthorityState) -> None:
    serial, certificate = responding.reserved(), responding.certificate
    responding.pki.set_state(responding.authority, state)
    assert read(app_answer(request_of(certificate, [serial]).der)).certificate_status is GOOD


def app_answer(body: bytes) -> dict[str, Any]:
    return http_response(app.services.answers.answer(body))


def test_the_certificate_of_the_responder_is_good_too(responding: Responding) -> None:
    (signer,) = responding.ask(responding.reserved()).certificates
    assert responding.ask(signer.serial_number).certificate_status is GOOD


def test_a_malformed_request_says_so_without_a_read(responding: Responding) -> None:
    recorded = _Recorded()
    compose(Overrides(client=lambda name, **_: recorded))
    answer = app_answer(b"\x30\x00")
    assert recorded.reads == []
    assert read(answer).response_status is Status.MALFORMED_REQUEST
    assert answer["headers"]["cache-control"] == "no-store"


def test_an_answer_may_be_kept_for_a_quarter_of_an_hour_and_at_the_edge_for_seconds(
    responding: Responding,
) -> None:
    headers = responding.post(request_of(responding.certificate, [responding.reserved()]).der)["headers"]
    assert headers["cache-control"] == (
        "max-age=900, s-maxage=5, public, no-transform, must-revalidate, stale-if-error=0"
    )
    produced_at = responding.pki.clock().astimezone(UTC)
    assert headers["last-modified"] == f"{produced_at:%a, %d %b %Y %H:%M:%S} GMT"
    assert headers["expires"] == f"{produced_at + timedelta(hours=1):%a, %d %b %Y %H:%M:%S} GMT"
    assert headers["etag"].startswith('"')


def test_an_answer_with_a_nonce_is_for_one_client(responding: Responding) -> None:
    asked = request_of(responding.certificate, [responding.reserved()])
    answer = responding.post(Parts(asked.requests, extensions=[nonce(b"n" * 32)]).der)
    assert answer["headers"]["cache-control"] == "no-store"
    assert read(answer).extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 32


def test_a_get_is_answered_as_a_post(responding: Responding) -> None:
    body = request_of(responding.certificate, [responding.reserved()]).der
    encoded = base64.b64encode(body).decode().replace("/", "%2F")
    answer = responding.get(f"/ocsp/{responding.authority.ca_id}/{encoded}")
    assert answer == responding.post(body) | {"body": answer["body"], "headers": answer["headers"]}
    assert read(answer).certificate_status is GOOD


def test_the_path_decides_nothing(responding: Responding) -> None:
    body = request_of(responding.certificate, [responding.reserved()]).der
    answer = responding.get(f"/ocsp/ca-of-nobody/{base64.urlsafe_b64encode(body).decode()}")
    assert read(answer).certificate_status is GOOD


def test_no_answer_outlives_the_certificate_of_its_signer(responding: Responding) -> None:
    responding.pki.clock.advance(timedelta(hours=71, minutes=50))
    answer = responding.post(request_of(responding.certificate, [responding.reserved()]).der)
    response = read(answer)
    (signer,) = response.certificates
    assert response.next_update_utc == signer.not_valid_after_utc
    assert answer["headers"]["cache-control"].startswith("max-age=60")


def test_a_ca_whose_responder_has_expired_or_is_missing_is_an_internal_error(responding: Responding) -> None:
    serial = responding.reserved()
    responding.pki.clock.advance(timedelta(hours=72))
    assert responding.ask(serial).response_status is Status.INTERNAL_ERROR
    responding.pki.database.write(delete(StateItem(OCSP_RESPONDER, responding.authority.ca_id)))
    assert responding.ask(serial).response_status is Status.INTERNAL_ERROR


def test_silent_tables_are_a_try_later(responding: Responding) -> None:
    request = request_of(responding.certificate, [responding.reserved()]).der
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


def test_serials_are_read_before_revocations_and_both_consistently(responding: Responding) -> None:
    recorded = _Recorded()
    clients = {"dynamodb": recorded, "kms": responding.kms}
    compose(Overrides(now=responding.pki.clock, client=lambda name, **_: clients[name]))
    serial = responding.reserved()
    responding.ask(serial)
    assert recorded.reads == [("state", True)] * 3 + [("serials", True), ("revocations", True)]
    responding.ask(serial)
    assert recorded.reads[5:] == [("serials", True), ("revocations", True)]


def test_slow_tables_end_in_try_later_after_two_seconds(responding: Responding) -> None:
    class Slow(_Recorded):
        def get_item(self, **request: Any) -> dict[str, Any]:
            responding.pki.clock.advance(timedelta(seconds=0.5))
            return super().get_item(**request)

    slow = Slow()
    clients = {"dynamodb": slow, "kms": responding.kms}
    compose(Overrides(now=responding.pki.clock, client=lambda name, **_: clients[name]))
    response = responding.ask(*[responding.reserved() for _ in range(16)])
    assert response.response_status is Status.TRY_LATER
    assert len(slow.reads) < 12


def test_the_key_is_opened_once_and_a_new_responder_is_seen_within_five_minutes(
    responding: Responding,
) -> None:
    serial = responding.reserved()
    (first,) = responding.ask(serial).certificates
    responding.publish(action="rotate_responder", ca_id=responding.authority.ca_id)
    assert responding.ask(serial).certificates == [first]
    responding.pki.clock.advance(timedelta(minutes=5))
    (second,) = responding.ask(serial).certificates
    assert second != first
    responding.pki.clock.advance(timedelta(minutes=10))
    responding.ask(serial)
    assert responding.kms.decrypted_with == ["arn:ocsp"] * 2


def test_a_key_that_does_not_open_is_an_internal_error(
    responding: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_STACK", "another")
    assert responding.ask(1).response_status is Status.INTERNAL_ERROR
