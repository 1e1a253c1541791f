"""Fleets of thousands in the list: what only a real browser can tell."""

from playwright.sync_api import Browser, expect

from tests.e2e.browser.measuring.rows import ROWS, name_of, offer, processor, read_all
from tests.e2e.browser.pages import settle, signed_in
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_STEPS = 30
# Of the processor, not of the clock, which says nothing on a machine that does other work too. A table that
# drew all of its rows would take seconds.
_MOST_SECONDS_A_STEP = 1.0
_MOST_ROWS_DRAWN = 80
_SCROLL_TO = "part => window.scrollTo(0, part * document.documentElement.scrollHeight)"


def test_ten_thousand_rows_scroll_with_few_of_them_drawn(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    record = journey.certificate(journey.issued().id)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        offer(page, record)
        page.goto("/certificates")
        read_all(page)
        busy = processor(page)
        rows = page.get_by_role("table", name="certificates").get_by_role("row")
        drawn, before = [], busy()
        for step in range(_STEPS):
            page.evaluate(_SCROLL_TO, step / _STEPS)
            settle(page)
            drawn.append(rows.count())
        spent = busy() - before
        page.evaluate(_SCROLL_TO, 1)
        expect(page.get_by_role("link", name=name_of(ROWS - 1))).to_be_visible()
    assert max(drawn) < _MOST_ROWS_DRAWN, drawn
    assert spent / _STEPS < _MOST_SECONDS_A_STEP, spent


def test_a_column_sorts_by_name_only_once_all_rows_are_loaded(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    record = journey.certificate(journey.issued().id)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        offer(page, record, rows=1_200)
        page.goto("/certificates")
        table = page.get_by_role("table", name="certificates")
        name = table.get_by_role("columnheader", name="Name", exact=True)
        expect(page.get_by_text("1,000 certificates so far")).to_be_visible()
        expect(name.get_by_role("button")).to_have_count(0)
        # the API's order, of all rows
        expect(table.get_by_role("columnheader", name="Expires").get_by_role("button")).to_be_visible()

        page.get_by_role("button", name="Load more").click()
        expect(page.get_by_text("1,200 certificates", exact=True)).to_be_visible()
        page.evaluate(_SCROLL_TO, 0)
        name.get_by_role("button").click()
        expect(name).to_have_attribute("aria-sort", "ascending")
        name.get_by_role("button").click()
        expect(table.get_by_role("link").first).to_have_text(name_of(1_199))
