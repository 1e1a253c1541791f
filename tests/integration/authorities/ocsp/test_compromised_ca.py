"""A CA whose key is compromised: its responder calls all its certificates revoked (RFC 6960, 2.7)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.x509 import ReasonFlags, ocsp

from certctl.crypto.authorities.facts import facts_of
from certctl.crypto.serials import new_serial
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import Conflict, InvalidInput
from certctl.store.status.ocsp_responders import ResponderStore
from functions.ocsp_responder import app as responder
from functions.stack_admin import app
from tests.support.audit.event_parts import stored_events
from tests.support.functions.lambda_context import Context
from tests.support.status.responder import Responding

GOOD, REVOKED, UNKNOWN = ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN


def revoke(responding: Responding, reason: str = "caCompromise", **fields: Any) -> dict[str, Any]:
    """Fails if a call is not allowed by stack_admin's policy."""
    ca = responding.first
    given = {"ca_id": ca.ca_id, "reason": reason, "confirm": facts_of(ca.certificate_pem).serial_number}
    run = responding.privileges.of("stack_admin", app.lambda_handler)
    answer = run({"action": "revoke_ca", **given, "force": True, **fields}, Context())
    assert not responding.privileges.refused, responding.privileges.refused
    return answer


def five_minutes_later(responding: Responding) -> None:
    """Then a process of the responder reads its CA again."""
    responding.pki.clock.advance(timedelta(minutes=5))


def since(responding: Responding, serial: int) -> tuple[datetime | None, ReasonFlags | None]:
    answer = responding.ask_about(responding.first, serial)
    assert answer.certificate_status is REVOKED
    return answer.revocation_time_utc, answer.revocation_reason


def status(responding: Responding, serial: int) -> ocsp.OCSPCertStatus:
    return responding.ask_about(responding.first, serial).certificate_status


def test_certificates_that_it_issued_are_revoked_since_the_ca_was(responding: Responding) -> None:
    serial = responding.reserved()
    assert status(responding, serial) is GOOD
    assert revoke(responding)["ocsp_revoked_for_all"] is True
    five_minutes_later(responding)
    assert since(responding, serial) == (responding.first.revoked_at, ReasonFlags.ca_compromise)


def test_so_are_serials_that_nobody_issued_for_an_attacker_may_have(responding: Responding) -> None:
    reserved = responding.reserved(VersionState.RESERVED)
    revoke(responding)
    five_minutes_later(responding)
    assert {status(responding, serial) for serial in (reserved, new_serial())} == {REVOKED}


def test_a_certificate_that_was_revoked_before_keeps_its_date_and_reason(responding: Responding) -> None:
    before, held, later = (responding.reserved() for _ in range(3))
    own = responding.revoke(before, "superseded")
    responding.revoke(held, "certificateHold")
    responding.pki.clock.advance(timedelta(hours=1))
    revoke(responding)
    five_minutes_later(responding)
    responding.pki.revoke(responding.first, f"{later:040x}", "superseded")
    assert since(responding, before) == (own.revoked_at, ReasonFlags.superseded)
    all_of_it = (responding.first.revoked_at, ReasonFlags.ca_compromise)
    assert since(responding, held) == since(responding, later) == all_of_it


def test_the_responders_own_certificate_stays_good_so_that_answers_are_believed(
    responding: Responding,
) -> None:
    stored = ResponderStore(responding.pki.database).get(responding.first.ca_id)
    assert stored
    revoke(responding)
    five_minutes_later(responding)
    assert status(responding, int(stored.serial_number, 16)) is GOOD


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("superseded", {}),
        ("superseded", {"ocsp_revoked_for_all": False}),
        ("caCompromise", {"ocsp_revoked_for_all": False}),
    ],
)
def test_another_reason_or_the_choice_leaves_its_certificates_good(
    responding: Responding, reason: str, fields: dict[str, bool]
) -> None:
    serial = responding.reserved()
    assert revoke(responding, reason, **fields)["ocsp_revoked_for_all"] is False
    five_minutes_later(responding)
    assert status(responding, serial) is GOOD


def test_a_key_that_turns_out_to_be_compromised_later_revokes_all_then(responding: Responding) -> None:
    serial = responding.reserved()
    revoke(responding, "superseded")
    assert revoke(responding)["ocsp_revoked_for_all"] is True
    five_minutes_later(responding)
    assert status(responding, serial) is REVOKED


def test_it_is_for_a_compromised_key_alone(responding: Responding) -> None:
    with pytest.raises(InvalidInput, match="ocsp_revoked_for_all: is for the reason caCompromise only"):
        revoke(responding, "superseded", ocsp_revoked_for_all=True)
    assert responding.first.revoked_at is None


def test_it_is_not_taken_back(responding: Responding) -> None:
    revoke(responding)
    with pytest.raises(Conflict, match="that is not taken back"):
        revoke(responding, ocsp_revoked_for_all=False)
    assert responding.first.ocsp_revokes_all is True


def test_the_audit_trail_has_the_choice(responding: Responding) -> None:
    revoke(responding)
    (event,) = [each for each in stored_events() if each["action"] == "ca_revoked"]
    assert event["details"]["before"]["ocsp_revoked_for_all"] is False
    assert event["details"]["after"]["ocsp_revoked_for_all"] is True


def test_an_answer_reads_no_more_than_before(responding: Responding, monkeypatch: pytest.MonkeyPatch) -> None:
    serial = responding.reserved()
    revoke(responding)
    five_minutes_later(responding)
    status(responding, serial)
    reads = responder.services.answers.reads
    asked, real = list[str](), reads._get

    def counted(table: str, *arguments: Any, **key: str) -> Any:
        asked.append(table)
        return real(table, *arguments, **key)

    monkeypatch.setattr(reads, "_get", counted)
    status(responding, serial)
    assert asked == ["serials", "revocations"]
