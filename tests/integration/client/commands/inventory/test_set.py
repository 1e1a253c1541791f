"""`certctl inventory set`, and what `certctl keys show` lists of observed certificates."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl_client.exit_codes import ExitCode
from certctl_client.spki import spki_of
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.import_files import certificate, pem
from tests.support.client.stack import BridgedStack

_NUMBERS = count(1)


@pytest.fixture(scope="module", autouse=True)
def _of_web(shared_stack: BridgedStack) -> None:
    catalog = shared_stack.issuing.stack.admin("catalog_api")
    assert catalog.post("/api/v1/teams", {"id": "t-web", "name": "Web"}).status == 201
    owner = {"id": "o-web", "name": "Ada", "email": "ada@example.com", "team_id": "t-web"}
    assert catalog.post("/api/v1/owners", owner).status == 201


@pytest.fixture
def fingerprint(certctl: Certctl, tmp_path: Path) -> str:
    """An observed certificate of the default team."""
    name = f"host-{next(_NUMBERS)}.set.example"
    (tmp_path / "www.pem").write_bytes(pem(certificate(name, serial=next(_NUMBERS))))
    record_of(certctl("inventory", "import", tmp_path, "--name", name, "-o", "json"))
    (found,) = json.loads(certctl("inventory", "list", "--search", name, "-o", "json").out)
    return str(found["fingerprint"])


def _shown(certctl: Certctl, fingerprint: str) -> dict[str, Any]:
    return record_of(certctl("inventory", "get", fingerprint, "-o", "json"))


def test_a_certificate_is_given_to_a_team_and_an_owner_and_tagged(certctl: Certctl, fingerprint: str) -> None:
    options = ("--team", "t-web", "--owner", "o-web", "--tag", "app=shop", "--tag", "tier=1")
    record = record_of(certctl("inventory", "set", fingerprint, *options, "-o", "json"))

    assert (record["team_id"], record["owner_id"]) == ("t-web", "o-web")
    assert record["tags"] == {"app": "shop", "tier": "1"}
    listed = certctl("inventory", "list", "--owner", "o-web", "--status", "Unmanaged", "-o", "name").out
    assert fingerprint in listed.split()


def test_what_is_not_given_stays_and_empty_removes(certctl: Certctl, fingerprint: str) -> None:
    certctl("inventory", "set", fingerprint, "--team", "t-web", "--owner", "o-web", "--tag", "app=shop")

    certctl("inventory", "set", fingerprint, "--owner", "")
    shown = _shown(certctl, fingerprint)
    assert (shown["team_id"], shown["owner_id"], shown["tags"]) == ("t-web", None, {"app": "shop"})

    certctl("inventory", "set", fingerprint, "--no-tags")
    assert _shown(certctl, fingerprint)["tags"] == {}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ((), ExitCode.USAGE, "Give --team, --owner, --tag or --no-tags"),
        (("--tag", "a=b", "--no-tags"), ExitCode.USAGE, "exclude each other"),
        (("--tag", "app"), ExitCode.USAGE, "--tag"),
        (("--team", "t-nowhere"), ExitCode.FAILED, "t-nowhere"),
        (("--owner", "o-nowhere"), ExitCode.FAILED, "o-nowhere"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_reason_and_nothing_changes(
    certctl: Certctl, fingerprint: str, options: tuple[str, ...], code: ExitCode, words: str
) -> None:
    before = _shown(certctl, fingerprint)
    ran = certctl("inventory", "set", fingerprint, *options)
    assert (ran.code, words in ran.err) == (code, True), ran.err
    assert _shown(certctl, fingerprint) == before


@pytest.mark.parametrize("given", ["00" * 32, "abc"])
def test_a_certificate_that_nobody_found_is_not_found(certctl: Certctl, given: str) -> None:
    assert certctl("inventory", "set", given, "--owner", "").code == ExitCode.NOT_FOUND


def test_who_only_reads_is_refused(
    certctl: Certctl, stack: BridgedStack, environment: pytest.MonkeyPatch, fingerprint: str
) -> None:
    environment.setenv("CERTCTL_API_KEY", stack.issuing.stack.new_key(Role.VIEWER))
    assert certctl("inventory", "set", fingerprint, "--owner", "o-web").code == ExitCode.DENIED


def test_a_key_shows_the_observed_certificates_that_have_it(
    certctl: Certctl, stack: BridgedStack, fingerprint: str, tmp_path: Path
) -> None:
    file = tmp_path / "www.pem"
    spki = spki_of(file.read_bytes())

    shown = certctl("keys", "show", spki)
    record = record_of(certctl("keys", "show", "--key-of", file, "-o", "json"))

    assert shown.code == ExitCode.OK, shown.err
    _, _, section = shown.out.partition("Observed certificates")
    assert fingerprint[:16] in section
    (own,) = [each for each in record["observed"] if each["fingerprint"] == fingerprint]
    assert (own["status"], own["sightings"]) == ("Unmanaged", 1)
    assert record["data"] == []


def test_a_key_that_nothing_was_found_with_has_no_such_section(certctl: Certctl, stack: BridgedStack) -> None:
    made = stack.issuing.issued("managed.example.com")
    der = stack.issuing.api.get(f"/api/v1/certificates/{made['id']}/export/pem").text
    shown = certctl("keys", "show", spki_of(der.encode()))
    assert (shown.code, "Observed certificates" in shown.out) == (ExitCode.OK, False)
