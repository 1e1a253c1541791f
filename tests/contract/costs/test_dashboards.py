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
from tests.support.costs.idle_stack import begin_in_the_morning
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing
from tests.support.template import ROOT

_DASHBOARD = ROOT / "dashboard/src"
_RECORDS = "agents, owners, policies and other records"
_NAVIGATION = re.findall(
    r"\b(?:page|discovery|pki|delivery|access)\(\"([^\"]+)\",.*?import\(\"../pages/([^\"]+)\"\)",
    (_DASHBOARD / "app/pages.ts").read_text(),
)
"""Title and module of each."""


@pytest.fixture(scope="module")
def months() -> Iterator[dashboards.Months]:
    with deployed(Clock()) as stack, issuing(stack) as world:
        begin_in_the_morning(stack.clock)
        for number in range(50):
            world.issued(f"c{number}.example.com")
        done = stored(Recount(LAYOUT, finished_at=stack.clock()))
        stack.database.write(RecountStore(stack.database).save_step(StoredRecount(Recount()), done))
        counted = dashboards.Months(world)
        for page in dashboards.PAGES:  # what one leaves behind, calls in the audit trail, is read by others
            counted.of(page)
        yield counted


def test_an_open_overview_is_counted_as_the_model_says(months: dashboards.Months) -> None:
    found = months.of("overview")
    assert asdict(stated.OPEN_OVERVIEW) == pytest.approx(asdict(found), rel=0.05, abs=0.02), found


@pytest.mark.parametrize("page", dashboards.PAGES)
def test_the_page_says_what_each_open_page_costs(months: dashboards.Months, page: str) -> None:
    text = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    said = re.findall(rf"^\| {page} \| \$([\d.]+) \| (\d+) \|$", text, re.MULTILINE)
    month = months.of(page)
    requests = sum(60 / poll.seconds for poll in dashboards.PAGES[page])
    assert [int(number) for _, number in said] == [requests]
    assert [float(dollars) for dollars, _ in said] == [pytest.approx(month.dollars, rel=0.05)]


@pytest.mark.parametrize(("title", "module"), _NAVIGATION)
def test_each_page_of_the_navigation_is_counted_unless_it_polls_nothing(title: str, module: str) -> None:
    row = _RECORDS if module.startswith("Catalog/") else title
    is_counted = row.casefold() in {page.casefold() for page in dashboards.PAGES}
    assert is_counted or not _polls(module.partition("/")[0])


def _polls(folder: str) -> bool:
    return any(
        "refetchInterval" in path.read_text() for path in (_DASHBOARD / "pages" / folder).rglob("*.ts*")
    )
