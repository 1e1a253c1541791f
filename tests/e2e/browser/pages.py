"""The pages of the dashboard, as a person finds them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.chromium import Tab, opened
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_REGISTRY = ROOT / "dashboard" / "src" / "app" / "pages.ts"
_ENTRY = re.compile(r'^  \w+\("([^"]+)", "([^":]*)", ', re.MULTILINE)


def _registered() -> dict[str, str]:
    """Name and address of each page in the dashboard's registry, but of those about one record."""
    entries = _ENTRY.findall(_REGISTRY.read_text())
    return {title.lower().replace(" ", "-"): f"/{path}" for title, path in entries}


PAGES = _registered() | {"dead-letter": "/notifications?tab=dead"}

_TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_UNDER_WAY = re.compile("^(Loading|Reading|Signing in)")


def sign_in(page: Page, key: str) -> None:
    page.goto("/")
    enter_key(page, key)


def enter_key(page: Page, key: str) -> None:
    """On the page that asks for it."""
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()


@contextmanager
def signed_in(
    browser: Browser, stack: LocalStack, *, width: int = 1280, is_dark: bool = False, key: str | None = None
) -> Iterator[Tab]:
    """A tab of the administrator, or of the holder of another `key`."""
    with opened(browser, stack.url, width=width, is_dark=is_dark) as tab:
        sign_in(tab.page, key or stack.outputs["api_key"])
        yield tab


def sign_out(tab: Tab) -> None:
    """What the page is just reading is refused then, and the browser logs that."""
    tab.expected = (*tab.expected, "status of 401")
    tab.page.get_by_role("button", name="Sign out").click()
    expect(tab.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def visit(page: Page, path: str) -> None:
    """Within the session, which a new document would keep too: until everything is read and drawn."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")  # what was read may ask for more
    settle(page)


def settle(page: Page) -> None:
    """Until nothing is being read, and what was read is drawn."""
    expect(page.get_by_text(_UNDER_WAY)).to_have_count(0)
    page.evaluate(_TWO_FRAMES)
