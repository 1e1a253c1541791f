"""What leaves no audit row stands in the one place where people look: docs/audit.md."""

from certctl.api.resolver import HEALTH_PROBES, POLLS
from tests.support.template import ROOT

_PAGE = (ROOT / "docs" / "audit.md").read_text()
_LIST = _PAGE.partition("**Not recorded:**")[2].partition("\n\n-")[2].partition("\n\n")[0]


def test_the_paths_that_leave_no_row_are_those_that_the_page_names() -> None:
    named = {path for path in _LIST.split("`") if path.startswith("/")}
    assert named == HEALTH_PROBES | POLLS
