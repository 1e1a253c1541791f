"""`make figures`: the figures of docs/dashboard.md, measured in Chromium, a line of JSON for each.

Against the stack of CERTCTL_E2E_OUTPUTS, else one of its own with the demo fleet.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.browser.axe import findings
from tests.e2e.browser.chromium import HOW_TO_INSTALL, find_chromium, launched, opened
from tests.e2e.browser.demo import demo_stack
from tests.e2e.browser.measuring.clock import idle_requests
from tests.e2e.browser.measuring.rows import ROWS, offer, processor, read_all
from tests.e2e.browser.pages import PAGES, enter_key, settle, signed_in, visit
from tests.support.local.stack import LocalStack

_IDLE = ("/", "/certificates", "/notifications", "/jobs", "/channels", "/owners", "/audit", "/settings")
_CHANGES = ("Certificates", "Notifications", "Jobs", "Channels", "Audit")
_ROUNDS = 3
_WHEEL_PIXELS = 2_400
_SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
_TIMES = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const blocked = window.__longTasks.reduce((sum, task) => sum + Math.max(task - 50, 0), 0);
  return { first_contentful_paint_ms: Math.round(paint?.startTime ?? 0), total_blocking_time_ms: blocked };
}"""


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_INSTALL)
    with demo_stack() as stack, launched(path) as browser:
        for name, measure in _MEASURES.items():
            sys.stdout.write(json.dumps({name: measure(browser, stack)}) + "\n")
            sys.stdout.flush()


def first_paint(browser: Browser, stack: LocalStack) -> Any:
    with signed_in(browser, stack) as tab:
        visit(tab.page, "/")
        return tab.page.evaluate(_TIMES)


def axe(browser: Browser, stack: LocalStack) -> dict[str, int]:
    """Broken rules by impact, over all pages."""
    counts = dict.fromkeys(("critical", "serious", "moderate", "minor"), 0)
    with signed_in(browser, stack) as tab:
        for path in PAGES.values():
            visit(tab.page, path)
            for found in findings(tab.page):
                counts[found["impact"]] += 1
    return counts


def requests_a_minute(browser: Browser, stack: LocalStack) -> dict[str, float]:
    found = {}
    for path in _IDLE:
        with signed_in(browser, stack) as tab:
            found[path] = len(idle_requests(tab.page, path, minutes=2)) / 2
    return found


def page_change_ms(browser: Browser, stack: LocalStack) -> dict[str, int]:
    """From the click in the navigation to the first row or card, of pages that were open before."""
    taken: dict[str, list[int]] = {name: [] for name in _CHANGES}
    with signed_in(browser, stack) as tab:
        for _ in range(_ROUNDS + 1):
            for name in _CHANGES:
                taken[name].append(_change_ms(tab.page, name))
    return {name: round(median(times[1:])) for name, times in taken.items()}


def _change_ms(page: Page, name: str) -> int:
    page.evaluate(_STAMP_AT_FIRST_ROW, name)
    page.get_by_role("navigation").get_by_role("link", name=name).first.click()
    page.wait_for_function("() => window.__shown !== null")
    settle(page)
    taken: int = page.evaluate("window.__shown")
    return taken


# Within the page: what Playwright needs to look is not the page's time.
_STAMP_AT_FIRST_ROW = """name => {
  window.__shown = null;
  let began = null;
  addEventListener("click", () => { began = performance.now(); }, { capture: true, once: true });
  const look = () => {
    const here = document.querySelector("h1")?.textContent === name
      && document.querySelector("tbody a, article") !== null;
    if (began !== null && here) window.__shown = Math.round(performance.now() - began);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def ten_thousand_rows(browser: Browser, stack: LocalStack) -> dict[str, Any]:
    record = stack.get("/api/v1/certificates?per_page=1")["data"][0]
    with signed_in(browser, stack) as tab:
        page = tab.page
        offer(page, record)
        page.goto("/certificates")
        read_all(page)
        page.evaluate("window.scrollTo(0, 0)")
        settle(page)
        tab.forget_long_tasks()
        busy = processor(page)
        before = busy()
        seconds = _wheel_to_the_end(page)
        return {
            "rows": ROWS,
            "wheel_to_the_end_s": round(seconds, 1),
            "of_it_processor_s": round(busy() - before, 1),
            "rows_in_the_document": page.get_by_role("table", name="certificates").get_by_role("row").count(),
            "tasks_over_50_ms": tab.long_tasks,
            "heap_mb": round(_heap(page.context.new_cdp_session(page)) / 1e6),
            "sort_by_name_ms": _sort_ms(page),
        }


def _wheel_to_the_end(page: Page) -> float:
    began = time.monotonic()
    page.mouse.move(700, 500)
    while not page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
        page.mouse.wheel(0, _WHEEL_PIXELS)
    return time.monotonic() - began


def _heap(client: CDPSession) -> float:
    client.send("HeapProfiler.collectGarbage")
    client.send("Performance.enable")
    metrics = client.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "JSHeapUsedSize")


def _sort_ms(page: Page) -> int:
    page.evaluate("window.scrollTo(0, 0)")
    settle(page)
    taken: int = page.evaluate(_SORT)
    return taken


_SORT = """() => new Promise((done) => {
  const began = performance.now();
  [...document.querySelectorAll("th button")].find((each) => each.textContent === "Name").click();
  requestAnimationFrame(() => requestAnimationFrame(() => done(Math.round(performance.now() - began))));
})"""


def slow_network(browser: Browser, stack: LocalStack) -> dict[str, float]:
    """400 kbit/s and 400 ms; seconds. The local stack sends what it has uncompressed, CloudFront does not."""
    with opened(browser, stack.url) as tab:
        page = tab.page
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.send("Network.emulateNetworkConditions", _SLOW)
        began = time.monotonic()
        page.goto("/", wait_until="commit", timeout=120_000)
        found = {
            "sign_in": _seconds(
                began, lambda: expect(page.get_by_label("API key")).to_be_visible(timeout=120_000)
            )
        }
        began = time.monotonic()
        enter_key(page, stack.outputs["api_key"])
        found["tiles"] = _seconds(
            began, lambda: expect(page.get_by_text("Dead letters").first).to_be_visible()
        )
        charts = page.locator("[data-chart]").first
        found["charts"] = _seconds(began, lambda: expect(charts).to_be_visible(timeout=120_000))
        return found


def _seconds(began: float, wait: Callable[[], None]) -> float:
    wait()
    return round(time.monotonic() - began, 1)


_MEASURES: dict[str, Callable[[Browser, LocalStack], Any]] = {
    "first_paint": first_paint,
    "page_change_ms": page_change_ms,
    "requests_a_minute": requests_a_minute,
    "ten_thousand_rows": ten_thousand_rows,
    "slow_network": slow_network,
    "axe": axe,
}

if __name__ == "__main__":
    main()
