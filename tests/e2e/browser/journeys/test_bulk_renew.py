"""Many certificates at once: three are renewed from the list, each to the end of its job."""

from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.chromium import opened
from tests.e2e.browser.pages import sign_in, visit
from tests.e2e.journey import Issued, Journey
from tests.support.local.stack import LocalStack


def _choose_all(page: Page, environment: str) -> None:
    visit(page, f"/certificates?environment={environment}")
    page.get_by_role("checkbox", name="Select all loaded certificates").check()
    page.get_by_role("button", name="Bulk actions (3 selected)").click()
    page.get_by_role("menuitem", name="Renew").click()


def _submit_csr(journey: Journey, issued: Issued) -> None:
    body = {"csr_pem": journey.csr(issued.name)[1].read_text()}
    answer = journey.stack.call("POST", f"/api/v1/certificates/{issued.id}/csr", body)
    assert answer.status_code == 202, answer.text


def test_three_certificates_are_renewed_together_and_each_is_seen_to_its_end(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    environment = f"bulk-{uuid4().hex[:8]}"
    three = [journey.issued(environment=environment) for _ in range(3)]
    before = {issued.id: journey.certificate(issued.id)["serial_number"] for issued in three}
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        sign_in(page, local_stack.outputs["api_key"])
        _choose_all(page, environment)
        expect(page.get_by_text("3 certificates would be renewed", exact=True)).to_be_visible()
        page.get_by_role("button", name="Renew 3 certificates").click()
        results = page.get_by_role("table", name="results")
        expect(results.get_by_text("Awaiting CSR")).to_have_count(3)
        for issued in three:
            _submit_csr(journey, issued)
        expect(results.get_by_text("Renewed", exact=True)).to_have_count(3)
        expect(page.get_by_text("3 of 3 ended: 3 renewed")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download results").click()
        lines = download.value.path().read_text().splitlines()
        assert sorted(line.split(",")[0] for line in lines[1:]) == sorted(before)
    for certificate_id, serial in before.items():
        assert journey.certificate(certificate_id)["serial_number"] != serial
