"""Debian's Chromium, driven by Playwright; what a page complains about fails the test that looks at it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

HOW_TO_INSTALL = (
    "there is no Chromium: apt-get install chromium fonts-dejavu-core, or set CHROMIUM to its path"
)
# A function's first call on a busy machine takes seconds.
_PATIENCE_MS = 60_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FOREIGN_HOST = "evil.test"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a host of its own for pages of strangers, on this machine
    f"--host-resolver-rules=MAP {FOREIGN_HOST} 127.0.0.1",
)
_WATCH = """
window.__violations = [];
window.__longTasks = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
new PerformanceObserver((list) => list.getEntries().forEach((task) =>
  window.__longTasks.push(Math.round(task.duration)))).observe({ type: "longtask", buffered: true });
"""


def find_chromium() -> str | None:
    """Path of the browser, or None."""
    wanted = os.environ.get("CHROMIUM")
    if wanted:
        return wanted if Path(wanted).exists() else None
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


# What a stack on a machine that is too busy answers: the browser logs it, and the page asks again. A page
# that does not is found by what it then lacks.
_BUSY = re.compile(r"the server responded with a status of (429|502|503|504)")

# The tests' identity provider, another site than the stack, has no icon; Chromium asks when it pleases.
_PROVIDERS_ICON = re.compile(r"http://localhost:\d+/favicon\.ico")

# 401 is its answer for nobody, and what the sign-in page asks first.
_WHO_IS_SIGNED_IN = "/api/v1/auth/session"


@dataclass
class Tab:
    """A page of one session, and what it complained about. `expected`: parts of what the test means to
    cause."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if _BUSY.search(message.text):
            return
        where = message.location.get("url", "")
        if where.endswith(_WHO_IS_SIGNED_IN) and "status of 401" in message.text:
            return
        if _PROVIDERS_ICON.fullmatch(where):
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({where})")

    def unexpected(self) -> list[str]:
        """What was complained about, violations of the content security policy too."""
        violations: list[str] = self.page.evaluate("window.__violations ?? []")
        said = [*self.complaints, *violations]
        return [each for each in said if not any(part in each for part in self.expected)]

    @property
    def long_tasks(self) -> list[int]:
        """Milliseconds of each task over 50 ms since the document began, or since `forget_long_tasks`."""
        found: list[int] = self.page.evaluate("window.__longTasks")
        return found

    def forget_long_tasks(self) -> None:
        self.page.evaluate("window.__longTasks = []")


@contextmanager
def opened(browser: Browser, url: str, *, width: int = 1280, is_dark: bool = False) -> Iterator[Tab]:
    """A tab of a session of its own. Raises AssertionError for what it complained about."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": 800 if width > 700 else 844},
        color_scheme="dark" if is_dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.add_init_script(_WATCH)
    context.set_default_timeout(_PATIENCE_MS)
    expect.set_options(timeout=_PATIENCE_MS)
    try:
        tab = Tab(context.new_page())
        yield tab
        unexpected = tab.unexpected()
        assert unexpected == [], unexpected
    finally:
        context.close()
