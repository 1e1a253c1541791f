"""`certctl issuers types` and `certctl targets types`."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl


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
    for ran in (shown, created):
        assert "GenericCA, ACME" in ran.err
