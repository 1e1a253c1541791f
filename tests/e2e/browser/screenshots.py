"""`make screenshots`: every page of the demo stack as pictures and figures, in docs.

Runs against the stack of CERTCTL_E2E_OUTPUTS, else against one of its own with a new demo fleet.
"""

import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.axe import findings
from tests.e2e.browser.chromium import HOW_TO_INSTALL, Tab, find_chromium, launched
from tests.e2e.browser.pages import PAGES, signed_in, visit
from tests.support.local.stack import LocalStack, started
from tests.support.template import ROOT

_FOLDER = ROOT / "docs" / "screenshots"
_LOOKS = {"light": (1280, False), "dark": (1280, True), "narrow": (390, False)}
_COLOURS = 128
_MOST_PIXELS = 1_300
_TRIES = 3
_BROKEN = "Could not load"
_DETAIL = "/certificates/checkout"
_TIMES = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const blocked = window.__longTasks.reduce((sum, task) => sum + Math.max(task - 50, 0), 0);
  return { first_contentful_paint_ms: Math.round(paint?.startTime ?? 0), total_blocking_time_ms: blocked };
}"""


@contextmanager
def _stack() -> Iterator[LocalStack]:
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    with tempfile.TemporaryDirectory() as directory, started(Path(directory), DEMO="1") as stack:
        yield stack


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_INSTALL)
    _FOLDER.mkdir(exist_ok=True)
    with _stack() as stack, launched(path) as browser:
        sys.stdout.write(json.dumps(_figures(browser, stack), indent=2) + "\n")
        for look in _LOOKS:
            _shoot(browser, stack, look)


def _shoot(browser: Browser, stack: LocalStack, look: str) -> None:
    width, is_dark = _LOOKS[look]
    with signed_in(browser, stack, width=width, is_dark=is_dark) as tab:
        tab.expected = ("Failed to load resource",)  # asked again, and waited for
        for name, path in (PAGES | {"certificate": _DETAIL}).items():
            _visit(tab.page, path)
            with _as_tall_as_its_content(tab.page):
                _save(tab.page, f"{name}-{look}")
        _open_dead_letter(tab.page)
        _save(tab.page, f"attempts-{look}")
        _open_enrolment(tab.page)
        _save(tab.page, f"enrolment-{look}")


def _visit(page: Page, path: str) -> None:
    """Until all of it is there; a page that could not be read is read again. Raises RuntimeError."""
    for _ in range(_TRIES):
        visit(page, path)
        page.wait_for_load_state("networkidle")  # names of what rows refer to
        if page.get_by_text(_BROKEN).count() == 0:
            return
    raise RuntimeError(f"{path} still shows an error")


@contextmanager
def _as_tall_as_its_content(page: Page) -> Iterator[None]:
    before = page.viewport_size
    assert before is not None
    height: int = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**before, "height": max(before["height"], min(height, _MOST_PIXELS))})
    yield
    page.set_viewport_size(before)


def _open_dead_letter(page: Page) -> None:
    """The one whose five attempts have failed."""
    _visit(page, "/notifications?tab=dead")
    page.get_by_role("row", name="payments-siem").get_by_role("link").first.click()
    expect(page.get_by_role("table", name="Attempts")).to_be_visible()
    page.wait_for_timeout(400)


def _open_enrolment(page: Page) -> None:
    """A token that is of no use to anybody: the stack ends with this program."""
    _visit(page, "/agents")
    page.get_by_role("button", name="Enroll an agent").click()
    page.get_by_label("Host name").fill("web-*.example.com")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("dialog", name="The bootstrap token")).to_be_visible()
    page.wait_for_timeout(400)


def _save(page: Page, name: str) -> None:
    """What is in the window, in few colours."""
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(_FOLDER / f"{name}.png", optimize=True)


def _figures(browser: Browser, stack: LocalStack) -> dict[str, Any]:
    """Of a load of the overview, and what axe finds on all pages."""
    with signed_in(browser, stack) as tab:
        _visit(tab.page, "/")
        times: dict[str, Any] = tab.page.evaluate(_TIMES)
        return times | {"axe": _axe(tab)}


def _axe(tab: Tab) -> dict[str, int]:
    """Broken rules by impact, over all pages."""
    counts = dict.fromkeys(("critical", "serious", "moderate", "minor"), 0)
    for path in (*PAGES.values(), _DETAIL):
        _visit(tab.page, path)
        for found in findings(tab.page):
            counts[found["impact"]] += 1
    return counts


if __name__ == "__main__":
    main()
