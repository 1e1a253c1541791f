"""Every page, light and dark, wide and narrow: accessible, nothing complained about, nothing cut off."""

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.pages import PAGES, signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_PHONE = 390


@pytest.fixture
def paths(journey: Journey) -> list[str]:
    """The paths of all pages, with a certificate that has something to show, and its CA."""
    issued = journey.issued()
    journey.post(f"{issued.id}/revoke", {"reason": "certificateHold"})
    authority = journey.stack.get("/api/v1/authorities")["data"][0]["ca_id"]
    return [*PAGES.values(), f"/certificates/{issued.id}", f"/cas/{authority}"]


def test_axe_finds_nothing_on_any_page(chromium: Browser, local_stack: LocalStack, paths: list[str]) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    with signed_in(chromium, local_stack) as tab:
        for path in paths:
            visit(tab.page, path)
            found[path] = faults_of_all_looks(tab.page)
    assert {path: looks for path, looks in found.items() if looks} == {}


def test_a_phone_never_scrolls_sideways(chromium: Browser, local_stack: LocalStack, paths: list[str]) -> None:
    with signed_in(chromium, local_stack, width=_PHONE) as tab:
        widths = {path: _width(tab.page, path) for path in paths}
    assert {path: width for path, width in widths.items() if width > _PHONE} == {}


def _width(page: Page, path: str) -> int:
    visit(page, path)
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
