"""The overview of a demo fleet: each line of "Needs attention" counts its list, and a cure takes it down."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.demo import demo_stack
from tests.e2e.browser.pages import settle, signed_in, visit
from tests.support.issuing.csr import csr_pem
from tests.support.local.stack import LocalStack, wait_for

ATTENTION = "/api/v1/attention"
_FOOT = re.compile(r"^[\d,]+ [a-z]+")


@pytest.fixture(scope="module")
def demo() -> Iterator[LocalStack]:
    with demo_stack() as stack:
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
    assert {"expired", "expiring_soon", "channels_down", "dead_letters"} <= set(_lines(demo))
    # The fleet lives on while it is counted.
    wait_for(lambda: _wrong(demo) == set(), "counts that agree with their lists", 120)


def _wrong(stack: LocalStack) -> set[str]:
    """Kinds of lines that count other than their lists have."""
    return {kind for kind, line in _lines(stack).items() if not _agrees(stack, line)}


def _agrees(stack: LocalStack, line: dict[str, Any]) -> bool:
    counted = [line] if line["href"] else line["worst"]
    # Without a filter it is a single record, such as a team.
    lists = [each for each in counted if "?" in (each["href"] or "")]
    return all(_length(stack, each["href"]) == each["count"] for each in lists)


def test_each_line_leads_to_a_page_with_as_many_rows(chromium: Browser, demo: LocalStack) -> None:
    kinds = [kind for kind, line in _lines(demo).items() if line["href"]]
    with signed_in(chromium, demo) as tab:
        for kind in kinds:
            wait_for(partial(_leads_to_its_rows, tab.page, kind), f"as many rows as {kind} counts", 120)


def _leads_to_its_rows(page: Page, kind: str) -> bool:
    """False where the fleet changed between the count and the list."""
    visit(page, "/")
    link = _line(page, kind).get_by_role("link").first
    if link.count() == 0:
        return True
    count = int(re.sub(r"\D", "", link.inner_text().split()[0]))
    link.click()
    page.wait_for_url(lambda url: not url.endswith("/"))
    foot = page.get_by_role("status").filter(has_text=_FOOT).last
    expect(foot).to_be_visible()
    settle(page)
    return foot.inner_text().startswith(f"{count:,} ")


def test_a_certificate_that_is_about_to_expire_is_renewed_and_leaves_its_line(
    chromium: Browser, demo: LocalStack
) -> None:
    before = _lines(demo)["expiring_soon"]
    worst = before["worst"][0]
    certificate = demo.get(f"/api/v1/certificates/{worst['certificate_id']}")
    with signed_in(chromium, demo) as tab:
        page = tab.page
        line = _line(page, "expiring_soon")
        expect(line).to_contain_text(
            re.compile(rf"{before['count']}\s*certificates? expires? within 72 hours")
        )
        line.get_by_role("link", name=worst["name"]).click()
        page.get_by_role("button", name="Renew now").click()
        dialog = page.get_by_role("dialog", name=f"Renew {worst['name']}")
        dialog.get_by_role("textbox").first.fill(csr_pem(certificate["common_name"], certificate["sans"]))
        dialog.get_by_role("button", name="Renew", exact=True).click()
        wait_for(lambda: _count(demo, "expiring_soon") < before["count"], "the renewal", 60)
        visit(page, "/")
        expect(page.get_by_role("heading", name="Needs attention")).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link", name=worst["name"], exact=True)).to_have_count(0)


def _count(demo: LocalStack, kind: str) -> int:
    return int(_lines(demo).get(kind, {"count": 0})["count"])
