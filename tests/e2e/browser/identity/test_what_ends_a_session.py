"""A changed group, a disabled user and a session that ends, in a real browser against the running stack."""

import re

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.chromium import opened
from tests.e2e.browser.identity.company import (
    Company,
    expect_page,
    expect_sign_in_page,
    session_cookie,
    who_is_signed_in,
)
from tests.e2e.browser.pages import sign_out, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_ENDED = "Your session has ended. Sign in again."


def test_a_changed_group_gives_other_pages_and_actions_at_the_next_sign_in(
    chromium: Browser, local_stack: LocalStack, company: Company
) -> None:
    viewers, operators = company.group("viewer"), company.group("operator")
    vera = company.employ(viewers)
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/certificates")
        company.sign_in(page, vera)
        expect_page(page, "Certificates")
        expect(page.get_by_text("Role: viewer")).to_be_visible()
        expect(page.get_by_role("link", name="New certificate")).to_have_count(0)
        expect(page.get_by_role("link", name="Audit")).to_have_count(0)
        user = who_is_signed_in(page)["subject_id"]

        company.move(vera, operators)
        sign_out(tab)
        expect_sign_in_page(page)
        company.go_to_provider(page)
        expect_page(page, "Certificates")
        expect(page.get_by_text("Role: operator")).to_be_visible()
        expect(page.get_by_role("link", name="New certificate")).to_be_visible()
        expect(page.get_by_role("link", name="Audit").first).to_be_visible()
        assert who_is_signed_in(page)["subject_id"] == user


def test_the_next_write_of_a_disabled_person_is_refused_and_the_page_says_so(
    chromium: Browser, local_stack: LocalStack, company: Company, journey: Journey
) -> None:
    issued = journey.issued()
    otto = company.employ(company.group("operator"))
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto(f"/certificates/{issued.id}")
        company.sign_in(page, otto)
        expect_page(page, issued.name)
        user = who_is_signed_in(page)["subject_id"]
        page.get_by_role("button", name="Revoke", exact=True).click()
        page.get_by_label("Superseded").check()

        company.disable(user)
        tab.expected = ("status of 401",)
        page.get_by_role("button", name="Revoke certificate").click()
        expect(page.get_by_text(_ENDED)).to_be_visible()
        expect_sign_in_page(page)
        assert journey.certificate(issued.id)["status"] == "Active"

        company.go_to_provider(page)
        expect(page.get_by_role("alert")).to_have_text("Your user is disabled. Ask an administrator.")
        expect_sign_in_page(page)


@pytest.mark.parametrize("how", ["its cookie has expired", "it was ended elsewhere"])
def test_a_session_that_has_ended_asks_for_a_sign_in_and_leads_back(
    chromium: Browser, local_stack: LocalStack, company: Company, how: str
) -> None:
    vera = company.employ(company.group("viewer"))
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/")
        company.sign_in(page, vera)
        expect_page(page, "Overview")
        visit(page, "/certificates?status=Active")
        tab.expected = ("status of 401",)
        _end(page, local_stack, how)
        page.get_by_role("button", name="Refresh").click()
        expect(page.get_by_text(_ENDED)).to_be_visible()
        expect_sign_in_page(page)

        company.go_to_provider(page)
        expect_page(page, "Certificates")
        expect(page).to_have_url(re.compile(r"/certificates\?status=Active"))
        expect(page.get_by_text(_ENDED)).to_have_count(0)


def _end(page: Page, stack: LocalStack, how: str) -> None:
    cookie = session_cookie(page, stack)
    if how == "its cookie has expired":
        page.context.clear_cookies(name=cookie["name"])
        return
    answer = requests.delete(
        f"{stack.url}/api/v1/auth/session",
        headers={"Authorization": f"Bearer {cookie['value']}"},
        timeout=30,
    )
    assert answer.status_code == 204, answer.text
