"""axe-core, the dashboard's own copy, on a page as it stands: WCAG 2.2 A and AA, and axe's best practice."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.support.template import ROOT

_SOURCE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """runOnly => axe.run(document, { resultTypes: ["violations"], runOnly })"""
_ALL = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# The rules that look at colours: another colour scheme changes nothing else.
_COLOURS = ("color-contrast", "link-in-text-block")
_GRAVE = frozenset({"serious", "critical"})


@cache
def _source() -> str:
    return _SOURCE.read_text()


def findings(page: Page) -> list[dict[str, Any]]:
    """Rules that the page breaks, of every impact."""
    return _violations(page, list(_ALL))


def _violations(page: Page, run_only: Any) -> list[dict[str, Any]]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_source())
    result = page.evaluate(_RUN, run_only)
    found: list[dict[str, Any]] = result["violations"]
    return found


def grave_findings(page: Page) -> list[str]:
    """What axe calls serious or critical: the rule and the first elements that break it."""
    return [_words(found) for found in findings(page) if found["impact"] in _GRAVE]


def faults(page: Page) -> list[str]:
    """The faults of every impact: the rule and the first elements that break it."""
    return [_words(found) for found in findings(page)]


def faults_of_colours(page: Page) -> list[str]:
    """Faults that come with a colour scheme: what is said of them as in `faults`."""
    return [_words(found) for found in _violations(page, {"type": "rule", "values": list(_COLOURS)})]


def _words(found: dict[str, Any]) -> str:
    where = "; ".join(str(node["target"][0]) for node in found["nodes"][:3])
    return f"{found['id']} ({found['impact']}): {where}"
