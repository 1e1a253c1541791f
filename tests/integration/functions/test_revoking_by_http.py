"""The HTTP surface of revocation: bodies, reasons, spellings of serials, hold and un-hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES, Issuing, bodies

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow


def _path(certificate: Any, act: str = "revoke") -> str:
    return f"{CERTIFICATES}/{certificate['id']}/{act}"


@pytest.mark.parametrize("body", [None, "", {}, {"reason": "unspecified"}])
def test_without_a_reason_it_is_unspecified(world: Issuing, body: Any) -> None:
    certificate = world.issued()
    answer = world.api.post(_path(certificate), body)
    assert answer.status == 200, answer.text
    assert answer.body == {
        "status": "revoked",
        "serial_numbers": [certificate["serial_number"]],
        "other_certificates": [],
        "refused_keys": [],
        "more_keys_follow": False,
        "unchecked_serial_numbers": [],
    }
    revoked = world.read(certificate["id"])
    assert (revoked["status"], revoked["revocation_reason"]) == ("Revoked", "unspecified")
    assert revoked["revoked_at"] is not None


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "text/plain",
        "application/x-www-form-urlencoded",
    ],
)
def test_the_body_is_read_whatever_its_media_type_says(world: Issuing, media_type: str) -> None:
    certificate = world.issued()
    answer = world.api.post(_path(certificate), {"reason": "keyCompromise"}, content_type=media_type)
    assert answer.status == 200
    assert world.read(certificate["id"])["revocation_reason"] == "keyCompromise"


@pytest.mark.parametrize("reason", ["boredom", "", "keycompromise", "removeFromCRL", "aACompromise", 1, None])
def test_an_unknown_reason_is_refused_and_changes_nothing(world: Issuing, reason: Any) -> None:
    certificate = world.issued()
    answer = world.api.post(_path(certificate), {"reason": reason})
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == ["reason"]
    assert world.read(certificate["id"]) == certificate


@pytest.mark.parametrize("body", ["{", "[]", '{"reason": "superseded", "more": 1}', "true"])
def test_an_unknown_body_is_refused(world: Issuing, body: str) -> None:
    certificate = world.issued()
    assert world.api.post(_path(certificate), body).status in (400, 422)
    assert world.read(certificate["id"])["status"] == "Active"


def test_an_invalidity_date_needs_a_zone_and_is_listed(world: Issuing) -> None:
    certificate = world.issued()
    naive = {"reason": "keyCompromise", "invalidity_date": "2026-11-01T00:00:00"}
    assert world.api.post(_path(certificate), naive).status == 422
    given = {"reason": "keyCompromise", "invalidity_date": "2026-11-01T01:00:00+01:00"}
    assert world.api.post(_path(certificate), given).status == 200
    (entry,) = world.api.get("/api/v1/crl").body["data"]
    assert entry["invalidity_date"] == "2026-11-01T00:00:00Z"


def test_a_repeat_is_200_and_nothing_new_and_another_reason_409(world: Issuing) -> None:
    certificate = world.issued()
    first = world.api.post(_path(certificate), {"reason": "superseded"})
    revoked = world.read(certificate["id"])
    world.stack.clock.advance(timedelta(hours=1))
    again = world.api.post(_path(certificate), {"reason": "superseded"})
    assert (again.status, again.body) == (200, first.body)
    assert world.read(certificate["id"]) == revoked
    assert world.api.post(_path(certificate), {"reason": "affiliationChanged"}).status == 409
    assert world.api.post(_path(certificate), {"reason": "keyCompromise"}).status == 200
    assert world.read(certificate["id"])["revoked_at"] == revoked["revoked_at"]


def test_nothing_brings_a_revoked_certificate_back(world: Issuing) -> None:
    certificate = world.issued()
    world.api.post(_path(certificate))
    one = f"{CERTIFICATES}/{certificate['id']}"
    csr = {"csr_pem": csr_pem("www.example.com", [], new_key())}
    assert world.api.send("PUT", one, {"environment": "staging"}).status == 409
    assert world.api.send("PUT", one, {"status": "Active"}).status == 422
    assert world.api.post(f"{one}/renew", csr).status == 409
    assert world.api.post(f"{one}/csr", csr).status == 409
    assert world.api.post(f"{one}/unhold").status == 409
    assert world.api.send("DELETE", one, query={"keep_valid": "true"}).status == 409
    assert world.read(certificate["id"])["status"] == "Revoked"


def test_a_compromised_key_is_refused_and_others_with_it_are_named(world: Issuing) -> None:
    pem = csr_pem("www.example.com", [], new_key())
    first, second = (world.issued(csr_pem=pem) for _ in range(2))
    answer = world.api.post(_path(first), {"reason": "keyCompromise"})
    assert answer.body["other_certificates"] == [second["id"]]
    refused = world.api.post(CERTIFICATES, {"common_name": "www.example.com", "csr_pem": pem})
    assert (refused.status, refused.body["type"]) == (422, "urn:certctl:problem:csr-rejected")


def test_a_revocation_wakes_the_publisher(world: Issuing) -> None:
    certificate = world.issued()
    bodies("crl_nudges")
    world.api.post(_path(certificate))
    (nudge,) = bodies("crl_nudges")
    assert nudge["shard"] == 0


def _with_colons(serial: str) -> str:
    return ":".join(serial[i : i + 2] for i in range(0, len(serial), 2))


@pytest.mark.parametrize(
    "spell",
    [
        str,
        str.upper,
        _with_colons,
        lambda serial: _with_colons(serial).upper(),
        lambda serial: f"0x{serial}",
        lambda serial: f"0X{serial.upper()}",
        lambda serial: serial.lstrip("0"),
        lambda serial: f"00{serial}",
        lambda serial: _with_colons(serial).replace(":", "%3A"),
    ],
    ids=["plain", "upper", "colons", "upper colons", "0x", "0X", "no zeros", "more zeros", "encoded colons"],
)
def test_one_version_is_revoked_by_any_spelling_of_its_serial(
    world: Issuing, spell: Callable[[str], str]
) -> None:
    old = world.issued()
    world.stack.clock.advance(timedelta(seconds=1))
    new = world.rekeyed(old["id"])
    act = f"versions/{spell(old['serial_number'])}/revoke"
    answer = world.api.post(_path(old, act), {"reason": "superseded"})
    assert answer.status == 200, answer.text
    assert answer.body["serial_numbers"] == [old["serial_number"]]
    left = world.read(old["id"])
    assert (left["status"], left["serial_number"]) == ("Active", new["serial_number"])
    versions = world.api.get(_path(old, "versions")).body["data"]
    assert {v["serial_number"]: v.get("revocation_reason") for v in versions} == {
        old["serial_number"]: "superseded",
        new["serial_number"]: None,
    }


@pytest.mark.parametrize("serial", ["xyz", "0", "0x", "1" * 41, "0a:1", "0a b1", "-1"])
def test_an_invalid_serial_is_refused(world: Issuing, serial: str) -> None:
    certificate = world.issued()
    answer = world.api.post(_path(certificate, f"versions/{serial}/revoke"))
    assert answer.status == 422, answer.text
    assert [error["field"] for error in answer.body["errors"]] == ["serial"]


def test_a_serial_of_another_certificate_is_not_found(world: Issuing) -> None:
    one, other = world.issued(), world.issued("b.example.com")
    answer = world.api.post(_path(one, f"versions/{other['serial_number']}/revoke"))
    assert answer.status == 404
    assert world.read(other["id"])["status"] == "Active"


def test_one_version_is_never_held(world: Issuing) -> None:
    certificate = world.issued()
    act = f"versions/{certificate['serial_number']}/revoke"
    answer = world.api.post(_path(certificate, act), {"reason": "certificateHold"})
    assert answer.status == 422
    assert world.read(certificate["id"])["status"] == "Active"


def test_only_an_administrator_ends_a_hold(world: Issuing) -> None:
    certificate = world.issued(team_id="t-shop")
    operator = world.as_role(Role.OPERATOR, "t-shop")
    held = operator.post(_path(certificate), {"reason": "certificateHold"})
    assert (held.status, held.body["status"]) == (200, "on_hold")
    assert world.read(certificate["id"])["status"] == "OnHold"
    assert operator.post(_path(certificate, "unhold")).status == 403
    answer = world.api.post(_path(certificate, "unhold"))
    assert (answer.status, answer.body) == (200, {"status": "Active"})
    restored = world.read(certificate["id"])
    assert (restored["revoked_at"], restored["revocation_reason"]) == (None, None)
    assert world.api.get("/api/v1/crl").body["data"] == []
    assert world.api.post(_path(certificate, "unhold")).status == 409


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.AUDITOR, 403), (Role.AGENT, 403)])
def test_others_revoke_nothing(world: Issuing, role: Role, status: int) -> None:
    certificate = world.issued()
    assert world.as_role(role).post(_path(certificate)).status == status
    assert world.read(certificate["id"])["status"] == "Active"


def test_an_archived_certificate_can_still_be_revoked(world: Issuing) -> None:
    certificate = world.issued()
    world.api.send("DELETE", f"{CERTIFICATES}/{certificate['id']}", query={"keep_valid": "true"})
    assert world.api.post(_path(certificate), {"reason": "cessationOfOperation"}).status == 200
    assert world.read(certificate["id"])["status"] == "Revoked"


def test_what_was_never_issued_is_revoked_with_no_serial(world: Issuing) -> None:
    created = world.created(csr_pem=None).body
    answer = world.api.post(_path(created))
    assert (answer.status, answer.body["serial_numbers"]) == (200, [])
    assert world.read(created["id"])["status"] == "Revoked"


def test_an_array_revokes_nothing(world: Issuing) -> None:
    """Powertools alone would take its only element for the body."""
    certificate = world.issued()
    assert world.api.post(_path(certificate), "[{}]").status == 422
    assert world.read(certificate["id"])["status"] == "Active"
