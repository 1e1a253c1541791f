"""Every page, light and dark, wide and narrow: accessible, nothing complained about, nothing cut off."""

import pytest
from playwright.sync_api import Browser

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.pages import PAGES, signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

# Some thirty pages, each drawn three times.
_LIMIT_SECONDS = 900


@pytest.fixture
def paths(journey: Journey) -> list[str]:
    """The paths of all pages, with a certificate that has something to show, and its CA, which is below the
    root."""
    issued = journey.issued()
    journey.post(f"{issued.id}/revoke", {"reason": "certificateHold"})
    cas = journey.stack.get("/api/v1/authorities")["data"]
    authority = next(ca["ca_id"] for ca in cas if ca["role"] == "issuing")
    return [*PAGES.values(), f"/certificates/{issued.id}", f"/cas/{authority}"]


@pytest.mark.timeout(_LIMIT_SECONDS, func_only=True)
def test_no_page_has_a_fault_that_axe_finds_or_scrolls_sideways(
    chromium: Browser, local_stack: LocalStack, paths: list[str]
) -> None:
    found: dict[str, dict[str, list[str]]] = {}
    with signed_in(chromium, local_stack) as tab:
        for path in paths:
            visit(tab.page, path)
            found[path] = faults_of_all_looks(tab.page)
    assert {path: looks for path, looks in found.items() if looks} == {}
