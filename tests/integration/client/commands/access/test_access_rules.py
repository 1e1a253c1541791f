"""`certctl access-rules`: written as options, and tried with somebody's claims."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.client.conftest import Certctl


def made(certctl: Certctl, *arguments: str) -> dict[str, Any]:
    ran = certctl("-o", "json", *arguments)
    assert ran.code == 0, ran.err
    record: dict[str, Any] = json.loads(ran.out)
    return record


@pytest.fixture
def rule(certctl: Certctl, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The only one of its provider, in a stack that tests share."""
    name = ("--name", request.node.name)
    kind = ("--type", "OIDC", "--issuer", "https://okta.example")
    provider = made(certctl, "identity-providers", "create", *name, *kind)
    gives = ("--value", "pki", "--value", "ops", "--role", "operator", "--team", "t-default")
    claim = ("--provider", provider["id"], "--claim", "realm_access>roles")
    return made(certctl, "access-rules", "create", *name, *claim, *gives)


def claims_file(folder: Path, claims: dict[str, Any]) -> str:
    file = folder / "claims.json"
    file.write_text(json.dumps(claims))
    return str(file)


def test_a_rule_is_made_and_edited_by_options(certctl: Certctl, rule: dict[str, Any]) -> None:
    assert (rule["claim_path"], rule["values"]) == (["realm_access", "roles"], ["pki", "ops"])
    assert (rule["role"], rule["teams"]) == ("operator", ["t-default"])

    edited = made(certctl, "access-rules", "edit", rule["id"], "--team", "*")

    assert (edited["teams"], edited["values"]) == ("*", ["pki", "ops"])


def test_the_preview_shows_each_rule_and_why(certctl: Certctl, rule: dict[str, Any], tmp_path: Path) -> None:
    file = claims_file(tmp_path, {"realm_access": {"roles": ["ops"]}})

    ran = certctl("access-rules", "preview", "--provider", rule["provider_id"], "--claims", file)

    assert ran.code == 0, ran.err
    assert "operator of t-default" in ran.out
    assert "realm_access > roles has ops." in ran.out


def test_it_fails_for_somebody_who_would_not_be_admitted(
    certctl: Certctl, rule: dict[str, Any], tmp_path: Path
) -> None:
    file = claims_file(tmp_path, {"realm_access": {"roles": ["guest"]}})

    ran = certctl("access-rules", "preview", "--provider", rule["provider_id"], "--claims", file)

    assert (ran.code, "has none of the rule's values." in ran.out) == (1, True)
