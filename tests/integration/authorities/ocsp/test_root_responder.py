"""The root's responder: what the public hears of issuing CAs."""

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.pem import load_certificate
from certctl.crypto.status.ocsp_checking import OcspStatus
from certctl.domain.authorities.authorities import Authority
from certctl.domain.errors import InvalidInput, NotFound, Unavailable
from certctl.domain.status.ocsp import StoredResponder
from certctl.store.issuing.items import SerialItem
from certctl.store.issuing.serials import SerialStore
from certctl.store.keys import ca_serial
from certctl.store.status.ocsp_responders import ResponderStore
from certctl.store.writes import delete
from functions.stack_admin import app
from tests.support.audit.event_parts import stored_events
from tests.support.functions.lambda_context import Context
from tests.support.openssl import run_openssl
from tests.support.status.public_host import PublicHost, public_host, unreachable, urls_in
from tests.support.status.public_host import status_of as public_status_of
from tests.support.status.relying import require, said_by
from tests.support.status.responder import Responding

_SECOND_KEY = "arn:aws:kms:eu-central-1:111122223333:key/second"


@pytest.fixture
def host(responding: Responding, monkeypatch: pytest.MonkeyPatch) -> PublicHost:
    """The host of a stack whose root has its responder, and its OCSP URL."""
    host = public_host(responding, monkeypatch)
    assert admin(host, "upkeep")["ocsp_waiting"] == []
    return host


def admin(host: PublicHost, action: str, **fields: Any) -> dict[str, Any]:
    """Fails if a call is not allowed by stack_admin's policy."""
    privileges = host.responding.privileges
    answer = privileges.of("stack_admin", app.lambda_handler)({"action": action, **fields}, Context())
    assert not privileges.refused, privileges.refused
    return answer


def root_of(host: PublicHost) -> Authority:
    return next(each for each in host.responding.pki.authorities.all() if each.role == "root")


def responder_of(host: PublicHost) -> StoredResponder:
    found = ResponderStore(host.responding.pki.database).get(root_of(host).ca_id)
    assert found
    return found


def serial_of(authority: Authority) -> str:
    return facts_of(authority.certificate_pem).serial_number


def status_of(host: PublicHost, authority: Authority) -> OcspStatus:
    return public_status_of(host, root_of(host), int(serial_of(authority), 16))


def revoke(host: PublicHost, authority: Authority) -> None:
    fields = {"ca_id": authority.ca_id, "reason": "caCompromise", "confirm": serial_of(authority)}
    admin(host, "revoke_ca", **fields, force=True)


def test_the_upkeep_makes_it_for_ten_days_and_renews_it_daily(host: PublicHost) -> None:
    first, clock = responder_of(host), host.responding.pki.clock
    certificate = x509.load_der_x509_certificate(first.certificate)
    certificate.verify_directly_issued_by(load_certificate(root_of(host).certificate_pem))
    assert certificate.not_valid_after_utc == first.not_after
    assert first.not_after - first.made_at == timedelta(days=10)
    clock.advance(timedelta(hours=23))
    assert admin(host, "upkeep")["root_responders"] == []
    clock.advance(timedelta(hours=1))
    (made,) = admin(host, "upkeep")["root_responders"]
    assert made["serial_number"] == responder_of(host).serial_number != first.serial_number


def test_it_says_good_of_an_issuing_ca_and_revoked_after_revoke_ca(host: PublicHost) -> None:
    ca = host.responding.authority
    assert status_of(host, ca) is OcspStatus.GOOD
    revoke(host, ca)
    assert status_of(host, ca) is OcspStatus.REVOKED


def test_its_key_is_decrypted_once_a_process(host: PublicHost) -> None:
    kms, ca = host.responding.kms, host.responding.authority
    status_of(host, ca)
    kms.decrypted_with.clear()
    assert {status_of(host, ca) for _ in range(3)} == {OcspStatus.GOOD}
    assert kms.decrypted_with == []


def test_the_root_gets_its_url_and_later_issuing_cas_name_it(host: PublicHost) -> None:
    root, first = root_of(host), host.responding.authority
    assert root.ocsp_url == f"http://pki.example.com/ocsp/{root.ca_id}"
    assert ocsp_urls_in(first) == [], "it was made with the root"
    admin(host, "rotate", key_arn=host.responding.pki.new_key(_SECOND_KEY))
    second = host.responding.authority
    assert ocsp_urls_in(second) == [root.ocsp_url]
    assert status_of(host, second) is OcspStatus.GOOD


def ocsp_urls_in(authority: Authority) -> list[str]:
    return urls_in(load_certificate(authority.certificate_pem), Access.OCSP)


