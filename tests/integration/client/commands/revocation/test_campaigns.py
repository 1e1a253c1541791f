"""`certctl campaigns`: the number first, then the work, then what each certificate waits for."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl, Ran
from tests.support.api.route_ids import CAMPAIGN, campaign_to_verify, running_campaign
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.client.stack import BridgedStack

CREATE = ("campaigns", "create", "--reason", "superseded", "-o", "json")


@pytest.fixture
def issued(stack: BridgedStack) -> dict[str, Any]:
    record: dict[str, Any] = stack.issuing.issued()
    return record


def record_of(ran: Ran) -> dict[str, Any]:
    assert ran.code == ExitCode.OK, ran.err
    record: dict[str, Any] = json.loads(ran.out)
    return record


def states(certctl: Certctl, campaign_id: str) -> list[str]:
    listed = json.loads(certctl("campaigns", "items", campaign_id, "-o", "json").out)
    return [item["state"] for item in listed]


def test_a_dry_run_finds_them_and_its_number_starts_it(certctl: Certctl, issued: dict[str, Any]) -> None:
    dry = record_of(certctl(*CREATE, "--id", issued["id"], "--dry-run"))
    assert (dry["state"], dry["total"], dry["counts"]) == ("unconfirmed", 1, {"found": 1})

    wrong = certctl("campaigns", "confirm", dry["id"], "--count", "2")
    assert (wrong.code, "1 certificate" in wrong.err) == (ExitCode.FAILED, True)
    running = record_of(certctl("campaigns", "confirm", dry["id"], "--count", "1", "-o", "json"))

    assert (running["state"], running["confirmed_at"] is None) == ("running", False)
    assert states(certctl, dry["id"]) == ["rekeying"]


def test_a_script_confirms_what_was_found(certctl: Certctl, issued: dict[str, Any]) -> None:
    ran = certctl(*CREATE, "--id", issued["id"], "--yes")
    assert record_of(ran)["state"] == "running"
    assert "1 certificate found" in ran.err


def test_a_number_is_given_beforehand_and_starts_it_only_if_it_is_right(
    certctl: Certctl, issued: dict[str, Any]
) -> None:
    refused = certctl(*CREATE, "--id", issued["id"], "--confirm", "7")
    started = record_of(certctl(*CREATE, "--id", issued["id"], "--confirm", "1"))
    assert (refused.code, "1 certificate found, not 7" in refused.err) == (ExitCode.FAILED, True)
    assert "campaigns confirm cmp-" in refused.err
    assert started["state"] == "running"


def test_nothing_found_starts_nothing_and_leaves_nothing_to_confirm(certctl: Certctl) -> None:
    ran = certctl(*CREATE, "--spki", "AB:" * 31 + "AB", "--yes")
    assert (ran.code, "nothing was started" in ran.err) == (ExitCode.NOT_FOUND, True)
    newest = json.loads(certctl("campaigns", "list", "--limit", "1", "-o", "json").out)[0]
    assert (newest["state"], newest["selection"]["spki_sha256"]) == ("cancelled", "ab" * 32)


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        ((), "--dry-run"),
        (("--dry-run", "--yes"), "starts nothing"),
        (("--yes", "--spki", "beef"), "64 hex digits"),
        (("--yes", "--spki", "ab" * 32, "--key-of", __file__), "exclude each other"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_sent(
    certctl: Certctl, stack: BridgedStack, more: tuple[str, ...], advice: str
) -> None:
    ran = certctl(*CREATE, *more)
    assert (ran.code, advice in ran.err, stack.asked) == (ExitCode.USAGE, True, [])


def test_a_file_names_the_key(certctl: Certctl, issued: dict[str, Any], tmp_path: Path) -> None:
    certificate, public = tmp_path / "leaked.pem", tmp_path / "public.pem"
    certificate.write_text(certctl("certs", "export", issued["id"], "-o", "json").out)
    versions = json.loads(certctl("certs", "versions", issued["id"], "-o", "json").out)
    certificate.write_text(versions[0]["pem_chain"])
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    public.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    found = [record_of(certctl(*CREATE, "--key-of", file, "--dry-run")) for file in (certificate, public)]

    assert [each["total"] for each in found] == [1, 1]
    assert found[0]["selection"] == found[1]["selection"]


def test_it_is_paused_resumed_and_cancelled(certctl: Certctl, stack: BridgedStack) -> None:
    campaign_id = running_campaign(stack.issuing)["campaign_id"]
    for act, state in (("pause", "paused"), ("resume", "running")):
        assert record_of(certctl("campaigns", act, campaign_id, "-o", "json"))["state"] == state
    asked = certctl("campaigns", "cancel", campaign_id)
    cancelled = record_of(certctl("campaigns", "cancel", campaign_id, "--yes", "-o", "json"))
    again = certctl("campaigns", "pause", campaign_id)
    assert (asked.code, cancelled["state"]) == (ExitCode.USAGE, "cancelled")
    assert (again.code, "cannot be paused" in again.err) == (ExitCode.FAILED, True)


def test_a_person_verifies_and_the_watch_ends_with_the_campaign(
    certctl: Certctl, stack: BridgedStack
) -> None:
    ids = campaign_to_verify(stack.issuing)
    campaign_id = ids["campaign_id"]
    waiting = certctl("campaigns", "show", campaign_id)
    assert "certctl campaigns verify" in waiting.out
    unfinished = certctl("campaigns", "watch", campaign_id, "--timeout", "0")

    verified = certctl("campaigns", "verify", campaign_id, ids["certificate_id"], "--yes", "-o", "json")
    ended = certctl("campaigns", "watch", campaign_id, "-o", "json")

    assert unfinished.code == ExitCode.NOT_ENDED
    assert record_of(verified)["state"] == "verified"
    assert (ended.code, record_of(ended)["counts"]) == (ExitCode.OK, {"revoked": 1})
    (row,) = json.loads(certctl("campaigns", "items", campaign_id, "--state", "revoked", "-o", "json").out)
    assert row["old_serial_numbers"] == [ids["serial"]]


def test_a_watched_campaign_that_was_cancelled_is_no_success(certctl: Certctl, stack: BridgedStack) -> None:
    campaign_id = running_campaign(stack.issuing)["campaign_id"]
    certctl("campaigns", "cancel", campaign_id, "--yes")
    assert certctl("campaigns", "watch", campaign_id).code == ExitCode.FAILED


def test_a_watched_dry_run_says_how_to_start_it(certctl: Certctl, issued: dict[str, Any]) -> None:
    dry = record_of(certctl(*CREATE, "--id", issued["id"], "--dry-run"))
    ran = certctl("campaigns", "watch", dry["id"])
    assert (ran.code, f"confirm {dry['id']} --count 1" in ran.err) == (ExitCode.NOT_ENDED, True)


def test_people_see_progress_by_state_and_machines_a_row_for_each(
    certctl: Certctl, stack: BridgedStack
) -> None:
    campaign_id = running_campaign(stack.issuing)["campaign_id"]
    listed, shown = certctl("campaigns", "list"), certctl("campaigns", "show", campaign_id)
    rows = certctl("campaigns", "show", campaign_id, "-o", "csv").out.splitlines()
    assert "0/1" in listed.out
    assert "a version with another key" in shown.out
    assert rows == ["state,certificates,waits_for", "rekeying,1,a version with another key"]


def test_an_unknown_campaign_is_not_found(certctl: Certctl) -> None:
    for command in (("show",), ("items",), ("pause",), ("watch",)):
        assert certctl("campaigns", *command, "cmp-none").code == ExitCode.NOT_FOUND


def test_a_key_shows_what_its_leak_would_touch(
    certctl: Certctl, issued: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "leaked.pem"
    versions = json.loads(certctl("certs", "versions", issued["id"], "-o", "json").out)
    file.write_text(versions[0]["pem_chain"])

    found = record_of(certctl("keys", "show", "--key-of", file, "-o", "json"))
    by_hash = certctl("keys", "show", found["spki_sha256"].upper())

    (record,) = [each for each in found["data"] if each["certificate_id"] == issued["id"]]
    assert [each["serial_number"] for each in record["versions"]] == [issued["serial_number"]]
    assert (found["refused"], issued["id"] in by_hash.out) == (None, True)
    assert issued["id"] in certctl("keys", "show", "--key-of", file, "-o", "name").out


def test_a_certificate_and_its_key_name_the_campaign_that_replaces_them(
    certctl: Certctl, issued: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "leaked.pem"
    file.write_text(json.loads(certctl("certs", "versions", issued["id"], "-o", "json").out)[0]["pem_chain"])
    leaked = ("--reason", "keyCompromise", "--key-of", file, "--on-deadline", "revoke", "--yes")
    started = record_of(certctl("campaigns", "create", *leaked, "-o", "json"))

    shown, key = certctl("certs", "get", issued["id"]), certctl("keys", "show", "--key-of", file)

    assert "Replaced by campaigns" in shown.out
    assert started["id"] in shown.out
    assert "compromised" in key.out
    assert f"{started['id']} (running, keyCompromise, revokes what is left" in key.out
    record = record_of(certctl("certs", "get", issued["id"], "-o", "json"))
    assert [each["id"] for each in record["campaigns"]] == [started["id"]]


def test_an_unknown_key_is_not_found_and_none_is_wrong_usage(certctl: Certctl) -> None:
    assert certctl("keys", "show", "ab" * 32).code == ExitCode.NOT_FOUND
    assert certctl("keys", "show").code == ExitCode.USAGE


def test_who_requested_a_campaign_and_verified_a_certificate_has_a_name(
    certctl: Certctl, stack: BridgedStack
) -> None:
    ids, deployed = campaign_to_verify(stack.issuing), stack.issuing.stack
    _, key = CatalogByHttp(deployed).administrator("Ada")
    api = deployed.client("certificates_api", key["key"])
    assert api.post("/api/v1/campaigns", CAMPAIGN).status == 202
    path = f"/api/v1/campaigns/{ids['campaign_id']}/items/{ids['certificate_id']}/verify"
    assert api.post(path).status == 200

    assert "Ada" in certctl("campaigns", "list").out
    assert "Ada" in certctl("campaigns", "items", ids["campaign_id"]).out
