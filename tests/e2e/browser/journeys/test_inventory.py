"""The first list of what there is: dropped files and pasted hosts, in a browser against the running stack."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.pages import signed_in, visit
from tests.support.inventory.made import Maker
from tests.support.local.stack import LocalStack

_FIRST_LIST_SECONDS = 60


@pytest.fixture
def name() -> str:
    return f"found-{uuid4().hex[:12]}.example.com"


@pytest.fixture
def bundle(tmp_path: Path, name: str) -> Path:
    """A certificate that somebody else issued, with its private key in the same file."""
    leaf = Maker().leaf(name, begins=datetime.now(UTC) - timedelta(days=1))
    key = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "bundle.pem"
    certificate = x509.load_der_x509_certificate(leaf).public_bytes(Encoding.PEM)
    file.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def _choose(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Choose files").click()
    chosen.value.set_files(file)


def test_a_file_with_its_key_is_a_row_of_the_list_within_a_minute_and_its_key_is_never_sent(
    chromium: Browser, local_stack: LocalStack, bundle: Path, name: str
) -> None:
    bodies: list[str] = []
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        page.on("request", lambda request: bodies.append(request.post_data or ""))
        begun = monotonic()
        visit(page, "/inventory/import")
        _choose(page, bundle)
        expect(page.get_by_text("1 private key left out")).to_be_visible()
        page.get_by_role("button", name="Import 1 certificate").click()
        page.get_by_role("link", name="View the inventory").click()
        expect(page.get_by_role("link", name=name)).to_be_visible()
        took = monotonic() - begun

        page.get_by_role("textbox", name="Search").fill(name[:18])
        expect(page).to_have_url(re.compile(r"/inventory\?q=found-"))
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(page.get_by_text("upload:bundle.pem#1")).to_be_visible()

    assert took < _FIRST_LIST_SECONDS
    assert any('"certificates"' in body for body in bodies), "the chunk was seen"
    assert not any("PRIVATE KEY" in body for body in bodies)


def test_pasted_hosts_are_endpoints_and_each_refused_line_says_why(
    chromium: Browser, local_stack: LocalStack, name: str
) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        tab.expected = ("422",)  # the refused line
        visit(page, "/inventory/import")
        page.get_by_role("textbox", name="Host names").fill(f"{name}\n10.0.0.1\n{name}:70000\n")
        page.get_by_role("button", name="Add 2 endpoints").click()

        lines = page.get_by_role("list", name="Hosts").get_by_role("listitem")
        expect(lines.nth(0)).to_contain_text(f"{name}:443 Added")
        expect(lines.nth(1)).to_contain_text("is not public: it needs an agent as its prober")
        expect(page.get_by_text("A port is a number from 1 to 65535.")).to_be_visible()
        assert faults_of_all_looks(page) == {}

        page.get_by_role("status").get_by_role("link", name="Endpoints").click()
        expect(page.get_by_role("link", name=f"{name}:443")).to_be_visible()


def test_sources_name_who_reported(chromium: Browser, local_stack: LocalStack, bundle: Path) -> None:
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/inventory/import")
        _choose(page, bundle)
        page.get_by_role("textbox", name="Where they are from").fill("web-7")
        page.get_by_role("button", name="Import 1 certificate").click()
        expect(page.get_by_role("heading", name="Imported")).to_be_visible()

        visit(page, "/sources")
        expect(page.get_by_role("row").filter(has_text="web-7")).to_contain_text("On request")
        assert faults_of_all_looks(page) == {}
