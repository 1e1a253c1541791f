"""The checklist of the overview stays until an alert has reached somebody, or until it is dismissed."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack

_OVERVIEW = "**/api/v1/stats/overview*"
_SENDS = "certctl_notification_sends_total"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with Receiver(answers(200)).running() as receiver:
        yield receiver


@pytest.fixture
def channel(local_stack: LocalStack, hook: Receiver) -> Iterator[str]:
    """The id of the stack's first channel, which works."""
    channel_id = f"0-{uuid4().hex[:8]}"
    body = {"id": channel_id, "kind": "Webhook", "settings": {"url": hook.url("/setup")}}
    made = local_stack.call("POST", "/api/v1/channels", body)
    assert made.status_code == 201, made.text
    yield channel_id
    local_stack.call("DELETE", f"/api/v1/channels/{channel_id}")


@contextmanager
def _before_the_first_alert(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    """The overview of a stack whose alerts, those of other tests, are not counted yet."""
    with signed_in(browser, stack) as tab:
        tab.page.route(_OVERVIEW, _without_sends)
        visit(tab.page, "/")
        yield tab.page


def _without_sends(route: Route) -> None:
    answer = route.fetch()
    overview = answer.json()
    overview["metrics"] = [metric for metric in overview["metrics"] if metric["name"] != _SENDS]
    route.fulfill(response=answer, json=overview)


def _step(page: Page, title: str) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=title)


def test_the_checklist_outlasts_the_first_certificate_and_ends_with_an_alert_that_arrives(
    chromium: Browser, local_stack: LocalStack, journey: Journey, hook: Receiver, channel: str
) -> None:
    journey.issued()
    with _before_the_first_alert(chromium, local_stack) as page:
        expect(_step(page, "Issue a certificate")).to_contain_text("Done")
        expect(_step(page, "Set up a channel")).to_contain_text("Done")
        step = _step(page, "Send a test alert")
        expect(step).not_to_contain_text("Done")
        assert grave_findings(page) == []

        step.get_by_role("button", name=f"Send a test to {channel}").click()

        expect(step.get_by_role("status")).to_contain_text("The test went through")
        assert [received.path for received in hook.received] == ["/setup"]
        page.unroute(_OVERVIEW)
        page.get_by_role("button", name="Refresh").click()
        # Without another step that is left, the whole list goes.
        expect(step.filter(has_not_text="Done")).to_have_count(0)


def test_a_checklist_that_was_dismissed_does_not_come_back(
    chromium: Browser, local_stack: LocalStack, channel: str
) -> None:
    with _before_the_first_alert(chromium, local_stack) as page:
        expect(_step(page, "Send a test alert")).to_be_visible()
        page.get_by_role("button", name="Dismiss").click()
        expect(_step(page, "Send a test alert")).to_have_count(0)
        visit(page, "/")
        expect(page.get_by_role("heading", name="Get started")).to_have_count(0)
