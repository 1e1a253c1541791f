"""Responders of CAs: made, renewed daily, rotated, and never without a stored serial."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from certctl.crypto.pem import load_certificate
from certctl.crypto.serials import serial_text
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import InvalidInput, NotFound, Unavailable
from certctl.domain.status.ocsp import StoredResponder
from certctl.store.issuing.items import SerialItem
from certctl.store.issuing.serials import SerialStore
from certctl.store.keys import ca_serial
from certctl.store.status.ocsp_responders import ResponderStore
from tests.support.audit.event_parts import stored_events
from tests.support.status.responder import Responding


def stored(responding: Responding) -> StoredResponder:
    found = ResponderStore(responding.pki.database).get(responding.authority.ca_id)
    assert found
    return found


def test_its_certificate_signs_ocsp_responses_for_72_hours_and_nothing_else(responding: Responding) -> None:
    responder = stored(responding)
    certificate = x509.load_der_x509_certificate(responder.certificate)
    now = responding.pki.clock().replace(microsecond=0)
    certificate.verify_directly_issued_by(load_certificate(responding.authority.certificate_pem))
    assert certificate.not_valid_before_utc == now - timedelta(hours=1)
    assert certificate.not_valid_after_utc == responder.not_after == now + timedelta(hours=72)
    extensions = {type(each.value): each for each in certificate.extensions}
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    assert x509.OCSPNoCheck in extensions
    unwanted = {x509.CRLDistributionPoints, x509.AuthorityInformationAccess, x509.SubjectAlternativeName}
    assert not unwanted & extensions.keys()
    assert certificate.subject.rfc4514_string() == f"CN=OCSP responder of {responder.ca_id}"


def test_its_serial_is_stored_as_issued(responding: Responding) -> None:
    responder = stored(responding)
    certificate = x509.load_der_x509_certificate(responder.certificate)
    assert responder.serial_number == serial_text(certificate.serial_number)
    found = SerialStore(responding.pki.database).find_many(responder.ca_id, [responder.serial_number])
    assert found[responder.serial_number].state is VersionState.ISSUED


def test_its_serial_goes_30_days_after_its_end_and_those_of_leaves_stay(responding: Responding) -> None:
    pki, ca_id, responder = responding.pki, responding.authority.ca_id, stored(responding)
    leaf = serial_text(responding.reserved())
    row = pki.database.get(SerialItem, ca_serial(ca_id, responder.serial_number))
    assert row is not None
    assert row.delete_after == (responder.not_after + timedelta(days=30)).timestamp()
    of_leaf = pki.database.get(SerialItem, ca_serial(ca_id, leaf))
    assert of_leaf is not None
    assert of_leaf.delete_after is None


def test_its_key_is_stored_encrypted_for_its_ca_alone(responding: Responding) -> None:
    responder = stored(responding)
    context = {"stack": "certctl-test", "ca_id": responder.ca_id}
    assert responding.kms.decrypt("arn:ocsp", responder.wrapped_key, context)
    with pytest.raises(Exception, match="InvalidCiphertext"):
        responding.kms.decrypt("arn:ocsp", responder.wrapped_key, context | {"ca_id": "ca-another"})


def test_it_is_renewed_after_a_day_and_not_before(responding: Responding) -> None:
    first = stored(responding)
    responding.pki.clock.advance(timedelta(hours=23, minutes=59))
    assert responding.publish()["responders"] == []
    responding.pki.clock.advance(timedelta(minutes=1))
    (made,) = responding.publish()["responders"]
    assert made["serial_number"] == stored(responding).serial_number != first.serial_number


def test_an_administrator_rotates_it_at_any_time(responding: Responding) -> None:
    first, ca_id = stored(responding), responding.authority.ca_id
    made = responding.publish(action="rotate_responder", ca_id=ca_id)
    assert made["serial_number"] == stored(responding).serial_number != first.serial_number


def test_the_audit_trail_says_that_it_was_rotated_and_not_that_it_was_renewed(responding: Responding) -> None:
    first, ca_id = stored(responding), responding.authority.ca_id
    responding.pki.clock.advance(timedelta(hours=24))
    responding.publish()
    second = stored(responding)
    responding.publish(action="rotate_responder", ca_id=ca_id)
    assert second != first
    (event,) = [each for each in stored_events() if each["action"] == "ca_responder_rotated"]
    assert (event["resource_type"], event["resource_id"]) == ("ca", ca_id)
    assert event["actor"].startswith("system/")
    before, after = event["details"]["before"], event["details"]["after"]
    assert before["serial_number"] == second.serial_number
    assert after["serial_number"] == stored(responding).serial_number


@pytest.mark.parametrize("ca_id", ["", "ca-of-nobody"])
def test_a_ca_that_does_not_exist_has_none_to_rotate(responding: Responding, ca_id: str) -> None:
    with pytest.raises(NotFound):
        responding.publish(action="rotate_responder", ca_id=ca_id)


def test_an_action_that_does_not_exist_is_refused(responding: Responding) -> None:
    with pytest.raises(InvalidInput, match="publish or rotate_responder"):
        responding.publish(action="delete")


def test_a_retiring_ca_keeps_its_responder(responding: Responding) -> None:
    authority = responding.authority
    responding.pki.set_state(authority, AuthorityState.RETIRING)
    responding.pki.clock.advance(timedelta(hours=24))
    (made,) = responding.publish()["responders"]
    assert made["ca_id"] == authority.ca_id


def test_a_failure_is_reported_after_the_crls_are_published(
    responding: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encrypt(**_: Any) -> dict[str, Any]:
        raise ReadTimeoutError(endpoint_url="https://kms")

    monkeypatch.setattr(responding.kms, "encrypt", encrypt)
    responding.pki.clock.advance(timedelta(hours=24))
    before = responding.pki.authorities.shard(responding.authority.ca_id, "0")
    with pytest.raises(Unavailable, match=f"OCSP responder of {responding.authority.ca_id}"):
        responding.publish()
    after = responding.pki.authorities.shard(responding.authority.ca_id, "0")
    assert before is not None
    assert after is not None
    assert after.crl_number == before.crl_number + 1


def test_of_publishers_at_the_same_time_one_makes_it(responding: Responding) -> None:
    responding.pki.clock.advance(timedelta(hours=24))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: responding.publish()["responders"], range(4)))
    (made,) = [each for run in runs for each in run]
    assert made["serial_number"] == stored(responding).serial_number


def test_a_crash_before_the_certificate_is_stored_changes_nothing(
    responding: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The serial stays reserved: nobody has a certificate with it."""
    first = stored(responding)
    responding.pki.clock.advance(timedelta(hours=24))
    with monkeypatch.context() as patch:
        patch.setattr(responding.kms, "sign", _fails)
        with pytest.raises(Unavailable):
            responding.publish()
    assert stored(responding) == first
    (made,) = responding.publish()["responders"]
    assert made["serial_number"] != first.serial_number


def _fails(**_: Any) -> dict[str, Any]:
    raise ReadTimeoutError(endpoint_url="https://kms")
