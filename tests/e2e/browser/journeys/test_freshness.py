"""Whether a page's data is current: polls, outages of the API, and how many requests that takes."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.measuring.clock import Clock, idle_requests
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_API = "**/api/**"
# Each path with the requests a minute that docs/dashboard.md states.
_IDLE_PAGES = (
    ("/", 4),
    ("/certificates", 3),
    ("/notifications", 5),
    ("/jobs", 3),
    ("/channels", 6),
    ("/owners", 3),
    ("/audit", 4),
)


def test_an_outage_is_announced_with_the_age_of_the_page_and_ends_by_itself(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        tab.expected = ("ERR_FAILED",)
        visit(page, "/")
        outage = page.get_by_role("region", name="Outage")
        expect(outage).to_have_count(0)

        page.route(_API, lambda route: route.abort())
        page.get_by_role("button", name="Refresh").click()
        expect(outage).to_contain_text(re.compile(r"The API has not responded since \d+:\d\d:\d\d"))
        expect(outage).to_contain_text(re.compile(r"Showing data from \d+:\d\d:\d\d.* \(.+\)"))
        expect(page.locator("[data-outdated=true]")).to_have_count(1)

        page.unroute(_API)
        expect(outage).to_have_count(0)
        expect(page.get_by_text(re.compile("^Updated (just now|[0-9]+ s ago)$"))).to_be_visible()


def test_a_page_that_is_opened_during_an_outage_opens_by_itself_after_it(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        tab.expected = ("ERR_FAILED",)
        page.route(_API, lambda route: route.abort())
        page.goto("/certificates")
        expect(page.get_by_text("Could not load your session")).to_be_visible()
        page.unroute(_API)
        expect(page.get_by_role("heading", level=1, name="Certificates")).to_be_visible()


def test_a_new_certificate_appears_in_the_open_list(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    environment = f"fresh-{uuid4().hex[:8]}"  # a long list draws only what is in sight
    journey.issued(environment=environment)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        clock = Clock(page)
        visit(page, f"/certificates?environment={environment}")
        issued = journey.issued(environment=environment)
        clock.stop()
        clock.pass_time(35_000)
        clock.go_on()
        expect(page.get_by_role("link", name=issued.name).first).to_be_visible()


@pytest.mark.parametrize(("path", "most"), _IDLE_PAGES)
def test_an_idle_page_sends_as_few_requests_as_the_docs_say(
    chromium: Browser, local_stack: LocalStack, path: str, most: int
) -> None:
    with signed_in(chromium, local_stack) as tab:
        sent = idle_requests(tab.page, path, minutes=2)
        assert 0 < len(sent) <= 2 * most, sent
