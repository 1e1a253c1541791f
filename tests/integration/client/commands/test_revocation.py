"""`certctl certs revoke` and `certctl crl`: revoked certificates are on the published list."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.authorities.authorities import CrlShard
from certctl.domain.status.looks import Observation, Sighting, Way
from certctl.store.revocation.receipts import ReceiptStore
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import Asked, BridgedStack

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow


@pytest.fixture
def issued(stack: BridgedStack) -> dict[str, Any]:
    record: dict[str, Any] = stack.issuing.issued()
    return record


def publish(stack: BridgedStack) -> None:
    """Publishes the CRLs, as the publisher does within a minute."""
    stack.issuing.pki.publishing().publish_due()


def revoke(certctl: Certctl, certificate_id: str, *more: str) -> dict[str, Any]:
    command = ("certs", "revoke", certificate_id, "--reason", "superseded", "--yes", "-o", "json", *more)
    ran = certctl(*command)
    assert ran.code == ExitCode.OK, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def test_a_revocation_is_on_the_published_list(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    serial = issued["serial_number"]
    before = certctl("crl", "verify", "--serial", serial)

    answer = revoke(certctl, issued["id"])
    publish(stack)
    after = certctl("crl", "verify", "--serial", serial.upper(), "-o", "json")

    assert (before.code, answer["serial_numbers"]) == (ExitCode.OK, [serial])
    assert f"Not listed: serial {serial}" in before.out
    assert after.code == ExitCode.REVOKED
    report = json.loads(after.out)
    assert (report["good"], report["revoked"], report["reason"]) == (True, True, "superseded")
    assert report["ca_pinned"] is False
    assert f"REVOKED: {serial}, superseded, since" in certctl("crl", "verify", "--serial", serial).out


def _see(stack: BridgedStack) -> None:
    """Records receipts, as status_watch does, 23 seconds after each revocation."""
    receipts = ReceiptStore(stack.issuing.stack.database)
    for authority in stack.issuing.pki.authorities.all():
        for row in receipts.due(authority.ca_id, "0", stack.issuing.stack.clock(), 100):
            seen_at = row.due_at + timedelta(seconds=23)
            sighting = Sighting(Way.CRL, seen_at, "00" * 32, crl_number=42)
            assert receipts.record(Observation(row, (sighting,), frozenset()))


def test_a_revocation_is_watched_until_a_relying_party_has_seen_it(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    stack.after = lambda: _see(stack)
    answer = revoke(certctl, issued["id"], "--watch")
    assert (answer["status"], answer["seen_in_crl"], answer["crl_seconds"]) == ("revoked", 42, 23)
    shown = certctl("revocation", "status", issued["id"])
    assert "23" in shown.out
    assert json.loads(certctl("revocation", "status", issued["id"], "-o", "json").out)["seen_in_crl"] == 42


def test_a_certificate_in_use_has_no_revocation_to_show(certctl: Certctl, issued: dict[str, Any]) -> None:
    ran = certctl("revocation", "status", issued["id"])
    assert (ran.code, "neither revoked nor on hold" in ran.err) == (ExitCode.NOT_FOUND, True)


def test_revocations_are_listed_with_what_a_relying_party_saw(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    revoke(certctl, issued["id"])
    _see(stack)

    listed = json.loads(certctl("revocation", "list", "--since", "1d", "--all", "-o", "json").out)
    others = json.loads(certctl("revocation", "list", "--reason", "keyCompromise", "-o", "json").out)

    (row,) = [each for each in listed if each["serial_number"] == issued["serial_number"]]
    assert row["certificate_id"] == issued["id"]
    assert (row["seen_in_crl"], row["crl_seconds"]) == (42, 23)
    assert {each["reason"] for each in others} <= {"keyCompromise"}
    assert "23 s" in certctl("revocation", "list", "--ca", row["ca_id"]).out


def test_a_revocation_is_shown_by_its_serial(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    serial = issued["serial_number"]
    before = certctl("revocation", "show", serial)
    revoke(certctl, issued["id"])
    publish(stack)

    shown = json.loads(certctl("revocation", "show", serial.upper(), "-o", "json").out)

    assert before.code == ExitCode.NOT_FOUND
    assert (shown["state"], shown["certificate_id"]) == ("published", issued["id"])


@pytest.mark.parametrize("what", ["list", "show", "status"])
def test_a_watched_revocation_is_shown_again_once_a_relying_party_has_seen_it(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any], what: str
) -> None:
    revoke(certctl, issued["id"])
    named = {"list": (), "show": (issued["serial_number"],), "status": (issued["id"],)}
    stack.asked.clear()
    stack.after = lambda: _see(stack)
    stack.fails = lambda _: 403 if len(stack.asked) > 2 else None

    ran = certctl("revocation", what, *named[what], "--watch", "--interval", "0.5", "-o", "json")

    assert ran.code == ExitCode.DENIED
    looks = rf'"serial_number": "{issued["serial_number"]}".*?"seen_in_crl": (\w+)'
    assert re.findall(looks, ran.out, re.DOTALL) == ["null", "42"]


def test_one_version_cannot_be_watched(certctl: Certctl, issued: dict[str, Any]) -> None:
    more = ("--serial", issued["serial_number"], "--watch")
    ran = certctl("certs", "revoke", issued["id"], "--reason", "superseded", "--yes", *more)
    assert ran.code == ExitCode.USAGE
    assert "not one version" in ran.err


def test_a_serial_that_nobody_issued_is_unknown(certctl: Certctl, stack: BridgedStack) -> None:
    publish(stack)

    ran = certctl("crl", "verify", "--serial", "407c" * 10)
    report = json.loads(certctl("crl", "verify", "--serial", "407c" * 10, "-o", "json").out)

    assert ran.code == ExitCode.NOT_FOUND
    assert f"UNKNOWN: no CA of this issuer issued {'407c' * 10}" in ran.out
    assert (report["good"], report["issued"], report["revoked"]) == (True, False, None)


def test_the_list_that_a_certificate_names_is_checked_against_a_trusted_ca(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any], tmp_path: Path
) -> None:
    whole, leaf, ca = certctl("certs", "export", issued["id"]).out, tmp_path / "leaf.pem", tmp_path / "ca.pem"
    blocks = whole.partition("-----END CERTIFICATE-----\n")
    leaf.write_text(blocks[0] + blocks[1])
    ca.write_text(blocks[2])
    command = ("crl", "verify", "--certificate", leaf, "--ca", ca)

    good = certctl(*command, "-o", "json")
    revoke(certctl, issued["id"])
    publish(stack)
    revoked = certctl(*command)

    assert (good.code, revoked.code) == (ExitCode.OK, ExitCode.REVOKED)
    report = json.loads(good.out)
    assert (report["ca_pinned"], report["revoked"]) == (True, False)
    assert report["scope"] == []
    assert "give one that you trust" not in revoked.out


def test_a_revocation_that_clients_do_not_look_for_says_so_and_is_on_the_joined_list(
    certctl: Certctl, stack: BridgedStack, tmp_path: Path
) -> None:
    new = ("profiles", "create", "--name", "unchecked", "--usage", "serverAuth", "--max-ttl", "7d")
    profile = json.loads(certctl(*new, "--no-rev-avail", "-o", "json").out)
    record = stack.issuing.issued("unchecked.example.com", profile_id=profile["id"])
    leaf, serial = tmp_path / "leaf.pem", record["serial_number"]
    leaf.write_text(certctl("certs", "export", record["id"]).out.partition("-----END CERTIFICATE-----\n")[0])
    with leaf.open("a") as file:
        file.write("-----END CERTIFICATE-----\n")

    ran = certctl("certs", "revoke", record["id"], "--reason", "superseded", "--yes")
    publish(stack)

    assert f"Clients accept these until they expire, unchecked (noRevAvail): {serial}" in ran.err
    assert certctl("crl", "verify", "--certificate", leaf).code == ExitCode.REVOKED
    assert "noRevAvail" in certctl("profiles", "list", "--name", "unchecked").out


def _publish_now(stack: BridgedStack) -> CrlShard:
    """The CRL of the one shard, and `all`, which has its times."""
    pki = stack.issuing.pki
    issuing = next(a for a in pki.authorities.all() if a.role == "issuing")
    pki.publication().publish_now(issuing, "0")
    return pki.publication().publish_now(issuing, "all")


def test_a_stale_list_is_not_relied_on(certctl: Certctl, stack: BridgedStack, tmp_path: Path) -> None:
    stack.issuing.stack.clock.advance(timedelta(days=-4))
    made = _publish_now(stack)
    ran = certctl("crl", "verify")
    stack.issuing.stack.clock.advance(timedelta(days=4))
    _publish_now(stack)

    assert ran.code == ExitCode.NOT_INTACT
    assert f"NOT GOOD: it is stale: the next one was due at {made.next_update:%Y-%m-%dT%H:%M:%SZ}" in ran.out
    assert certctl("crl", "verify").code == ExitCode.OK


def test_the_list_is_shown_as_published_and_as_it_will_be(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    revoke(certctl, issued["id"])
    coming = json.loads(certctl("crl", "show", "--source", "api", "--all", "-o", "json").out)
    publish(stack)

    shown = certctl("crl", "show").out
    record = json.loads(certctl("crl", "show", "-o", "json").out)
    csv = certctl("crl", "show", "-o", "csv").out.splitlines()

    assert {entry["serial_number"] for entry in coming} >= {issued["serial_number"]}
    assert {entry["serial_number"] for entry in record["revoked"]} >= {issued["serial_number"]}
    assert record["entries"] == len(record["revoked"]) == len(csv) - 1
    assert csv[0] == "serial_number,reason,revoked_at,invalidity_date"
    assert shown.startswith("CRL\nissuer")
    assert issued["serial_number"] in shown


def test_the_coming_list_shows_when_relying_parties_saw_each_revocation(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    revoke(certctl, issued["id"])
    _see(stack)
    table = certctl("crl", "show", "--source", "api", "--all").out.splitlines()
    coming = json.loads(certctl("crl", "show", "--source", "api", "--all", "-o", "json").out)
    (entry,) = [each for each in coming if each["serial_number"] == issued["serial_number"]]
    (line,) = [each for each in table if issued["serial_number"] in each]
    assert "CRL AFTER" in table[0]
    assert (entry["seen_in_crl"], entry["crl_seconds"]) == (42, 23)
    assert "23 s" in line


def test_a_list_in_a_file_and_one_by_its_url(certctl: Certctl, tmp_path: Path) -> None:
    url = json.loads(certctl("crl", "show", "-o", "json").out)["source"]
    (tmp_path / "x.crl").write_bytes(b"\x30\x00")

    assert json.loads(certctl("crl", "show", "--url", url, "-o", "json").out)["source"] == url
    broken = certctl("crl", "show", "--file", tmp_path / "x.crl")
    assert (broken.code, broken.err.splitlines()[0]) == (
        ExitCode.FAILED,
        "Error: What was read is not a CRL.",
    )
    assert certctl("crl", "show", "--url", f"{url}x").code == ExitCode.NOT_FOUND
    assert certctl("crl", "show", "--url", "file:///etc/passwd").code == ExitCode.FAILED
    assert certctl("crl", "show", "--url", url, "--file", tmp_path / "x.crl").code == ExitCode.USAGE
    assert certctl("crl", "verify", "--serial", "xyz").code == ExitCode.USAGE


@pytest.mark.usefixtures("stack")
def test_what_is_public_needs_no_key(certctl: Certctl, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("CERTCTL_API_KEY")

    assert certctl("crl", "show").code == ExitCode.OK
    assert certctl("crl", "verify").code == ExitCode.OK
    assert certctl("crl", "show", "--source", "api").code == ExitCode.USAGE


def test_a_script_must_say_that_it_means_it(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    ran = certctl("certs", "revoke", issued["id"], "--reason", "superseded")

    assert ran.code == ExitCode.USAGE
    assert "--yes" in ran.err
    assert stack.asked == []
    assert certctl("certs", "revoke", issued["id"], "--yes").code == ExitCode.USAGE  # no reason


def test_a_revocation_may_be_repeated_and_its_reason_not_be_changed(
    certctl: Certctl, issued: dict[str, Any]
) -> None:
    assert revoke(certctl, issued["id"])["status"] == "revoked"
    assert revoke(certctl, issued["id"])["status"] == "revoked"

    other = certctl("certs", "revoke", issued["id"], "--reason", "privilegeWithdrawn", "--yes")

    assert other.code == ExitCode.FAILED
    assert "Error: " in other.err


def test_one_version_is_revoked_and_the_certificate_stays(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    old = issued["serial_number"]
    stack.issuing.stack.clock.advance(timedelta(minutes=1))
    stack.issuing.rekeyed(issued["id"])

    revoke(certctl, issued["id"], "--serial", old, "--invalidity-date", "2026-11-01")

    versions = json.loads(certctl("certs", "versions", issued["id"], "-o", "json").out)
    assert {v["serial_number"]: v.get("revocation_reason") for v in versions}[old] == "superseded"
    assert json.loads(certctl("certs", "get", issued["id"], "-o", "json").out)["status"] == "Active"
    assert old in certctl("certs", "versions", issued["id"]).out


def test_an_export_is_plain_pem_and_writes_over_nothing(
    certctl: Certctl, issued: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "www.pem"

    shown = certctl("certs", "export", issued["id"]).out
    written = certctl("certs", "export", issued["id"], "--out", out)
    again = certctl("certs", "export", issued["id"], "--out", out)

    assert shown.count("-----BEGIN CERTIFICATE-----") == 2
    assert (written.code, written.out, out.read_text()) == (ExitCode.OK, "", shown)
    assert again.code == ExitCode.FAILED
    record = json.loads(certctl("certs", "export", issued["id"], "-o", "json").out)
    assert record["certificate_pem"] + record["chain_pem"] == shown
    assert certctl("certs", "export", "mc-nothing").code == ExitCode.NOT_FOUND


def test_a_hold_is_put_on_and_ended_again(certctl: Certctl, issued: dict[str, Any]) -> None:
    unasked = certctl("certs", "hold", issued["id"])
    held = certctl("certs", "hold", issued["id"], "--yes")
    status = json.loads(certctl("certs", "get", issued["id"], "-o", "json").out)["status"]

    ended = certctl("certs", "unhold", issued["id"], "-o", "json")

    assert (unasked.code, held.code, status) == (ExitCode.USAGE, ExitCode.OK, "OnHold")
    assert json.loads(ended.out) == {"status": "Active"}
    assert certctl("certs", "unhold", issued["id"]).code == ExitCode.FAILED  # it no longer exists


def archive(certctl: Certctl, certificate_id: str, *more: str) -> tuple[int, str]:
    """Exit code, and the status then."""
    code = certctl("certs", "archive", certificate_id, "--yes", *more).code
    return code, json.loads(certctl("certs", "get", certificate_id, "-o", "json").out)["status"]


def test_a_record_is_archived_once_it_is_said_what_becomes_of_valid_versions(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    other = stack.issuing.issued("other.example.com")["id"]

    refused = certctl("certs", "archive", issued["id"], "--yes")

    assert refused.code == ExitCode.FAILED
    assert "--keep-valid" in refused.err
    assert archive(certctl, issued["id"], "--keep-valid") == (ExitCode.OK, "Archived")
    assert archive(certctl, other, "--revoke", "superseded") == (ExitCode.OK, "Revoked")
    assert archive(certctl, other, "--revoke", "superseded", "--keep-valid") == (ExitCode.USAGE, "Revoked")


def test_an_archiving_whose_answer_is_lost_is_done(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    lost: list[Asked] = []

    def is_the_first(asked: Asked) -> bool:
        if lost or asked.method != "DELETE":
            return False
        lost.append(asked)
        return True

    stack.loses = is_the_first

    assert archive(certctl, issued["id"], "--keep-valid") == (ExitCode.OK, "Archived")
    assert len(lost) == 1


def test_a_certificate_that_was_changed_since_the_question_is_not_archived(
    certctl: Certctl, stack: BridgedStack, issued: dict[str, Any]
) -> None:
    before, edit = stack.after, {"environment": "production"}

    def edited_once() -> None:
        stack.after = before
        stack.issuing.api.put(f"/api/v1/certificates/{issued['id']}", edit)

    stack.after = edited_once

    assert archive(certctl, issued["id"], "--keep-valid") == (ExitCode.FAILED, "Active")
