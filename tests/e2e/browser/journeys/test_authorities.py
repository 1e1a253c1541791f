"""A CA's page against openssl, and the CRL that a revoked certificate names."""

import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack
from tests.support.openssl import openssl

_OPENSSL_TIME = "%b %d %H:%M:%S %Y GMT"


def open_issuing_ca(page: Page) -> None:
    visit(page, "/cas")
    row = page.get_by_role("row").filter(has_text="Issuing CA").filter(has_text="Active").first
    row.get_by_role("link").first.click()
    expect(page.get_by_role("table", name="CRLs")).to_be_visible()


def downloaded(page: Page, link: Locator, folder: Path) -> Path:
    with page.expect_download() as download:
        link.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def fact(page: Page, term: str) -> Locator:
    return page.locator("div", has=page.locator("dt", has_text=re.compile(f"^{re.escape(term)}$"))).last


def the_row(page: Page, name: str) -> Locator:
    header = page.get_by_role("rowheader", name=re.compile(f"^{name}"))
    return page.get_by_role("table", name="CRLs").get_by_role("row").filter(has=header)


def crl_says(path: Path) -> tuple[int, datetime]:
    """CRL number and nextUpdate."""
    text = openssl("crl", "-inform", "DER", "-in", path, "-noout", "-crlnumber", "-nextupdate")
    said = re.fullmatch(r"crlNumber=0x([0-9A-F]+)\s+nextUpdate=(.+?)\s*", text, re.DOTALL)
    assert said is not None, text
    number, until = said.groups()
    return int(number, 16), datetime.strptime(until, _OPENSSL_TIME).replace(tzinfo=UTC)


def test_a_cas_page_says_what_openssl_reads_in_its_downloads(
    chromium: Browser, local_stack: LocalStack, tmp_path: Path
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        open_issuing_ca(page)
        row = the_row(page, "Complete")
        number, until = crl_says(
            downloaded(page, row.get_by_role("link", name="Download CRL Complete"), tmp_path)
        )
        expect(row.get_by_role("cell").nth(1)).to_have_text(str(number))
        expect(row.locator(f'time[datetime="{until:%Y-%m-%dT%H:%M:%SZ}"]').first).to_be_visible()

        pem = downloaded(page, page.get_by_role("button", name="PEM", exact=True), tmp_path)
        der = downloaded(page, page.get_by_role("button", name="DER", exact=True), tmp_path)
        for form, path in (("PEM", pem), ("DER", der)):
            asked = ("-serial", "-fingerprint", "-sha256")
            printed = openssl("x509", "-inform", form, "-in", path, "-noout", *asked)
            serial, fingerprint = (line.partition("=")[2] for line in printed.splitlines())
            expect(fact(page, "Serial number")).to_contain_text(serial.lower())
            expect(fact(page, "SHA-256 fingerprint")).to_contain_text(fingerprint)


def test_a_revoked_certificate_names_the_crl_that_lists_it(
    chromium: Browser, local_stack: LocalStack, journey: Journey, tmp_path: Path
) -> None:
    issued = journey.issued()
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, f"/certificates/{issued.id}")
        page.get_by_role("button", name="Revoke", exact=True).click()
        page.get_by_label("Superseded").check()
        page.get_by_role("button", name="Revoke certificate").click()
        published = fact(page, "Published")
        expect(published).to_contain_text(re.compile(r"In CRL \d+ since .*\d+:\d\d:\d\d"), timeout=120_000)
        number = int(re.search(r"In CRL (\d+) since", published.inner_text())[1])  # type: ignore[index]

        published.get_by_role("link", name="The CA and its CRLs").click()
        shard = journey.crl_url(issued).rpartition("/")[2].removesuffix(".crl")
        link = page.get_by_role("link", name=f"Download CRL Shard {shard}, complete", exact=True)
        path = downloaded(page, link, tmp_path)
        assert crl_says(path)[0] >= number
        certificate = local_stack.call("GET", f"/api/v1/certificates/{issued.id}").json()
        text = openssl("crl", "-inform", "DER", "-in", path, "-noout", "-text")
        assert certificate["serial_number"].upper() in text
