"""Which commands of the pages a test runs, and why not the others (tests/contract/docs/places.toml)."""

import tomllib
from functools import cache

from tests.support.docs.pages import Block, all_blocks
from tests.support.template import ROOT

_LIST = ROOT / "tests" / "contract" / "docs" / "places.toml"


@cache
def run() -> dict[str, str]:
    """Path of the test by the place whose `console` blocks it runs."""
    return dict(tomllib.loads(_LIST.read_text("utf-8"))["run"])


@cache
def not_run() -> dict[str, str]:
    """Reason by place, or by page for all of its places that no test runs."""
    return dict(tomllib.loads(_LIST.read_text("utf-8"))["not_run"])


def blocks_run_by(test: str, page: str) -> list[Block]:
    """In the order of the page."""
    return [
        block
        for block in all_blocks()
        if block.page == page and block.language == "console" and run().get(block.place) == test
    ]
