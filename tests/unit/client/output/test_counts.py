"""Counts and their nouns."""

from typing import Any, cast

import pytest

from certctl_client.api.schema import CampaignView
from certctl_client.commands.revocation.campaign_views import selected
from certctl_client.export.filtered import FilteredExport
from certctl_client.export.full import FullExport
from certctl_client.mcp.prompts import expiring_certificates
from certctl_client.plain_text import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 certificates"), (1, "1 certificate"), (2, "2 certificates")]
)
def test_one_is_singular_and_all_else_plural(number: int, text: str) -> None:
    assert counted(number, "certificate") == text


def test_a_plural_of_its_own_is_given() -> None:
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]


def test_a_selection_by_ids_counts_them() -> None:
    def shown(*ids: str) -> str:
        chosen: dict[str, Any] = {"selection": {"certificate_ids": list(ids), "ca_id": "ca-1"}}
        return selected(cast(CampaignView, chosen))

    assert (shown("mc-1"), shown("mc-1", "mc-2")) == ("1 id ca_id=ca-1", "2 ids ca_id=ca-1")


def test_an_export_of_one_says_so() -> None:
    assert FullExport(1).sentence() == "1 seal with all events"
    assert FilteredExport(1, 0, None).sentence() == "1 event with proofs"


def test_the_prompt_for_one_day_says_so() -> None:
    assert "within 1 day?" in expiring_certificates("1")
