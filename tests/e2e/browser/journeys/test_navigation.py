"""The navigation in the windows of laptops: one group open, and no page below the fold."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.pages import NAVIGATED, signed_in
from tests.support.local.stack import LocalStack

_WINDOWS = ((1280, 720), (1280, 800), (1440, 900))


def _expect_in_sight(each: Locator) -> None:
    for one in each.all():
        expect(one).to_be_in_viewport(ratio=0.99)


def _seen_group_by_group(page: Page) -> set[str]:
    """Addresses of what is in sight while one group after the other is open."""
    navigation = page.get_by_role("navigation", name="Pages")
    groups, links = navigation.get_by_role("button"), navigation.get_by_role("link")
    seen: set[str] = set()
    for group in groups.all():
        group.click()
        expect(group).to_have_attribute("aria-expanded", "true")
        _expect_in_sight(links)
        _expect_in_sight(groups)
        seen |= {link.get_attribute("href") or "" for link in links.all()}
        group.click()
        expect(group).to_have_attribute("aria-expanded", "false")
    return seen


def test_each_page_is_in_sight_in_a_low_window_while_its_group_is_open(
    chromium: Browser, local_stack: LocalStack
) -> None:
    with signed_in(chromium, local_stack) as tab:
        for width, height in _WINDOWS:
            tab.page.set_viewport_size({"width": width, "height": height})
            assert _seen_group_by_group(tab.page) == set(NAVIGATED)
            expect(tab.page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
