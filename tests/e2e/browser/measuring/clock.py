"""The page's clock in the hands of the test: minutes pass in seconds."""

from playwright.sync_api import Page, Request

from tests.e2e.browser.pages import visit

_STEP_MS = 5_000
_MINUTE_MS = 60_000
_MOST_WAITS = 1_200
# `pause_at` refuses a time that has passed when it arrives.
_AHEAD_MS = 10_000


class Clock:
    """The page's clock, replaced. From `stop` on it moves only with `pass_time`, and stands while a response
    is under way: on a slow machine the page would take it for an outage, and poll more in a test's minute."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._under_way: set[Request] = set()
        page.on("request", lambda request: self._under_way.add(request))
        page.on("requestfinished", lambda request: self._under_way.discard(request))
        page.on("requestfailed", lambda request: self._under_way.discard(request))
        page.clock.install()

    def stop(self) -> None:
        ahead = self._page.evaluate("Date.now()") + _AHEAD_MS
        self._page.clock.pause_at(ahead / 1_000)
        self._settle()

    def go_on(self) -> None:
        self._page.clock.resume()

    def pass_time(self, milliseconds: int) -> None:
        for _ in range(milliseconds // _STEP_MS):
            self._page.clock.run_for(_STEP_MS)
            self._page.wait_for_timeout(50)
            self._settle()

    def _settle(self) -> None:
        for _ in range(_MOST_WAITS):
            if not self._under_way:
                return
            self._page.wait_for_timeout(50)
        raise AssertionError(f"no answer: {[request.url for request in self._under_way]}")


def idle_requests(page: Page, path: str, *, minutes: int) -> list[str]:
    """Addresses that an untouched page asks the API for in so many minutes of its own, but for further
    pages of a list, which are stated apart."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if "/api/" in request.url and "cursor=" not in request.url:
            sent.append(request.url)

    clock = Clock(page)
    visit(page, path)
    clock.stop()
    clock.pass_time(10_000)
    page.on("request", note)
    clock.pass_time(minutes * _MINUTE_MS)
    return sent
