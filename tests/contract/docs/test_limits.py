"""What docs/limits.md says is not built: complete beside the page for those who come from the Go edition, and
true beside the kinds that there are."""

import re

import pytest

from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from tests.support.template import ROOT

_ROW = re.compile(r"^\| \*\*(?P<name>[^*]+)\*\*(?P<rest>.*) \| (?P<go>yes)? ?\| (?P<instead>.+) \|$")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_ASKED_FOR = (
    "ACME server",
    "EST",
    "SCEP",
    "CMP",
    "Discovery",
    "F5",
    "IIS",
    "Windows",
    "SSH certificates",
    "Timestamping",
    "Kubernetes",
    "OIDs",
    "ML-DSA",
    "root's rotation",
    "Delta CRLs",
    "second region",
)


def _section(page: str, heading: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def _rows() -> list[re.Match[str]]:
    lines = _section("limits.md", "What is not built").splitlines()
    read = {line: _ROW.match(line) for line in lines if line.startswith("| **")}
    assert read
    assert [line for line, row in read.items() if row is None] == []
    return [row for row in read.values() if row is not None]


def test_what_the_go_edition_has_is_the_same_on_both_pages() -> None:
    missing = _section("from-certctl-go.md", "What is missing")

    assert sorted(_BOLD.findall(missing)) == sorted(row["name"] for row in _rows() if row["go"])


@pytest.mark.parametrize("asked", _ASKED_FOR)
def test_what_people_ask_for_and_do_not_find_is_named(asked: str) -> None:
    assert any(asked in row["name"] + row["rest"] for row in _rows())


def test_no_kind_that_there_is_is_called_missing() -> None:
    """An issuer or target that is built leaves the table with the same change."""
    missing = " ".join(row["name"] + row["rest"] for row in _rows())
    kinds = {definition.type for definition in (*TARGET_KINDS, *ISSUER_KINDS)}

    assert {kind for kind in kinds if re.search(rf"\b{kind}\b(?! server)", missing)} == set()
