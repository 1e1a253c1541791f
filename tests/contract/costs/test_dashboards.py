"""Pages that stay open, in docs/costs.md and in the model of `certctl cost`, against counted polls."""

import re
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from certctl.domain.insights.recounts import LAYOUT, Recount
from certctl.store.insights.recounts import RecountStore, StoredRecount, stored
from certctl_client.costs import work as stated
from tests.support.clock import Clock
from tests.support.costs import dashboards
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.template import ROOT


@pytest.fixture(scope="module")
def world() -> Iterator[Issuing]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        for number in range(50):
            world.issued(f"c{number}.example.com")
        done = stored(Recount(LAYOUT, finished_at=stack.clock()))
        stack.database.write(RecountStore(stack.database).save_step(StoredRecount(Recount()), done))
        yield world


def test_an_open_overview_is_counted_as_the_model_says(world: Issuing) -> None:
    found = dashboards.month_of(world, "overview")
    assert asdict(stated.OPEN_OVERVIEW) == pytest.approx(asdict(found), rel=0.05, abs=0.02), found


@pytest.mark.parametrize("page", dashboards.PAGES)
def test_the_page_says_what_each_open_page_costs(world: Issuing, page: str) -> None:
    text = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    said = re.findall(rf"^\| {page} \| \$([\d.]+) \| (\d+) \|$", text, re.MULTILINE)
    month = dashboards.month_of(world, page)
    requests = sum(60 // poll.seconds for poll in dashboards.PAGES[page])
    assert [int(number) for _, number in said] == [requests]
    assert [float(dollars) for dollars, _ in said] == [pytest.approx(month.dollars, rel=0.05)]
