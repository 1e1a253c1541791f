"""The search palette and the shortcuts, in a real browser against the running stack."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Issued, Journey
from tests.support.local.stack import LocalStack
from tests.support.openssl import openssl


def palette(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search certificates")
    expect(field).to_be_focused()
    return field


def found(page: Page, issued: Issued) -> Locator:
    """The certificate among the answers, which name its jobs too."""
    return page.get_by_role("group", name="Certificates").get_by_role("option", name=issued.name)


def goes_to(page: Page, issued: Issued) -> None:
    expect(page.get_by_role("heading", level=1, name=issued.name)).to_be_visible()
    assert page.url.endswith(f"/certificates/{issued.id}")


@contextmanager
def _at_home(browser: Browser, stack: LocalStack, **options: int | bool) -> Iterator[Page]:
    with signed_in(browser, stack, **options) as tab:  # type: ignore[arg-type]  # width, is_dark
        yield tab.page


def _printed(issued: Issued, *options: str) -> str:
    return openssl("x509", "-in", str(issued.pem), "-noout", *options).strip()


def test_a_certificate_is_found_by_label_id_serial_and_fingerprint(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued(name=f"Display {uuid4().hex[:8]}")
    label = issued.name.partition(".")[0]
    serial, fingerprint = _printed(issued, "-serial"), _printed(issued, "-fingerprint", "-sha256")
    bare = serial.partition("=")[2]
    in_pairs = re.findall("..", bare)
    spellings = {
        label.upper(): issued.name,
        issued.id: f"ID {issued.id}",
        serial: "Serial number",
        ":".join(in_pairs): "Serial number",
        " ".join(in_pairs).lower(): "Serial number",
        f"0x{bare}": "Serial number",
        str(int(bare, 16)): "Serial number",
        fingerprint: "SHA-256 fingerprint",
        fingerprint.replace("Fingerprint=", "Fingerprint: "): "SHA-256 fingerprint",
    }
    with _at_home(chromium, local_stack) as page:
        field = palette(page)
        for typed, said in spellings.items():
            field.fill(typed)
            first = page.get_by_role("group", name="Certificates").get_by_role("option").first
            expect(first).to_have_attribute("href", f"/certificates/{issued.id}")
            expect(first).to_contain_text("Active")
            expect(first).to_contain_text(said)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Display")
        assert page.url.endswith(f"/certificates/{issued.id}")


def test_odd_input_gets_a_sensible_answer(chromium: Browser, local_stack: LocalStack) -> None:
    with _at_home(chromium, local_stack) as page:
        field = palette(page)
        for typed in ("Ünï", "**", "\N{RIGHT-TO-LEFT OVERRIDE}exe", "x" * 400, "<script>"):
            field.fill(typed)
            expect(page.get_by_role("dialog").get_by_text("Nothing found. Search matches")).to_be_visible()
        page.keyboard.press("Escape")
        visit(page, "/certificates?search=%C3%9Cn%C3%AF")
        expect(page.get_by_text("No matching certificates")).to_be_visible()


def test_the_palette_leads_to_a_page_and_an_action_and_gives_the_focus_back(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with _at_home(chromium, local_stack) as page:
        palette(page).fill("dead")
        page.get_by_role("option", name="Dead letters").first.click()
        expect(page.get_by_role("tab", name="Dead letter")).to_have_attribute("aria-selected", "true")
        palette(page).fill("new cha")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="New channel")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        opener = page.get_by_role("button", name="Search", exact=True)
        opener.click()
        expect(page.get_by_role("dialog", name="Search")).to_be_visible()
        page.keyboard.press("Escape")
        expect(opener).to_be_focused()


def test_control_enter_opens_a_new_tab_that_is_signed_in(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    with _at_home(chromium, local_stack) as page:
        palette(page).fill(issued.name)
        expect(found(page, issued)).to_be_visible()
        with page.context.expect_page() as other:
            page.keyboard.press("Control+Enter")
        goes_to(other.value, issued)
        expect(page.get_by_role("dialog", name="Search")).to_be_visible()


def test_keys_lead_through_the_dashboard_but_not_while_typing_and_can_be_switched_off(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    journey.issued()
    heading = "Certificates"
    with _at_home(chromium, local_stack) as page:
        page.keyboard.press("g")
        page.keyboard.press("c")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        expect(page.get_by_role("table", name="certificates")).to_be_visible()
        page.keyboard.press("j")
        expect(page.get_by_role("table").get_by_role("link").first).to_be_focused()
        page.get_by_role("textbox", name="Search").press_sequentially("gj?")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(sheet).to_be_visible()
        assert grave_findings(page) == []
        sheet.get_by_role("switch").uncheck(force=True)
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)
        page.keyboard.press("g")
        page.keyboard.press("j")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        palette(page)


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_the_open_palette(
    chromium: Browser, local_stack: LocalStack, journey: Journey, width: int, is_dark: bool
) -> None:
    issued = journey.issued()
    with _at_home(chromium, local_stack, width=width, is_dark=is_dark) as page:
        field = palette(page)
        assert grave_findings(page) == []
        field.fill(issued.name)
        expect(found(page, issued)).to_be_visible()
        assert grave_findings(page) == []


def test_role_and_sign_out_stay_in_sight_while_the_catalog_is_open(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with _at_home(chromium, local_stack) as page:
        visit(page, "/agents")
        expect(page.get_by_text("Role: admin")).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
        page.goto("/settings")
        here = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Settings")
        expect(here).to_be_in_viewport(ratio=1)
