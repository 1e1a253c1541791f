"""A fleet of 10,000 in the list: what only a real browser can tell."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.browser.pages import signed_in
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

_ROWS = 10_000
_A_PAGE = 1_000
# What takes longer is felt as a stutter; one step in ten may, on a machine that does other work too.
_STUTTER_MS = 200
_READING_SECONDS = 60
_STEPS = 60
_SCROLL_TO = "part => window.scrollTo(0, part * document.documentElement.scrollHeight)"


def _list_of(record: Mapping[str, Any], route: Route) -> None:
    """Answers as the API would: `record` under as many names as a page has."""
    (first,) = parse_qs(urlsplit(route.request.url).query).get("cursor", ["0"])
    start = int(first)
    rows = [
        {**record, "id": f"host-{n}", "name": f"host-{n}.example.com"} for n in range(start, start + _A_PAGE)
    ]
    following = str(start + _A_PAGE) if start + _A_PAGE < _ROWS else None
    body = {"data": rows, "next_cursor": following, "per_page": _A_PAGE}
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def test_ten_thousand_rows_scroll_without_stuttering(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    record = journey.certificate(journey.issued().id)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        page.route(re.compile(r"/api/v1/certificates(\?|$)"), lambda route: _list_of(record, route))
        page.goto("/certificates")
        _read_all(page)
        page.evaluate("window.scrollTo(0, 0)")
        tab.forget_long_tasks()
        for step in range(_STEPS):
            page.evaluate(_SCROLL_TO, step / _STEPS)
            page.wait_for_timeout(30)
        expect(page.get_by_role("link", name=re.compile("^host-98")).first).to_be_visible()
        in_document = page.get_by_role("table", name="certificates").get_by_role("row").count()
        tasks = tab.long_tasks
    assert in_document < 80, in_document
    assert sum(task > _STUTTER_MS for task in tasks) <= _STEPS // 10, tasks


def _read_all(page: Page) -> None:
    def are_all_read() -> bool:
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_timeout(100)
        return page.get_by_text("10,000 certificates", exact=True).is_visible()

    wait_for(are_all_read, "the end of the list", _READING_SECONDS)
