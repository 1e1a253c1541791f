"""An approval with its facts, an expired certificate, and the focus after a dialog, in a real browser."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack


def _made(stack: LocalStack, path: str, body: dict[str, Any]) -> Any:
    answer = stack.call("POST", f"/api/v1/{path}", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _approver(stack: LocalStack) -> str:
    """The key of another person than the administrator."""
    owner = _made(stack, "owners", {"name": f"Bob {uuid4().hex[:8]}", "email": "bob@example.com"})
    key = {"name": "Bob", "role": "operator", "teams": "*", "owner_id": owner["id"]}
    text: str = _made(stack, "api-keys", key)["key"]
    return text


def test_another_person_sees_what_is_asked_for_and_approves_it(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    guarded = {"name": f"Guarded {uuid4().hex[:8]}", "extended_key_usages": ["serverAuth"]}
    profile = _made(local_stack, "profiles", guarded | {"requires_approval": True})
    name = f"guarded-{uuid4().hex[:10]}.example.com"
    asked = {"common_name": name, "profile_id": profile["id"], "csr_pem": journey.csr(name)[1].read_text()}
    certificate = _made(local_stack, "certificates", asked)

    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, f"/certificates/{certificate['id']}")
        expect(tab.page.get_by_text("You cannot approve a job that you requested")).to_be_visible()
        expect(tab.page.get_by_role("button", name="Approve…")).to_have_count(0)

    with signed_in(chromium, local_stack, key=_approver(local_stack)) as tab:
        page = tab.page
        visit(page, "/jobs?status=AwaitingApproval")
        expect(page.get_by_role("button", name=f"Approve Issuance of {certificate['id']}")).to_be_visible()
        visit(page, f"/certificates/{certificate['id']}")
        expect(page.get_by_text("The issuance awaits approval")).to_be_visible()
        page.get_by_role("button", name="Approve…").click()
        dialog = page.get_by_role("dialog")
        for fact in (name, f"DNS:{name}", "ECDSA P-256", profile["name"], "Complies with every policy"):
            expect(dialog.get_by_text(fact).first).to_be_visible()
        assert grave_findings(page) == []
        dialog.get_by_role("button", name="Approve issuance").click()
        expect(page.get_by_role("main").get_by_text("Active", exact=True).first).to_be_visible()


def test_an_expired_certificate_says_so_at_its_top_with_the_next_act(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    ago = (datetime.now(UTC) - timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def expired(route: Route) -> None:
        """No profile issues certificates that expire within the time of a test."""
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"status": "Expired", "expires_at": ago})

    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        page.route(f"**/api/v1/certificates/{issued.id}", expired)
        visit(page, f"/certificates/{issued.id}")
        banner = page.get_by_role("alert")
        expect(banner).to_contain_text("This certificate has expired")
        expect(banner).to_contain_text("It expired 5 days ago. No renewal is in progress.")
        banner.get_by_role("button", name="Renew now").click()
        expect(page.get_by_role("dialog", name=f"Renew {issued.name}")).to_be_visible()


@pytest.mark.parametrize("act", ["Edit", "Renew", "Hold", "Revoke"])
def test_a_closed_dialog_returns_the_focus(
    chromium: Browser, local_stack: LocalStack, journey: Journey, act: str
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/certificates/{issued.id}")
        button = page.get_by_role("button", name=act, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        expect(page.get_by_role("dialog").get_by_role("button", name="Close")).not_to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(button).to_be_focused()
