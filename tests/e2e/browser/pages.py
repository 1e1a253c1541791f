"""The pages of the dashboard, as a person finds them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.chromium import Tab, opened
from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_REGISTRY = ROOT / "dashboard" / "src" / "app" / "pages.ts"
_ENTRY = re.compile(r'^  (\w+)\(\s*"([^"]+)",\s*"([^":]*)",', re.MULTILINE)


def _registered() -> list[tuple[str, str, str]]:
    """Kind, title and address of each page in the dashboard's registry, but of those about one record."""
    entries = _ENTRY.findall(_REGISTRY.read_text())
    return [(kind, title, f"/{path}") for kind, title, path in entries]


PAGES = {title.lower().replace(" ", "-"): path for _, title, path in _registered()} | {
    "dead-letter": "/notifications?tab=dead"
}
NAVIGATED = [path for kind, _, path in _registered() if kind != "inner"]

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
    """A tab of the administrator, or of the holder of another `key`, at the overview. All tests share
    its session: who ends one begins it with `sign_in`."""
    name, value = _session(stack.url, key or stack.outputs["api_key"])
    with opened(browser, stack.url, width=width, is_dark=is_dark) as tab:
        tab.page.context.add_cookies([{"name": name, "value": value, "url": stack.url}])
        tab.page.goto("/")
        expect(tab.page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
        yield tab


@cache
def _session(url: str, key: str) -> tuple[str, str]:
    """Name and value of the cookie of a session that was begun with the key."""
    headers = {"Authorization": f"Bearer {key}", "X-Certctl-Request": "1"}
    answer = requests.post(f"{url}/api/v1/auth/session", headers=headers, timeout=60)
    answer.raise_for_status()
    ((name, value),) = answer.cookies.items()
    return name, value


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
