"""A fleet of thousands of certificates in the list, which no stack of a test has."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Route

from tests.support.local.stack import wait_for

ROWS = 10_000
_A_PAGE = 1_000
_READING_SECONDS = 240


def offer(page: Page, record: Mapping[str, Any], rows: int = ROWS) -> None:
    """From now on the list of certificates has `record` under so many names, in their order."""
    page.route(re.compile(r"/api/v1/certificates(\?|$)"), lambda route: _answer(record, rows, route))


def name_of(row: int) -> str:
    return f"host-{row:04}.example.com"


def _answer(record: Mapping[str, Any], total: int, route: Route) -> None:
    (first,) = parse_qs(urlsplit(route.request.url).query).get("cursor", ["0"])
    start = int(first)
    end = min(start + _A_PAGE, total)
    rows = [{**record, "id": f"host-{n}", "name": name_of(n)} for n in range(start, end)]
    following = str(end) if end < total else None
    body = {"data": rows, "next_cursor": following, "per_page": _A_PAGE}
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def read_all(page: Page) -> None:
    def are_all_read() -> bool:
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        return page.get_by_text("10,000 certificates", exact=True).is_visible()

    wait_for(are_all_read, "the end of the list", _READING_SECONDS)


def processor(page: Page) -> Callable[[], float]:
    """Seconds that the page's main thread has had of a processor."""
    browser = page.context.new_cdp_session(page)
    browser.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds() -> float:
        metrics = browser.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")

    return seconds
