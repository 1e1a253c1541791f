"""What people do in the dashboard, in a real browser against the running stack."""

import os
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.chromium import opened
from tests.e2e.browser.pages import sign_in, sign_out, signed_in, visit
from tests.e2e.journey import Journey
from tests.support.channels.receivers import Receiver, answers
from tests.support.local.stack import LocalStack, wait_for

_needs_our_receiver = pytest.mark.skipif(
    "CERTCTL_E2E_OUTPUTS" in os.environ, reason="the running stack delivers to no receiver of these tests"
)


@pytest.fixture(autouse=True)
def well_behaved(alerts: Receiver) -> Iterator[None]:
    yield
    alerts.behave(answers(200))


def create(page: Page, journey: Journey) -> str:
    """Through the wizard, with a pasted request; the new certificate's name."""
    name = f"shop-{uuid4().hex[:10]}.example.com"
    page.get_by_role("link", name="Certificates").first.click()
    page.get_by_role("link", name="New certificate").click()
    page.get_by_label("Certificate signing request").fill(journey.csr(name)[1].read_text())
    expect(page.get_by_role("main").get_by_text(name).first).to_be_visible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Common name")).to_have_value(name)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Create certificate").click()
    return name


def status_of(page: Page, status: str) -> None:
    """On a certificate's page, without a reload."""
    shown = page.get_by_role("main").get_by_text(status, exact=True).first
    expect(shown).to_be_visible()


@_needs_our_receiver
def test_a_certificate_is_created_becomes_active_and_its_lost_alert_is_found_and_sent_again(
    chromium: Browser, local_stack: LocalStack, journey: Journey, alerts: Receiver
) -> None:
    alerts.behave(answers(404, b"no such hook"))
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        name = create(page, journey)
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        status_of(page, "Active")

        page.get_by_role("button", name="Revoke", exact=True).click()
        page.get_by_label("Superseded").check()
        page.get_by_role("button", name="Revoke certificate").click()
        status_of(page, "Revoked")
        certificate_id = page.url.rpartition("/")[2]

        page.get_by_role("link", name="Notifications").first.click()
        dead = page.get_by_role("tab", name="Dead letter")
        dead.click()
        expect(dead).to_have_attribute("aria-selected", "true")  # each tab has fields of its own
        page.get_by_role("combobox", name="Certificate", exact=True).fill(certificate_id)
        page.get_by_role("option", name=re.compile(certificate_id)).click()
        subject = page.get_by_role("link", name=f"Certificate {name} was revoked")
        expect(subject).to_be_visible()
        subject.click()
        drawer = page.get_by_role("dialog")
        expect(drawer.get_by_text("HTTP 404").first).to_be_visible()
        attempts = drawer.get_by_role("table", name="Attempts").get_by_role("row")
        expect(attempts).to_have_count(2)
        expect(attempts.nth(1)).to_contain_text("404")

        alerts.behave(answers(200))
        drawer.get_by_role("button", name="Requeue").click()
        expect(drawer.get_by_text("Sent", exact=True).first).to_be_visible()
        expect(attempts).to_have_count(3)


def test_a_viewer_is_offered_nothing_that_the_api_would_refuse(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    body = {"name": "Wall screen", "role": "viewer", "teams": "*"}
    key = local_stack.call("POST", "/api/v1/api-keys", body).json()["key"]
    with signed_in(chromium, local_stack, key=key) as tab:
        page = tab.page
        expect(page.get_by_text("Role: viewer")).to_be_visible()
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)
        visit(page, "/certificates")
        expect(page.get_by_role("link", name="New certificate")).to_have_count(0)
        visit(page, f"/certificates/{issued.id}")
        for name in ("Revoke", "Hold", "Renew"):
            expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
        visit(page, "/notifications")
        expect(page.get_by_role("button", name=re.compile("^(Requeue|Mark read)"))).to_have_count(0)
        visit(page, "/channels")
        expect(page.get_by_role("button", name=re.compile("^(Test|Edit|Delete) "))).to_have_count(0)


def test_the_page_keeps_no_key_and_signing_out_ends_the_session(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with opened(chromium, local_stack.url) as tab:
        sign_in(tab.page, local_stack.outputs["api_key"])
        readable = "JSON.stringify(sessionStorage) + JSON.stringify(localStorage) + document.cookie"
        assert "certctl_" not in tab.page.evaluate(readable)
        (cookie,) = tab.page.context.cookies()
        assert cookie["value"].startswith("certctl_ses_")
        assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
        sign_out(tab)
        expect(tab.page.get_by_label("API key")).to_be_visible()
        assert tab.page.context.cookies() == []
        tab.page.goto("/certificates")
        expect(tab.page.get_by_label("API key")).to_be_visible()


def test_a_new_tab_is_signed_in(chromium: Browser, local_stack: LocalStack) -> None:
    with signed_in(chromium, local_stack) as tab:
        another = tab.page.context.new_page()
        another.goto("/certificates")
        expect(another.get_by_role("heading", level=1, name="Certificates")).to_be_visible()


def test_a_key_that_is_not_taken_says_so(chromium: Browser, local_stack: LocalStack) -> None:
    with opened(chromium, local_stack.url) as tab:
        tab.expected = ("401",)
        tab.page.goto("/")
        tab.page.get_by_label("API key").fill("certctl_" + "x" * 43)
        tab.page.get_by_role("button", name="Sign in").click()
        expect(tab.page.get_by_text("This API key is not valid")).to_be_visible()


def test_the_keyboard_alone_leads_from_sign_in_to_a_revocation(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/")
        expect(page.get_by_label("API key")).to_be_visible()
        _tab_to(page, "API key")
        page.keyboard.type(local_stack.outputs["api_key"])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
        _tab_to(page, "Certificates")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name="Certificates")).to_be_visible()
        _find_by_typing(page, issued.name)
        _tab_to(page, issued.name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1, name=issued.name)).to_be_visible()
        _tab_to(page, "Revoke")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        _tab_to(page, "Superseded")
        page.keyboard.press("Space")
        _tab_to(page, "Revoke certificate")
        page.keyboard.press("Enter")
        status_of(page, "Revoked")
    wait_for(lambda: journey.certificate(issued.id)["status"] == "Revoked", "the revocation")


def _find_by_typing(page: Page, name: str) -> None:
    """Until the list has this certificate alone: other tests have made others."""
    _tab_to(page, "Search")
    page.keyboard.type(name)
    rows = page.get_by_role("table", name="certificates").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(1)).to_contain_text(name)


def _tab_to(page: Page, name: str) -> None:
    """Presses Tab until what has the focus is called so, be it with a count: "Certificates, 2 urgent"."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED).partition(", ")[0] == name:
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


_FOCUSED = """() => {
  const it = document.activeElement.cloneNode(true);
  const label = document.activeElement.labels?.[0]?.textContent ?? it.getAttribute("aria-label");
  it.querySelectorAll("[aria-hidden]").forEach((hidden) => hidden.remove());
  return (label ?? it.textContent ?? "").trim();
}"""