def test_the_parameter_off_keeps_it_out_of_later_issuing_cas(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTCTL_OCSP", "false")
    vars(app.services.cas).pop("ocsp_urls")
    admin(host, "rotate", key_arn=host.responding.pki.new_key(_SECOND_KEY))
    assert ocsp_urls_in(host.responding.authority) == []


def test_a_root_whose_url_does_not_answer_waits_and_the_upkeep_says_why(
    responding: Responding, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = public_host(responding, monkeypatch)
    host.instead = unreachable
    reasons = admin(host, "upkeep")["ocsp_waiting"]
    assert sum(root_of(host).ca_id in reason for reason in reasons) == 1
    assert root_of(host).ocsp_url is None


def test_an_administrator_rotates_it_and_the_audit_trail_says_so(host: PublicHost) -> None:
    root, first = root_of(host), responder_of(host)
    made = admin(host, "rotate_responder", ca_id=root.ca_id)
    assert made["serial_number"] == responder_of(host).serial_number != first.serial_number
    (event,) = [each for each in stored_events() if each["action"] == "ca_responder_rotated"]
    assert event["resource_id"] == root.ca_id


def test_each_function_rotates_its_own_cas_responders_alone(host: PublicHost) -> None:
    with pytest.raises(NotFound, match="no root CA"):
        admin(host, "rotate_responder", ca_id=host.responding.authority.ca_id)
    with pytest.raises(NotFound, match="no issuing CA"):
        host.responding.publish(action="rotate_responder", ca_id=root_of(host).ca_id)
    with pytest.raises(InvalidInput):
        admin(host, "rotate_responder")


def test_a_failure_is_raised_after_the_rest_of_the_upkeep(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def encrypt(**_: Any) -> dict[str, Any]:
        raise Unavailable("KMS did not answer in time.")

    database, ca = host.responding.pki.database, host.responding.authority
    host.responding.pki.clock.advance(timedelta(days=1))
    forget(host, root_of(host), serial_of(ca))
    monkeypatch.setattr(host.responding.kms, "encrypt", encrypt)
    with pytest.raises(Unavailable, match=r"OCSP responder of ca-.*KMS did not answer"):
        admin(host, "upkeep")
    assert SerialStore(database).find_many(root_of(host).ca_id, [serial_of(ca)])


def forget(host: PublicHost, issuer: Authority, serial: str) -> None:
    """Removes a serial, as in a stack of an earlier release or after a restore of the table."""
    key = SerialItem(ca_serial(issuer.ca_id, serial))
    host.responding.pki.database.write(delete(key, SerialItem.ca_serial.exists()))


def test_a_ca_and_its_serial_are_stored_together(responding: Responding) -> None:
    ca = responding.authority
    found = SerialStore(responding.pki.database).find_many(ca.parent_id or "", [serial_of(ca)])
    assert found[serial_of(ca)].not_after == ca.not_after


@pytest.mark.parametrize("action", ["upkeep", "restore"])
def test_serials_that_the_tables_lack_are_stored_again(host: PublicHost, action: str) -> None:
    """The tables lack serials of CAs of earlier releases, and of responders."""
    root, ca = root_of(host), host.responding.authority
    forget(host, root, serial_of(ca))
    forget(host, root, responder_of(host).serial_number)
    assert status_of(host, ca) is OcspStatus.UNKNOWN
    answer = admin(host, action)
    assert 2 in (answer.get("serials_stored"), answer.get("serials_of_cas"))
    assert status_of(host, ca) is OcspStatus.GOOD
    assert 0 in (admin(host, action).get(name) for name in ("serials_stored", "serials_of_cas"))


def test_a_revoked_ca_whose_serial_is_lost_is_unknown_until_a_restore(host: PublicHost) -> None:
    ca = host.responding.authority
    revoke(host, ca)
    forget(host, root_of(host), serial_of(ca))
    assert status_of(host, ca) is OcspStatus.UNKNOWN
    admin(host, "restore")
    assert status_of(host, ca) is OcspStatus.REVOKED


def answer_to(host: PublicHost, root: Path, ca: Path) -> Path:
    request, response = root.with_name("request.der"), root.with_name("response.der")
    run_openssl("ocsp", "-issuer", root, "-cert", ca, "-no_nonce", "-reqout", request, check=True)
    response.write_bytes(base64.b64decode(host.responding.post(request.read_bytes())["body"]))
    return response


def test_openssl_and_gnutls_take_its_answers(host: PublicHost, tmp_path: Path) -> None:
    require("ocsptool")
    root, ca = tmp_path / "root.pem", tmp_path / "ca.pem"
    root.write_text(root_of(host).certificate_pem)
    ca.write_text(host.responding.authority.certificate_pem)
    assert says(host, root, ca) == "good"
    revoke(host, host.responding.authority)
    assert says(host, root, ca) == "revoked"


def says(host: PublicHost, root: Path, ca: Path) -> str:
    """What openssl reads in an answer that it and GnuTLS have verified."""
    response, now = answer_to(host, root, ca), int(host.responding.pki.clock().timestamp())
    options = ("-attime", now, "-no_nonce", "-CAfile", root, "-respin", response)
    ran = run_openssl("ocsp", "-issuer", root, "-cert", ca, *options)
    assert b"Response verify OK" in ran.stderr, ran.stderr
    shown = said_by("ocsptool", "-e", f"--load-response={response}", f"--load-trust={root}")
    assert "Verifying OCSP Response: Success" in shown, shown
    return ran.stdout.decode().partition(f"{ca}: ")[2].split()[0]
