"""`make screenshots`: every page of the demo stack, and what opens on it, as pictures in docs.

Runs against the stack of CERTCTL_E2E_OUTPUTS, else against one of its own with a new demo fleet. Three of the
six looks are for docs; the others, for a change of the design, go to .local/screenshots.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect

from tests.e2e.browser.chromium import HOW_TO_INSTALL, find_chromium, launched, opened
from tests.e2e.browser.demo import demo_stack
from tests.e2e.browser.pages import PAGES, settle, signed_in, visit
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_DOCS = ROOT / "docs" / "screenshots"
_ASIDE = ROOT / ".local" / "screenshots"
# Width, whether dark, and where the pictures go.
_LOOKS: dict[str, tuple[int, bool, Path]] = {
    "light": (1280, False, _DOCS),
    "dark": (1280, True, _DOCS),
    "narrow": (390, False, _DOCS),
    "narrow-dark": (390, True, _ASIDE),
    "wide": (1920, False, _ASIDE),
    "wide-dark": (1920, True, _ASIDE),
}
_COLOURS = 128
_MOST_PIXELS = 1_300
_TRIES = 3
_NOTHING_TO_SEE = "bulk-actions"  # without a selection
_BROKEN = "Could not load"
_CERTIFICATES = {
    "certificate": "checkout",
    "certificate-expired": "ldap-bridge",
    "certificate-revoked": "vpn",
    "certificate-awaiting-csr": "build-agents",
}

Opening = Callable[[Page], None]


def main() -> None:
    path = find_chromium()
    if path is None:
        sys.exit(HOW_TO_INSTALL)
    for folder in (_DOCS, _ASIDE):
        folder.mkdir(parents=True, exist_ok=True)
    for old in _DOCS.glob("*.*"):
        old.unlink()
    with demo_stack() as stack, launched(path) as browser:
        for look in _LOOKS:
            _shoot(browser, stack, look)


def _shoot(browser: Browser, stack: LocalStack, look: str) -> None:
    width, is_dark, _ = _LOOKS[look]
    with opened(browser, stack.url, width=width, is_dark=is_dark) as tab:
        tab.page.goto("/")
        expect(tab.page.get_by_label("API key")).to_be_visible()
        _save(tab.page, "sign-in", look)
    with signed_in(browser, stack, width=width, is_dark=is_dark) as tab:
        tab.expected = ("Failed to load resource",)  # asked again, and waited for
        for name, address in _addresses(stack).items():
            _visit(tab.page, address)
            with _as_tall_as_its_content(tab.page):
                _save(tab.page, name, look)
        for name, (address, opening) in _OPENINGS.items():
            _visit(tab.page, address)
            opening(tab.page)
            tab.page.wait_for_load_state("networkidle")
            _save(tab.page, name, look)


def _addresses(stack: LocalStack) -> dict[str, str]:
    authority = next(
        each for each in stack.get("/api/v1/authorities")["data"] if "Issuing" in each["subject"]
    )
    found = {"ca": f"/cas/{authority['ca_id']}", "kiosk": "/?kiosk=1"}
    pages = {name: path for name, path in PAGES.items() if name != _NOTHING_TO_SEE}
    return pages | {name: f"/certificates/{id_}" for name, id_ in _CERTIFICATES.items()} | found


def _visit(page: Page, path: str) -> None:
    """Until all of it is there; a page that could not be read is read again. Raises RuntimeError."""
    for _ in range(_TRIES):
        try:
            visit(page, path)
        except Error:
            continue
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
    page.get_by_role("row", name="payments-siem").get_by_role("link").first.click()
    expect(page.get_by_role("table", name="Attempts")).to_be_visible()


def _open_enrolment(page: Page) -> None:
    """A token that is of no use to anybody: the stack ends with this program."""
    page.get_by_role("button", name="Enroll an agent").click()
    page.get_by_label("Host name").fill("web-*.example.com")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("dialog", name="The bootstrap token")).to_be_visible()


def _search(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search certificates").fill("payments")
    expect(page.get_by_role("group", name="Certificates").get_by_role("option").first).to_be_visible()


def _first_row(page: Page) -> None:
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _press(name: str) -> Opening:
    return lambda page: page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def _show_tab(name: str) -> Opening:
    return lambda page: page.get_by_role("tab", name=name).click()


def _test_routing(page: Page) -> None:
    _show_tab("Routing rules")(page)
    _press("Test routing")(page)


def _stop_the_api(page: Page) -> None:
    page.route("**/api/**", lambda route: route.abort())
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_role("region", name="Outage")).to_contain_text("has not responded")


# The last one leaves no page that works.
_OPENINGS: dict[str, tuple[str, Opening]] = {
    "attempts": ("/notifications?tab=dead", _open_dead_letter),
    "enrolment": ("/agents", _open_enrolment),
    "search": ("/", _search),
    "shortcuts": ("/", lambda page: page.keyboard.press("?")),
    "job": ("/jobs?status=Failed", _first_row),
    "audit-event": ("/audit", _first_row),
    "route-test": ("/channels", _test_routing),
    "mutes": ("/channels", _show_tab("Mutes")),
    "target": ("/targets", _first_row),
    "new-policy": ("/policies", _press("New policy")),
    "outage": ("/", _stop_the_api),
}


def _save(page: Page, name: str, look: str) -> None:
    """What is in the window, in few colours: without loss they take half of what PNG takes."""
    settle(page)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    few = picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).convert("RGB")
    few.save(_LOOKS[look][2] / f"{name}-{look}.webp", lossless=True, quality=100, method=4)


if __name__ == "__main__":
    main()
