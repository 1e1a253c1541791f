"""`certctl profiles` and `certctl certs create` with subjects, policies and teams."""

import json
from pathlib import Path
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from tests.integration.client.commands.conftest import record_of
from tests.integration.client.conftest import Certctl
from tests.support.client.stack import BridgedStack
from tests.support.docs.tours import Tour
from tests.support.issuing.raw_subjects import COMMON_NAME, LOCALITY, ORGANIZATION, UTF8, raw_csr
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

THIS = str(Path(__file__).relative_to(ROOT))
CPS = "https://pki.example.com/cps?a=b"


def _made(certctl: Certctl, name: str, *options: str) -> dict[str, Any]:
    return record_of(certctl("profiles", "create", "--name", name, *options, "-o", "json"))


@pytest.fixture
def people(certctl: Certctl, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A profile for this test only."""
    return _made(
        certctl,
        request.node.name,
        *("--usage", "clientAuth", "--usage", "1.3.6.1.4.1.32473.5"),
        *("--subject", "C=DE", "--subject", "L=A=B", "--allow-subject", "O=eng-*|ops"),
        *("--policy", f"1.3.6.1.4.1.32473.1={CPS}", "--policy", "1.3.6.1.4.1.32473.2"),
        *("--team", "t-default"),
    )


def test_a_profile_is_made_with_a_subject_policies_and_teams(people: dict[str, Any]) -> None:
    assert people["extended_key_usages"] == ["clientAuth", "1.3.6.1.4.1.32473.5"]
    assert people["subject"] == {
        "C": {"fixed": "DE", "allowed": None},
        "L": {"fixed": "A=B", "allowed": None},
        "O": {"fixed": None, "allowed": "eng-*|ops"},
    }
    assert people["policies"] == [
        {"oid": "1.3.6.1.4.1.32473.1", "cps_uri": CPS},
        {"oid": "1.3.6.1.4.1.32473.2", "cps_uri": None},
    ]
    assert people["teams"] == ["t-default"]


def test_an_edit_changes_the_named_attributes_and_keeps_the_others(
    certctl: Certctl, people: dict[str, Any]
) -> None:
    edited = record_of(
        certctl(
            *("profiles", "edit", people["id"], "--subject", "L=", "--subject", "O=Example"),
            *("--allow-subject", "OU=eng-*", "--policy", "", "-o", "json"),
        )
    )

    assert edited["subject"] == {
        "C": {"fixed": "DE", "allowed": None},
        "O": {"fixed": "Example", "allowed": None},
        "OU": {"fixed": None, "allowed": "eng-*"},
    }
    assert (edited["policies"], edited["teams"]) == ([], ["t-default"])


def test_a_list_shows_subjects_and_teams(certctl: Certctl, people: dict[str, Any]) -> None:
    shown = certctl("profiles", "list", "--name", people["name"], "-o", "csv").out
    everybody = certctl("profiles", "list", "-o", "wide").out

    assert people["id"] in shown
    assert "C=DE, L=A=B, O: eng-*|ops" in everybody
    assert "t-default" in everybody


@pytest.mark.parametrize("options", [("--subject", "O"), ("--allow-subject", "=x"), ("--subject", "Example")])
def test_an_attribute_without_a_value_is_never_sent(
    certctl: Certctl, stack: BridgedStack, options: tuple[str, ...]
) -> None:
    ran = certctl("profiles", "create", "--name", "x", "--usage", "serverAuth", *options)

    assert ran.code == ExitCode.USAGE
    assert "O=Example" in ran.err
    assert stack.asked == []


def test_a_profile_that_needs_teams_is_refused_with_the_field(certctl: Certctl) -> None:
    ran = certctl("profiles", "create", "--name", "code", "--usage", "codeSigning")

    assert ran.code == ExitCode.FAILED
    assert "teams" in ran.err


def test_a_certificate_is_requested_with_a_subject_and_what_is_ignored_is_said(
    certctl: Certctl, people: dict[str, Any], tmp_path: Path
) -> None:
    subject = [[(ORGANIZATION, UTF8, b"eng-web")], [(LOCALITY, UTF8, b"A=B")], [("2.5.4.11", UTF8, b"Shop")]]
    csr = tmp_path / "own.csr"
    csr.write_text(raw_csr([(COMMON_NAME, UTF8, b"own.example.com")], *subject))
    ran = certctl(
        *("certs", "create", "--cn", "own.example.com", "--profile", people["id"]),
        *("--subject", "O=eng-web", "--csr", csr, "-o", "json"),
    )

    made = record_of(ran)
    assert made["subject"] == {"O": "eng-web"}
    assert "Ignored in the CSR: OU." in ran.err
    assert '{"O": "eng-web"}' in certctl("certs", "get", made["id"]).out


def test_a_value_that_the_profile_does_not_allow_is_refused_at_its_field(
    certctl: Certctl, people: dict[str, Any]
) -> None:
    ran = certctl(
        *("certs", "create", "--cn", "a.example.com", "--profile", people["id"]),
        *("--subject", "O=system:masters", "--await-csr"),
    )

    assert ran.code == ExitCode.FAILED
    assert "subject.O" in ran.err
    assert "system:" in ran.err


def test_certificates_are_exported_with_their_subject(certctl: Certctl, people: dict[str, Any]) -> None:
    made = record_of(
        certctl(
            *("certs", "create", "--cn", "csv.example.com", "--profile", people["id"]),
            *("--subject", "O=ops", "--await-csr", "-o", "json"),
        )
    )
    listed = json.loads(certctl("certs", "list", "--profile", people["id"], "-o", "json").out)

    assert [(each["id"], each["subject"]) for each in listed] == [(made["id"], {"O": "ops"})]


@pytest.mark.parametrize("usage", ["OCSPSigning", "1.3.6.1.5.5.7.3.9", "2.5.29.37.0"])
def test_a_usage_that_no_profile_may_have_is_refused(
    certctl: Certctl, stack: BridgedStack, usage: str
) -> None:
    ran = certctl("profiles", "create", "--name", "refused", "--usage", usage)

    assert (ran.code, f"{usage} is refused" in ran.err) == (ExitCode.FAILED, True), ran.err


def test_a_profile_for_the_clients_of_a_team_shows_what_the_page_says(
    stack: BridgedStack, tmp_path: Path
) -> None:
    environment, folder = stack.environment(), tmp_path / "typed"
    folder.mkdir()
    outputs = {"api_url": stack.url, "api_key": environment["CERTCTL_API_KEY"]}

    assert Tour("docs/policies.md", THIS, LocalStack(outputs, tmp_path), folder).run() == []
