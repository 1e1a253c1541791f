"""The kind: its settings, and the names that it can issue for. Pure: no network, no cryptography."""

from collections.abc import Mapping
from typing import Any

from certctl.domain.field_rules import https_url, one_of
from certctl.domain.issuing.kinds.definitions import IssuerDefinition, ServerCheck
from certctl.domain.kinds import Option, Setting, SettingForm

_DOMAIN = ".example.com"


def _reasons_against(_config: Mapping[str, Any], _kind: str, name: str) -> list[str]:
    return [] if name.endswith(_DOMAIN) else [f"{name}: the lab knows names below example.com only"]


LAB_CA = IssuerDefinition(
    type="LabCA",
    label="CA of the lab",
    help="The example for writers of issuers.",
    settings={
        "server": Setting(
            https_url, required=True, label="Server", pattern=r"^https:\/\/", expected="An https URL."
        ),
        "credentials": Setting(
            required=True,
            label="Credentials",
            help="Of an account at the lab.",
            parts={
                "password": Setting(label="Password", form=SettingForm.SECRET, reference_of="issuers"),
            },
        ),
        "level": Setting(
            one_of("normal", "high"),
            label="Level",
            form=SettingForm.CHOICE,
            options=(Option("normal", "Normal"), Option("high", "High")),
            default="normal",
        ),
    },
    server_check=ServerCheck("health", "the lab said that it is well"),
    reasons_against=_reasons_against,
)
