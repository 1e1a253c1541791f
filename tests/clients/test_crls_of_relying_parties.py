"""The clients' table of docs/revocation.md is what programs do that nobody here wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.relying_parties.programs import programs
from tests.support.relying_parties.table import COLUMNS, HEADER, Clients, Verdict, clients
from tests.support.template import ROOT

_PAGE = (ROOT / "docs" / "revocation.md").read_text(encoding="utf-8")
_TABLE = _PAGE.partition(HEADER)[2].split("\n\n")[0].splitlines()
_TITLES = [program.title for program in programs(Path())]


@pytest.fixture(scope="module")
def world() -> Iterator[Clients]:
    with clients() as made:
        yield made


@pytest.mark.parametrize("title", _TITLES)
def test_a_program_accepts_and_refuses_as_the_table_says(world: Clients, title: str) -> None:
    (program,) = [each for each in world.programs if each.title == title]
    assert world.row(program) in _TABLE, "`make clients-table` prints the table"


def _cells(title: str) -> dict[str, str]:
    (row,) = [line for line in _TABLE if line.startswith(f"| {title} |")]
    return dict(zip(COLUMNS, row.strip("| ").split(" | ")[1:], strict=True))


@pytest.mark.parametrize("title", _TITLES)
def test_every_program_is_right_with_complete_crls_and_with_the_url_that_a_new_ca_names(title: str) -> None:
    cells = _cells(title)
    assert cells["new CA: `0.crl`, the root's"] == Verdict.RIGHT
    assert cells["new CA: fetched"] in (Verdict.RIGHT, Verdict.FETCHES_NONE)
    assert cells["shards: `all.crl`, the root's"] == Verdict.RIGHT
