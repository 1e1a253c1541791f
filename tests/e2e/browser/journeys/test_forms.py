"""Each form by the keyboard alone: it opens in its first field, and Escape alone loses nothing."""

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.pages import settle, signed_in, visit
from tests.e2e.journey import Journey
from tests.support.dashboard_forms import CERTIFICATE_FORMS, opening_addresses
from tests.support.local.stack import LocalStack

_FIELDS = "input, textarea, select"
_CHOOSES = "input[aria-haspopup=listbox], input[type=radio], input[type=checkbox]"


def _fields(dialog: Locator) -> Locator:
    return dialog.locator(_FIELDS).locator("visible=true")


def _fills_by_keyboard(page: Page, field: Locator) -> None:
    """Types into the field, or chooses in it, as its kind has it."""
    if not field.evaluate(f"field => field.matches({_CHOOSES!r})"):
        page.keyboard.type("7")
        return
    page.keyboard.press("ArrowDown")
    if field.evaluate("field => field.type === 'checkbox'"):
        page.keyboard.press("Space")
    if field.get_attribute("aria-haspopup") is not None:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")


def _question(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Discard your changes?")


def _asks_before_it_discards(page: Page, opens: Callable[[], None]) -> None:
    opens()
    form = page.get_by_role("dialog").first
    field = form.locator(":focus")
    expect(field).to_have_count(1)
    assert field.evaluate(f"field => field.matches({_FIELDS!r})"), "the focus is in no field"
    _fills_by_keyboard(page, field)
    page.keyboard.press("Escape")
    expect(_question(page)).to_be_visible()
    settle(page)
    expect(_question(page)).to_be_visible()
    page.keyboard.press("Enter")
    expect(_question(page)).to_have_count(0)
    expect(form).to_be_visible()
    page.keyboard.press("Escape")
    _question(page).get_by_role("button", name="Discard changes").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_each_form_that_an_address_opens_asks_before_it_discards(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        for address in opening_addresses():
            _asks_before_it_discards(tab.page, partial(visit, tab.page, address))


def test_each_form_of_a_certificate_asks_before_it_discards(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, f"/certificates/{issued.id}")
        for form in CERTIFICATE_FORMS:
            button = tab.page.get_by_role("button", name=form.button, exact=True).first
            _asks_before_it_discards(tab.page, button.click)
            expect(button).to_be_focused()


def test_the_form_of_saved_views_asks_before_it_discards(chromium: Browser, local_stack: LocalStack) -> None:
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, "/certificates")

        def opens() -> None:
            tab.page.get_by_role("button", name="Views").click()
            tab.page.get_by_role("menuitem", name="Save this view").click()

        _asks_before_it_discards(tab.page, opens)


def test_the_key_n_opens_a_form_that_takes_what_is_typed_next(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, "/owners")
        tab.page.keyboard.press("n")
        expect(tab.page.get_by_role("dialog", name="New owner").locator(":focus")).to_have_count(1)
        tab.page.keyboard.type("Ada")
        expect(tab.page.get_by_role("dialog").get_by_label("Name")).to_have_value("Ada")
