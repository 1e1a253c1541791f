"""Every kind of channel has its line in each table of kinds."""

import re

import pytest

from certctl.connectors.notifiers import FACTORIES
from certctl.domain.channels.channels import ChannelKind
from certctl.domain.channels.settings import form_problems
from tests.support.template import ROOT


def test_each_kind_has_a_notifier() -> None:
    assert FACTORIES.keys() == set(ChannelKind)


@pytest.mark.parametrize("kind", ChannelKind)
def test_each_kind_has_settings(kind: ChannelKind) -> None:
    (problem,) = (p for p in form_problems(kind, {"colour": "red"}, "blue") if p.field == "settings.colour")
    assert f"a {kind} channel has these settings: " in problem.message


@pytest.mark.parametrize("kind", ChannelKind)
def test_each_kind_has_a_section_of_the_page(kind: ChannelKind) -> None:
    """Jira Service Management has its full name there."""
    page = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {kind}\b", page, re.MULTILINE)


def test_the_dashboard_offers_each_kind() -> None:
    page = (ROOT / "dashboard/src/pages/Channels/kinds.ts").read_text(encoding="utf-8")
    (listed,) = re.findall(r"KINDS: ChannelKind\[\] = \[(.*?)\]", page)
    assert set(re.findall(r'"(\w+)"', listed)) == set(ChannelKind)
