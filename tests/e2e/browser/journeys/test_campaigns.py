"""A leaked key, from the certificate's page to the revocation of its old version, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack

_WITHIN_MS = 60_000
# Whether the page has ever said at once how many certificates it found, and that it found none.
_WATCH_THE_ITEMS = """() => {
  window.__contradicted = false;
  const look = () => {
    const text = document.querySelector("main").innerText;
    window.__contradicted ||= /\\d+ certificates? found/.test(text) && text.includes("No certificates found");
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def _ask(page: Page, button: str, deed: str) -> None:
    page.get_by_role("main").get_by_role("button", name=button).click()
    page.get_by_role("dialog").get_by_role("button", name=deed).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.timeout(300)
def test_a_leaked_key_is_replaced_before_its_old_version_is_revoked(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    issued = journey.issued()
    old = journey.certificate(issued.id)["serial_number"]
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/certificates/{issued.id}")
        expect(page.get_by_text(issued.spki_sha256)).to_be_visible()
        page.get_by_role("link", name="Where this key is used").click()
        expect(page.get_by_text("If it leaks: 1 valid version on 0 targets of 0 agents")).to_be_visible()
        expect(page.get_by_role("link", name=issued.name)).to_be_visible()
        assert grave_findings(page) == []
        page.get_by_role("link", name="Start a campaign").click()
        expect(page.get_by_label("Key", exact=True)).to_have_value(issued.spki_sha256)
        expect(page.get_by_role("radio", name="Key compromise")).to_be_checked()
        page.evaluate(_WATCH_THE_ITEMS)
        page.get_by_role("button", name="Find certificates").click()

        expect(page.get_by_text("1 certificate found")).to_be_visible(timeout=_WITHIN_MS)
        certificates = page.get_by_role("table", name="certificates")
        expect(certificates.get_by_role("link", name=issued.name)).to_be_visible()
        assert not page.evaluate("window.__contradicted")
        page.get_by_role("button", name="Start for 1 certificate").click()
        page.get_by_label("Type replace 1 to confirm").fill("replace 1")
        page.get_by_role("button", name="Start campaign").click()
        expect(certificates.get_by_text("A CSR with a new key")).to_be_visible(timeout=_WITHIN_MS)
        assert grave_findings(page) == []

        answer = journey.post(f"{issued.id}/csr", {"csr_pem": journey.csr(issued.name)[1].read_text()})
        assert answer.status_code == 202, answer.text
        journey.wait_for_status(issued.id, "Active")
        _ask(page, "Pause", "Pause campaign")
        _ask(page, "Resume", "Resume campaign")  # its next round begins now
        certificates.get_by_role("button", name=f"Verify {issued.name}").click(timeout=_WITHIN_MS)
        page.get_by_role("dialog").get_by_role("button", name="Verify and revoke").click()

        expect(page.get_by_text("1 of 1 done")).to_be_visible(timeout=_WITHIN_MS)
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Key \w+…$"))
        expect(page.get_by_role("main").get_by_text("Completed")).to_be_visible(timeout=_WITHIN_MS)
    versions = journey.stack.get(f"/api/v1/certificates/{issued.id}/versions")["data"]
    assert {v["serial_number"]: v.get("revocation_reason") for v in versions}[old] == "keyCompromise"
    assert journey.certificate(issued.id)["status"] == "Active"
