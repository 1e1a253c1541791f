"""What is urgent is seen where people look: an end that nobody renews, a campaign, a key, a CA."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

_TICKET = "INC-4711"


@pytest.fixture
def by_hand(local_stack: LocalStack) -> dict[str, Any]:
    """Fields of a certificate of two days that nobody renews."""
    name = uuid4().hex[:8]
    profile = {"name": f"two days {name}", "extended_key_usages": ["serverAuth"], "max_ttl_seconds": 172_800}
    policy = {"name": f"by hand {name}", "auto_renew": False, "alert_thresholds_days": [0]}
    return {
        "profile_id": _made(local_stack, "profiles", profile),
        "renewal_policy_id": _made(local_stack, "renewal-policies", policy),
    }


def _made(stack: LocalStack, kind: str, body: dict[str, object]) -> str:
    answer = stack.call("POST", f"/api/v1/{kind}", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _campaign(stack: LocalStack, spki: str) -> str:
    """The id of a confirmed campaign for a leaked key, which revokes at its deadline."""
    body = {"reason": "keyCompromise", "selection": {"spki_sha256": spki}, "on_deadline": "revoke"}
    answer = stack.call("POST", "/api/v1/campaigns", body)
    assert answer.status_code in (200, 201, 202), answer.text
    path = f"/api/v1/campaigns/{answer.json()['id']}"
    wait_for(lambda: stack.get(path)["state"] == "unconfirmed", "the end of the dry run", 60)
    confirmed = stack.call("POST", f"{path}/confirm", {"confirm": 1})
    assert confirmed.status_code in (200, 202), confirmed.text
    return str(answer.json()["id"])


def _line(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-kind={kind}]")


def _read_again(stack: LocalStack) -> None:
    """Pages share what one of them has read, some lines for minutes: what an API call did is in the next
    reading."""
    stack.get("/api/v1/attention")


def _shows(page: Page, kind: str) -> bool:
    visit(page, "/")
    return _line(page, kind).count() > 0


def _wait_for_line(page: Page, kind: str) -> None:
    """Opens the overview until it has the line: some are read every 150 seconds."""
    wait_for(lambda: _shows(page, kind), f"the line of {kind}", 170)


def _dialog(page: Page, button: str) -> Locator:
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    return page.get_by_role("dialog")


@pytest.mark.timeout(500)
def test_what_ends_within_days_and_nobody_renews_is_urgent_everywhere(
    chromium: Browser, local_stack: LocalStack, journey: Journey, by_hand: dict[str, Any]
) -> None:
    issued = journey.issued(**by_hand)
    _read_again(local_stack)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        _wait_for_line(page, "expiring_soon")
        expect(_line(page, "expiring_soon")).to_contain_text("within 72 hours")
        assert grave_findings(page) == []
        visit(page, f"/certificates?renewal=urgent&search={issued.name}")
        row = page.get_by_role("row").filter(has_text=issued.name)
        expect(row).to_contain_text("Expires soon")
        expect(row).to_contain_text(re.compile(r"in \d\d hours"))
        visit(page, f"/certificates/{issued.id}")
        expect(page.get_by_text("This certificate is about to expire")).to_be_visible()


@pytest.mark.timeout(500)
def test_a_campaign_and_its_key_are_seen_by_all_who_have_to_act(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    campaign = _campaign(local_stack, issued.spki_sha256)
    operator = {"name": f"operator {uuid4().hex[:8]}", "role": "operator", "teams": ["t-default"]}
    key = local_stack.call("POST", "/api/v1/api-keys", operator).json()["key"]
    _, csr = journey.csr("again.example.com", issued.key)

    refused = journey.post("", {"common_name": "again.example.com", "csr_pem": csr.read_text()})

    assert refused.status_code == 422
    assert "compromised" in refused.text
    _read_again(local_stack)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        _wait_for_line(page, "campaigns")
        visit(page, f"/keys/{issued.spki_sha256}")
        expect(page.get_by_text("A campaign replaces this key: key compromise")).to_be_visible()
        expect(page.get_by_role("link", name="Start a campaign")).to_have_count(0)
        assert grave_findings(page) == []
    with signed_in(chromium, local_stack, key=key) as tab:
        _wait_for_line(tab.page, "campaigns")
        visit(tab.page, f"/certificates/{issued.id}")
        expect(
            tab.page.get_by_text(re.compile("^Replace by .*key compromise, then revoked$"))
        ).to_be_visible()
    assert local_stack.call("POST", f"/api/v1/campaigns/{campaign}/cancel", {}).status_code in (200, 202)


def test_a_revocation_says_what_it_hits_and_keeps_its_ticket(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/certificates/{issued.id}")
        dialog = _dialog(page, "Revoke")
        expect(dialog.get_by_role("list", name="What it hits")).to_contain_text("1 valid version")
        dialog.get_by_role("radio", name="Superseded").check()
        dialog.get_by_label("Ticket").fill(_TICKET)
        dialog.get_by_role("button", name="Revoke certificate").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        visit(page, "/audit")
        expect(
            page.get_by_text(re.compile(f"revoked {re.escape(issued.name)}.*{_TICKET}")).first
        ).to_be_visible()
    with signed_in(chromium, local_stack, width=390) as tab:
        visit(tab.page, "/revocation?reason=superseded")
        expect(tab.page.get_by_role("link", name=issued.name)).to_be_visible()


def test_a_certificate_is_archived_on_its_page(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, f"/certificates/{issued.id}")
        dialog = _dialog(tab.page, "Archive")
        dialog.get_by_role("radio", name="Stay valid until they expire").check()
        dialog.get_by_role("button", name="Archive certificate").click()
        expect(tab.page.get_by_role("dialog")).to_have_count(0)
    assert journey.certificate(issued.id)["status"] == "Archived"


def test_the_palette_leads_to_what_to_do_if_a_ca_is_compromised(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        page.keyboard.press("Control+k")
        page.get_by_role("combobox").fill("compromise")
        page.get_by_role("option", name=re.compile("^CA compromised: what to do")).first.click()
        steps = page.get_by_role("list", name="Steps")
        expect(steps).to_contain_text("Have another CA issue")
        expect(steps).to_contain_text("revoke_ca")
        expect(page.get_by_text(re.compile(r"valid certificates? on \d+ targets?"))).to_be_visible()
        assert grave_findings(page) == []
