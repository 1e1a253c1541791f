"""A form that needs a recent sign-in, filled in by an administrator whose sign-in is too old.

On a stack of its own: the first sign-in of an administrator changes the rules of the whole stack.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from certctl.domain.access.credentials import key_hash
from certctl.domain.times import to_wire
from tests.e2e.browser.chromium import opened
from tests.e2e.browser.identity.company import (
    Company,
    come_back_to,
    expect_page,
    founded_company,
    session_cookie,
    who_is_signed_in,
)
from tests.e2e.browser.pages import visit
from tests.support.local.stack import started

pytestmark = pytest.mark.slow
_TOO_OLD = timedelta(minutes=16)


@pytest.fixture
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("step-up")
    with started(folder / "stack") as stack, founded_company(stack, folder) as company:
        yield company


def test_what_was_filled_in_is_saved_after_signing_in_again_in_another_tab(
    chromium: Browser, company: Company
) -> None:
    ada = company.employ(company.group("admin"))
    team = company.made("teams", {"name": "Payments"})["id"]
    rule = {"name": "Payments", "provider_id": company.idp, "claim_path": ["groups"], "values": ["payments"]}
    rule_id = company.made("access-rules", rule | {"role": "viewer", "teams": [team]})["id"]
    with opened(chromium, company.stack.url) as tab:
        page = tab.page
        page.goto("/")
        company.sign_in(page, ada)
        expect_page(page, "Overview")
        first = who_is_signed_in(page)["id"]
        visit(page, f"/access-rules?open={rule_id}")
        page.get_by_role("dialog", name="Payments").get_by_role("button", name="Edit").click()
        form = page.get_by_role("dialog", name="Edit Payments")
        name = form.get_by_label("Name")
        name.fill("Payments (viewers)")

        _age(page, company)
        tab.expected = ("status of 401",)
        form.get_by_role("button", name="Save").click()
        with page.context.expect_page() as opening:
            form.get_by_role("link", name="Sign in again").click()
        again = opening.value
        again.get_by_role("button", name=ada.name).click()
        expect_page(again, "Access rules")
        assert who_is_signed_in(again)["id"] != first

        come_back_to(page)
        expect(name).to_have_value("Payments (viewers)")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
        assert company.stack.get(f"/api/v1/access-rules/{rule_id}")["name"] == "Payments (viewers)"


def _age(page: Page, company: Company) -> None:
    """The sign-in of the page's session becomes older than what guarded calls accept."""
    text = session_cookie(page, company.stack)["value"]
    company.stack.client("dynamodb").update_item(
        TableName=company.stack.outputs["tables"]["credentials"],
        Key={"key_hash": {"S": key_hash(text)}},
        UpdateExpression="SET signed_in_at = :then",
        ConditionExpression="attribute_exists(signed_in_at)",
        ExpressionAttributeValues={":then": {"S": to_wire(datetime.now(UTC) - _TOO_OLD)}},
    )
