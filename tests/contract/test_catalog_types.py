"""The definitions of the kinds of issuers and targets: complete, and the same everywhere."""

from dataclasses import fields
from typing import get_args

import pytest

from certctl.compose.external_issuer_worker import ExternalIssuerWorker
from certctl.compose.rooms.base import Overrides
from certctl.connectors.issuers.base import ExternalIssuer
from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.issuing.external import IssueOutcome, Pending, RevocationOutcome, SettleOutcome
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl.domain.kinds import IssuerType, Setting, SettingForm, TargetType
from certctl.store.database import Database
from examples.lab_ca import LAB_CA
from tests.support.catalog import types as catalog_types
from tests.support.template import ROOT

SETTINGS = [
    pytest.param(setting, id=f"{definition.type}-{name}")
    for definition in (*ISSUER_KINDS, *TARGET_KINDS)
    for name, setting in definition.settings.items()
]


def test_each_published_type_has_a_definition() -> None:
    assert {definition.type for definition in ISSUER_KINDS} == set(IssuerType)
    assert {definition.type for definition in TARGET_KINDS} == set(TargetType)


def test_each_issuer_with_a_server_has_a_connector(database: Database) -> None:
    external = {definition.type for definition in ISSUER_KINDS if not definition.signs_locally}

    composed = ExternalIssuerWorker(Overrides(database=database))

    assert set(composed.issuer_factories) == external


def test_no_stack_offers_the_example_for_writers_of_issuers(database: Database) -> None:
    composed = ExternalIssuerWorker(Overrides(database=database))

    assert LAB_CA.type not in {definition.type for definition in ISSUER_KINDS}
    assert LAB_CA.type not in composed.issuer_factories


def test_the_page_for_writers_of_issuers_has_each_call_and_each_outcome() -> None:
    page = (ROOT / "docs" / "issuers.md").read_text("utf-8")
    (section,) = (text for text in page.split("\n## ") if text.startswith("Write an issuer\n"))
    outcomes = [*get_args(IssueOutcome), *get_args(SettleOutcome), *get_args(RevocationOutcome)]
    calls = [name for name in vars(ExternalIssuer) if not name.startswith("_")]
    names = [*calls, *(outcome.__name__ for outcome in outcomes), *(field.name for field in fields(Pending))]

    assert [name for name in names if f"`{name}" not in section] == []


@pytest.mark.parametrize("setting", SETTINGS)
def test_people_are_asked_for_each_setting_by_name(setting: Setting) -> None:
    assert all(each.label for each in (setting, *setting.parts.values()))


@pytest.mark.parametrize("setting", SETTINGS)
def test_each_option_that_a_form_offers_is_taken(setting: Setting) -> None:
    assert (setting.form is SettingForm.CHOICE) == bool(setting.options)
    assert [setting.rule(option.value) for option in setting.options] == [None] * len(setting.options)


def test_the_dashboard_is_tested_with_the_types_of_the_api() -> None:
    """`make openapi` writes them again."""
    assert catalog_types.FILE.read_text(encoding="utf-8") == catalog_types.as_text()
