"""The page Revocation, from a revocation to what a relying party saw of it."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack, wait_for

_SEEN = re.compile(r"\d ?(s|min)$")


def _seen_in_a_crl(stack: LocalStack, serial: str) -> Any:
    """The record once status_watch has found it in a served CRL."""

    def receipt() -> Any:
        record = stack.get(f"/api/v1/revocations/{serial}")
        return record if record["receipt"]["crl_seconds"] is not None else None

    return wait_for(receipt, f"a CRL with {serial}", 90)


def test_a_revocation_is_on_the_page_with_what_a_relying_party_saw(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    serial = journey.certificate(issued.id)["serial_number"]
    assert journey.post(f"{issued.id}/revoke", {"reason": "affiliationChanged"}).status_code == 200
    record = _seen_in_a_crl(local_stack, serial)
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/revocation?reason=affiliationChanged")
        row = page.get_by_role("table", name="revocations").get_by_role("row").filter(has_text=serial)
        expect(row.get_by_role("cell").nth(2)).to_have_text("Affiliation changed")
        expect(row.get_by_role("cell").nth(5)).to_have_text(_SEEN)
        cas = page.get_by_role("table", name="CAs").get_by_role("row")
        of_ca = cas.filter(has=page.locator(f'a[href="/cas/{record["ca_id"]}"]'))
        expect(of_ca.get_by_role("cell").nth(5)).to_have_text(re.compile(r"of \d+ revocations?$"))
        assert faults_of_all_looks(page) == {}
        row.get_by_role("link").click()
        expect(page.get_by_role("heading", level=1, name=issued.name)).to_be_visible()
