"""`certctl issuers types` and `certctl targets types`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.catalog.kinds import BUILT_IN_KINDS
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl_client.exit_codes import ExitCode
from examples.lab_ca import LAB_CA
from tests.integration.client.conftest import Certctl
from tests.support.catalog.fictitious import KEYSTORE, KINDS
from tests.support.client.stack import BridgedStack

ARN = "arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/0a1b2c3d-0000-4000-8000-000000000001"
SETTINGS = {
    "AwsPca": [f"ca_arn={ARN}"],
    "ACME": ["directory_url=https://acme.example.com/dir", "terms_of_service_agreed=true"],
}


@pytest.mark.parametrize(("group", "kinds"), [("issuers", ISSUER_KINDS), ("targets", TARGET_KINDS)])
def test_the_types_of_the_server_are_listed(certctl: Certctl, group: str, kinds: Iterable[Any]) -> None:
    ran = certctl(group, "types", "--output", "json")

    assert [each["type"] for each in json.loads(ran.out)] == [definition.type for definition in kinds]


def test_the_settings_of_a_type_are_shown_to_people(certctl: Certctl) -> None:
    ran = certctl("issuers", "types", "ACME")

    assert "external_account.hmac_secret" in ran.out
    assert "Only with challenge=dns-01." in ran.out


def test_the_usual_commands_of_a_target_are_shown(certctl: Certctl) -> None:
    ran = certctl("targets", "types", "NGINX", "--output", "json")

    settings = {setting["name"]: setting for setting in json.loads(ran.out)["settings"]}
    assert settings["reload_command"]["default"] == ["systemctl", "reload", "nginx"]


def test_a_type_that_the_server_does_not_know_is_refused_with_those_that_it_knows(certctl: Certctl) -> None:
    shown = certctl("issuers", "types", "NoCA")
    created = certctl("issuers", "create", "--name", "none", "--type", "NoCA")

    assert shown.code != ExitCode.OK
    assert created.code != ExitCode.OK
    known = ", ".join(definition.type for definition in ISSUER_KINDS)
    for ran in (shown, created):
        assert known in ran.err


@pytest.fixture
def with_the_lab(stack: BridgedStack) -> Iterator[None]:
    """Two kinds more than any stack has."""
    deployed = stack.issuing.stack
    deployed.kinds = KINDS
    deployed.restart()
    yield
    deployed.kinds = BUILT_IN_KINDS
    deployed.restart()


@pytest.mark.usefixtures("with_the_lab")
def test_an_issuer_of_a_type_that_the_server_alone_knows_is_made(certctl: Certctl) -> None:
    described = json.loads(certctl("issuers", "types", LAB_CA.type, "--output", "json").out)
    wanted = ("--setting", "server=https://lab.example.com")
    refused = certctl("issuers", "create", "--name", "lab", "--type", LAB_CA.type, *wanted)
    credentials = 'credentials={"password": "certctl/blue/issuers/lab"}'
    made = certctl(
        "issuers", "create", "--name", "lab", "--type", LAB_CA.type, *wanted, "--setting", credentials
    )
    listed = certctl("issuers", "list", "--type", LAB_CA.type, "--output", "json")

    assert [s["name"] for s in described["settings"]] == ["server", "credentials.password", "level"]
    assert "config.credentials" in refused.err
    assert made.code == ExitCode.OK, made.err
    assert [record["name"] for record in json.loads(listed.out)] == ["lab"]


@pytest.mark.usefixtures("with_the_lab")
def test_a_target_of_a_type_that_the_server_alone_knows_is_made(certctl: Certctl) -> None:
    wanted = ("--team", "t-default", "--setting", "keystore_path=/srv/shop.p12")

    made = certctl("targets", "create", "--name", "store", "--type", KEYSTORE.type, *wanted, "-o", "json")

    assert made.code == ExitCode.OK, made.err
    assert json.loads(made.out)["config"] == {"keystore_path": "/srv/shop.p12"}


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_key_that_is_made_here_is_certified_by_an_external_issuer(
    certctl: Certctl, stack: BridgedStack, tmp_path: Path, kind: str
) -> None:
    stack.after = lambda: None  # no worker of external issuers runs here
    issuer, name = f"iss-{kind.lower()}-cli", f"{kind.lower()}.example.com"
    settings = [text for setting in SETTINGS[kind] for text in ("--setting", setting)]
    made = certctl("issuers", "create", "--id", issuer, "--name", issuer, "--type", kind, *settings)
    assert made.code == 0, made.err

    place = tmp_path / kind
    certctl("certs", "create", "--cn", name, "--issuer", issuer, "--out", place, "--timeout", "1")

    listed = json.loads(certctl("certs", "list", "--issuer", issuer, "-o", "json").out)
    assert [(record["common_name"], record["sans"]) for record in listed] == [(name, [f"DNS:{name}"])]
    assert (place / "key.pem").exists()


def test_a_setting_that_is_wrong_is_told_by_its_name(certctl: Certctl) -> None:
    made = certctl(
        "issuers", "create", "--name", "wrong", "--type", "AwsPca", "--setting", "ca_arn=arn:aws:acm"
    )

    assert made.code != 0
    assert "ca_arn" in made.err
