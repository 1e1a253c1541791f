"""The weekly digest of a team on its page: what it would be now, where its list is, and that it can be turned
off."""

import base64
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.pages import signed_in, visit
from tests.support.inventory.made import Maker
from tests.support.local.stack import LocalStack

_IMPORTS = "/api/v1/inventory/imports"


@pytest.fixture
def host() -> str:
    return f"late-{uuid4().hex[:12]}.example.com"


@pytest.fixture
def team(local_stack: LocalStack, host: str) -> str:
    """A team with one certificate of others, which ends in ten days. Returns the id."""
    made = local_stack.call("POST", "/api/v1/teams", {"name": f"Team of {host}"})
    assert made.status_code == 201, made.text
    team_id = str(made.json()["id"])
    leaf = Maker().leaf(host, begins=datetime.now(UTC) - timedelta(days=80))
    begun = local_stack.call("POST", _IMPORTS, {"name": host, "team_id": team_id}).json()
    chunk = {"certificates": [{"place": "upload:late.pem", "der": base64.b64encode(leaf).decode()}]}
    sent = local_stack.call("PUT", f"{_IMPORTS}/{begun['id']}/chunks/1", chunk)
    assert sent.status_code == 200, sent.text
    return team_id


def _previewed(page: Page) -> Locator:
    """The digest on the page of the team."""
    digest = page.get_by_role("region", name="Weekly digest")
    digest.get_by_role("button", name="Preview").click()
    return digest


def test_the_digest_of_a_team_is_seen_before_it_is_sent_and_leads_to_its_list(
    chromium: Browser, local_stack: LocalStack, team: str, host: str
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/teams?open={team}")
        expect(page.get_by_role("dialog", name=f"Team of {host}")).to_be_visible()
        digest = _previewed(page)

        expect(digest.get_by_text(re.compile("^(It would go to|No channel)"))).to_be_visible()
        expect(digest.get_by_role("listitem")).to_contain_text(host)
        assert faults_of_all_looks(page) == {}

        digest.get_by_role("link", name="1 unmanaged").click()
        expect(page.get_by_role("heading", level=1, name="Inventory")).to_be_visible()
        expect(page.get_by_role("link", name=host)).to_be_visible()


def test_a_team_turns_its_digest_off(
    chromium: Browser, local_stack: LocalStack, team: str, host: str
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/teams?open={team}")
        page.get_by_role("dialog", name=f"Team of {host}").get_by_role("button", name="Edit").click()
        form = page.get_by_role("dialog", name=f"Edit Team of {host}")
        form.get_by_role("combobox", name="Weekly digest").click()
        page.get_by_role("option", name="Off").click()
        form.get_by_role("button", name="Save").click()

        expect(_previewed(page).get_by_text("It is turned off.")).to_be_visible()
    assert local_stack.get(f"/api/v1/teams/{team}")["digest"] == "off"
