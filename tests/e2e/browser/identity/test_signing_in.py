"""Signing in at a real provider and out again, in a real browser against the running stack."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.axe import faults
from tests.e2e.browser.chromium import opened
from tests.e2e.browser.identity.company import (
    Company,
    come_back_to,
    expect_page,
    expect_sign_in_page,
    who_is_signed_in,
)
from tests.e2e.browser.pages import settle, sign_out, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_READABLE = "JSON.stringify(sessionStorage) + JSON.stringify(localStorage) + document.cookie"


def test_a_person_signs_in_with_the_provider_and_out_again_and_the_back_button_shows_nothing(
    chromium: Browser, local_stack: LocalStack, company: Company
) -> None:
    vera = company.employ(company.group("viewer"))
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/")
        company.sign_in(page, vera)
        expect_page(page, "Overview")
        name = page.get_by_text(vera.name)
        expect(name).to_be_visible()
        assert name.evaluate("(shown) => shown.scrollWidth <= shown.clientWidth")
        expect(page.get_by_text("Role: viewer")).to_be_visible()
        assert who_is_signed_in(page)["sign_in"]["provider_id"] == company.idp
        assert "certctl_" not in page.evaluate(_READABLE)
        assert right_of(page.get_by_role("button", name="Sign out")) <= left_of(page.get_by_role("main"))
        visit(page, "/certificates")
        page.get_by_role("link", name="Jobs").first.click()
        expect_page(page, "Jobs")

        sign_out(tab)
        expect_sign_in_page(page)
        assert _cookie_names(page, company) == []
        page.go_back()
        expect(page).to_have_url(re.compile("/certificates"))
        expect_sign_in_page(page)
        page.reload()
        expect_sign_in_page(page)


def test_a_new_tab_is_signed_in_and_signing_out_of_one_ends_both(
    chromium: Browser, local_stack: LocalStack, company: Company
) -> None:
    vera = company.employ(company.group("viewer"))
    with opened(chromium, local_stack.url) as tab:
        tab.page.goto("/")
        company.sign_in(tab.page, vera)
        expect_page(tab.page, "Overview")
        another = tab.page.context.new_page()
        another.goto("/certificates")
        expect_page(another, "Certificates")
        another.get_by_role("button", name="Sign out").click()
        expect_sign_in_page(another)
        tab.expected = ("status of 401",)  # of what it was reading
        come_back_to(tab.page)
        expect_sign_in_page(tab.page)


def test_a_link_from_a_colleague_opens_after_the_sign_in(
    chromium: Browser, local_stack: LocalStack, company: Company, journey: Journey
) -> None:
    issued = journey.issued()
    vera = company.employ(company.group("viewer"))
    link = f"/certificates/{issued.id}?tab=history"
    with opened(chromium, local_stack.url) as tab:
        tab.page.goto(link)
        expect_sign_in_page(tab.page)
        company.sign_in(tab.page, vera)
        expect_page(tab.page, issued.name)
        expect(tab.page).to_have_url(f"{local_stack.url}{link}")


def test_whoever_cancels_at_the_provider_reads_so_and_can_try_again(
    chromium: Browser, local_stack: LocalStack, company: Company
) -> None:
    vera = company.employ(company.group("viewer"))
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/jobs")
        company.go_to_provider(page)
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("alert")).to_contain_text("was cancelled")
        assert faults(page) == []
        company.sign_in(page, vera)
        expect_page(page, "Overview")


def test_whoever_no_rule_admits_sees_their_own_claims(
    chromium: Browser, local_stack: LocalStack, company: Company
) -> None:
    stranger = company.employ("contractors")
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/")
        tab.expected = ("status of 403",)  # of the page itself
        company.sign_in(page, stranger)
        expect_page(page, "You have no access yet")
        for claim in (stranger.sub, "contractors", f"{stranger.sub}@corp.example"):
            expect(page.get_by_role("cell", name=claim, exact=True)).to_be_visible()
        assert faults(page) == []
        assert _cookie_names(page, company) == []
        page.get_by_role("link", name="Back to the sign-in page").click()
        expect_sign_in_page(page)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/", "/sign-in?error=required_claim"])
def test_axe_finds_nothing_on_the_sign_in_page(
    chromium: Browser, local_stack: LocalStack, company: Company, path: str, width: int
) -> None:
    for is_dark in (False, True):
        with opened(chromium, local_stack.url, width=width, is_dark=is_dark) as tab:
            tab.page.goto(path)
            expect(tab.page.get_by_role("link", name=f"Sign in with {company.name}")).to_be_visible()
            settle(tab.page)
            assert faults(tab.page) == []
            assert tab.page.evaluate("document.documentElement.scrollWidth") <= width


def right_of(shown: Locator) -> float:
    """The right edge, in CSS pixels."""
    box = shown.bounding_box()
    assert box is not None
    return box["x"] + box["width"]


def left_of(shown: Locator) -> float:
    box = shown.bounding_box()
    assert box is not None
    return box["x"]


def _cookie_names(page: Page, company: Company) -> list[str]:
    """The cookies of certctl; the provider on this machine has others."""
    cookies = page.context.cookies(company.stack.url)
    return [cookie["name"] for cookie in cookies if cookie["name"].startswith("certctl")]
