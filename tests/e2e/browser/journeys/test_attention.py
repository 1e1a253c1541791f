"""The overview of a demo fleet: each line of "Needs attention" counts its list, and a cure takes it down."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.pages import signed_in, visit
from tests.support.issuing.csr import csr_pem
from tests.support.local.stack import LocalStack, started, wait_for

ATTENTION = "/api/v1/attention"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    running = os.environ.get("CERTCTL_E2E_OUTPUTS")
    if running:
        yield LocalStack(json.loads(Path(running).read_text()), Path(running).parent)
        return
    with started(tmp_path_factory.mktemp("demo"), DEMO="1") as stack:
        yield stack


def _lines(stack: LocalStack) -> dict[str, dict[str, Any]]:
    return {line["kind"]: line for line in stack.get(ATTENTION)["lines"]}


def _length(stack: LocalStack, href: str) -> int:
    found, cursor = 0, None
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = stack.get(f"{href}&per_page=500{more}")
        found, cursor = found + len(page["data"]), page["next_cursor"]
        if cursor is None:
            return found


def _line(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-kind={kind}]")


def test_every_count_of_the_demo_is_that_of_its_list(demo: LocalStack) -> None:
    lines = _lines(demo)
    assert {"expired", "expiring_soon", "channels_down", "dead_letters"} <= set(lines)
    for line in lines.values():
        counted = [line] if line["href"] else line["worst"]
        lengths = [(_length(demo, each["href"]), each["count"]) for each in counted if each["href"]]
        assert all(length == count for length, count in lengths), (line["kind"], lengths)


def test_each_line_leads_to_a_page_with_as_many_rows(chromium: Browser, demo: LocalStack) -> None:
    kinds = [kind for kind, line in _lines(demo).items() if line["href"]]
    with signed_in(chromium, demo) as tab:
        for kind in kinds:
            visit(tab.page, "/")
            link = _line(tab.page, kind).get_by_role("link").first
            count = int(re.sub(r"\D", "", link.inner_text().split()[0]))
            link.click()
            foot = tab.page.get_by_text(re.compile(rf"^{count:,} [a-z]+( |$)")).first
            expect(foot).to_be_visible(timeout=20_000)


def test_a_renewal_that_awaits_its_request_is_cured_by_it(chromium: Browser, demo: LocalStack) -> None:
    before = _lines(demo)["awaiting_csr"]
    stuck = next(item for item in before["worst"] if item["state"] == "Renewal")
    certificate = demo.get(f"/api/v1/certificates/{stuck['certificate_id']}")
    with signed_in(chromium, demo) as tab:
        page = tab.page
        expect(_line(page, "awaiting_csr")).to_contain_text(f"{before['count']} jobs await a CSR")
        _line(page, "awaiting_csr").get_by_role("link", name=stuck["name"]).click()
        page.get_by_role("button", name="Send a request").click()
        dialog = page.get_by_role("dialog")
        request = csr_pem(certificate["common_name"], certificate["sans"])
        dialog.get_by_role("textbox").first.fill(request)
        dialog.get_by_role("button", name=re.compile("^(Send|Submit)")).click()
        wait_for(lambda: _awaiting(demo) < before["count"], "the cure", 40)
        visit(page, "/")
        left = before["count"] - 1
        words = f"{left} jobs await a CSR" if left > 1 else "1 job awaits a CSR"
        expect(_line(page, "awaiting_csr")).to_contain_text(words)


def _awaiting(demo: LocalStack) -> int:
    return int(_lines(demo).get("awaiting_csr", {"count": 0})["count"])
