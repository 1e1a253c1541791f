"""A bad night: dead letters by cause, their channel repaired, one requeued, and seen sent."""

import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack, wait_for

pytestmark = pytest.mark.skipif(
    "CERTCTL_E2E_OUTPUTS" in os.environ, reason="the running stack delivers to no receiver of these tests"
)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with Receiver(answers(410, b"this hook is gone")).running() as receiver:
        yield receiver


@pytest.fixture
def channel(local_stack: LocalStack, hook: Receiver) -> Iterator[str]:
    """The id of a webhook channel whose provider says that it is gone."""
    channel_id = f"hook-{uuid4().hex[:8]}"
    body = {"id": channel_id, "kind": "Webhook", "settings": {"url": hook.url("/night")}}
    made = local_stack.call("POST", "/api/v1/channels", body)
    assert made.status_code == 201, made.text
    yield channel_id
    local_stack.call("DELETE", f"/api/v1/channels/{channel_id}")


def test_dead_letters_are_found_by_cause_their_channel_is_repaired_and_they_are_sent(
    chromium: Browser, local_stack: LocalStack, journey: Journey, hook: Receiver, channel: str
) -> None:
    # routing remembers the channels for up to a minute
    wait_for(lambda: _is_routed(local_stack, channel, journey), f"an alert at {channel}", 180)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/notifications?tab=dead")
        cause = page.get_by_role("link", name=f"at {channel}: Channel is gone")
        cause.click()
        expect(cause).to_have_count(0)  # until then the list is the one before
        expect(page.get_by_role("table").get_by_text("Channel is gone").first).to_be_visible()
        page.get_by_role("table").get_by_role("button", name="Requeue").first.click()
        question = page.get_by_role("dialog", name="Requeue this alert?")
        expect(question).to_contain_text(f"{channel} does not work: gone")
        question.get_by_role("button", name="Cancel").click()

        hook.behave(answers(200))
        visit(page, "/channels")
        page.get_by_role("button", name=f"Repair {channel}").click()
        page.get_by_role("button", name="Repair channel").click()
        expect(page.get_by_text(f"{channel} is being retried")).to_be_visible()

        visit(page, f"/notifications?tab=dead&channel={channel}")
        page.get_by_role("table").get_by_role("button", name="Requeue").first.click()
        # The message that tells the result goes by itself, and waits some twenty seconds: the list stays.
        wait_for(lambda: _sent(local_stack, channel), f"an alert that {channel} took", 120)
        visit(page, f"/notifications?status=sent&channel={channel}")
        expect(page.get_by_role("table").get_by_text("Sent", exact=True).first).to_be_visible()


def _sent(stack: LocalStack, channel: str) -> Any:
    return stack.get(f"/api/v1/notifications?status=sent&channel={channel}")["data"]


def _is_routed(stack: LocalStack, channel: str, journey: Journey) -> bool:
    """Revokes another certificate until one of the alerts is dead at the channel."""
    found = stack.get(f"/api/v1/notifications?status=dead&channel={channel}")["data"]
    if not found:
        stack.call("POST", f"/api/v1/certificates/{journey.issued().id}/revoke", {"reason": "superseded"})
    return bool(found)
