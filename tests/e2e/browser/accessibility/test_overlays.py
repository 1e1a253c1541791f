"""Every kind of dialog and drawer, wide and narrow, light and dark: axe finds nothing. No form is sent."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.axe import faults
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

Opening = Callable[[Page], None]
Faults = dict[str, dict[str, list[str]]]

_FORMS = ("issuers", "profiles", "renewal-policies", "owners", "teams", "targets", "agents", "policies")


def _press(name: str | re.Pattern[str]) -> Opening:
    return lambda page: page.get_by_role("button", name=name).first.click()


def _keys(keys: str) -> Opening:
    return lambda page: page.keyboard.press(keys)


def _first_row(page: Page) -> None:
    page.get_by_role("table").get_by_role("link").first.click()


_CERTIFICATE = ("Edit", "Renew", "Hold", "Revoke")
_OPENINGS: dict[str, list[tuple[str, Opening]]] = {
    "the shell": [("/", _keys("Control+k")), ("/", _keys("?"))],
    "forms of the catalog": [(f"/{kind}", _press(re.compile("^New "))) for kind in _FORMS],
    "records of the catalog": [
        ("/issuers", _first_row),
        ("/profiles", _first_row),
        ("/agents", _press("Enroll an agent")),
    ],
    "channels": [
        ("/channels", _press("New channel")),
        ("/channels?tab=routing", _press("New rule")),
        ("/channels?tab=routing", _press("Test routing")),
        ("/channels?tab=mutes", _press("New mute")),
    ],
    "lists": [
        ("/certificates", _press("Columns")),
        ("/audit", _first_row),
        ("/audit", _press("Export")),
        ("/jobs", _first_row),
        ("/notifications?tab=dead", _press("Requeue by channel")),
        ("/settings", _press("New key")),
    ],
}


@pytest.mark.parametrize("where", _OPENINGS)
def test_axe_finds_nothing_on_what_opens_in(
    chromium: Browser, local_stack: LocalStack, journey: Journey, where: str
) -> None:
    journey.issued()
    with signed_in(chromium, local_stack) as tab:
        assert _faults(tab.page, _OPENINGS[where]) == {}


def test_axe_finds_nothing_on_the_dialogs_of_a_certificate(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    path = f"/certificates/{journey.issued().id}"
    openings = [(path, _press(re.compile(f"^{name}$"))) for name in _CERTIFICATE]
    with signed_in(chromium, local_stack) as tab:
        assert _faults(tab.page, openings) == {}


def test_axe_finds_nothing_on_an_alert_of_a_bulk_revocation_and_its_drawer(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    answer = journey.post("bulk-revoke", {"certificate_ids": [issued.id], "reason": "superseded"})
    assert answer.status_code == 202, answer.text
    listed = f"/notifications?certificate_id={issued.id}"
    wait_for(lambda: local_stack.get(f"/api/v1{listed}")["data"], "the alert of the revocation")
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, f"{listed}&view=list")
        jobs = tab.page.get_by_role("table").get_by_role("link", name="Job", exact=True)
        expect(jobs.first).to_be_visible()
        assert faults_of_all_looks(tab.page) == {}
        assert _faults(tab.page, [(f"{listed}&view=list", _first_row)]) == {}


@pytest.mark.parametrize(("width", "is_dark"), [(1280, False), (1280, True), (390, False)])
def test_axe_finds_nothing_on_a_notice(
    chromium: Browser, local_stack: LocalStack, journey: Journey, width: int, is_dark: bool
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack, width=width, is_dark=is_dark) as tab:
        page = tab.page
        visit(page, f"/certificates/{issued.id}")
        page.get_by_role("button", name="Hold", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Put on hold").click()
        notice = page.get_by_role("alert").filter(has_text=issued.name)
        notice.hover()  # it stays until the pointer leaves it
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert faults(page) == []
        expect(notice).to_be_visible()


def _faults(page: Page, openings: list[tuple[str, Opening]]) -> Faults:
    """What axe finds, by place and number of the opening, then by look. Nothing for what is without a
    fault."""
    found: Faults = {}
    for number, (path, opening) in enumerate(openings):
        visit(page, path)
        opening(page)
        expect(page.get_by_role("dialog").first).to_be_visible()
        found[f"{path} ({number})"] = faults_of_all_looks(page)
    return {place: looks for place, looks in found.items() if looks}
