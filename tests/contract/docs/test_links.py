"""Links of the pages lead to files and headings that exist; docs/README.md names every page."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.docs.pages import anchor, pages
from tests.support.template import ROOT

_FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:href|src|srcset)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(text: str) -> Iterator[str]:
    for found in _LINK.finditer(_FENCE.sub("", text)):
        target = found[1] or found[2]
        if not re.match(r"[a-z]+:", target):
            yield target


def headings(text: str) -> set[str]:
    """The anchors that GitHub makes: a second heading of the same text gets a number."""
    found: dict[str, int] = {}
    anchors = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        name = anchor(heading)
        anchors.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return anchors


def dead(text: str, folder: Path, page: Path | None = None) -> list[str]:
    found = []
    for target in links(text):
        path, _, fragment = target.partition("#")
        file = folder / path if path else page
        if file is None or not file.exists() or not _has(file, fragment):
            found.append(target)
    return found


def _has(file: Path, fragment: str) -> bool:
    """Fragments of other files than pages are lines."""
    return not fragment or file.suffix != ".md" or fragment in headings(file.read_text("utf-8"))


def test_no_link_is_dead() -> None:
    found = {
        str(page.relative_to(ROOT)): dead(page.read_text("utf-8"), page.parent, page)
        for page in [*pages(), *(ROOT / "docs" / "adr").glob("*.md")]
    }
    assert {page: targets for page, targets in found.items() if targets} == {}


def test_a_dead_link_and_a_dead_heading_are_found() -> None:
    text = "[a](limits.md) [b](nothing.md) [c](limits.md#nothing) ![d](none.png) [e](https://a.example)"
    assert dead(text, ROOT / "docs") == ["nothing.md", "limits.md#nothing", "none.png"]


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / link.partition("#")[0]).resolve() for link in links(index.read_text("utf-8"))}
    pages_of_docs = {page for page in (ROOT / "docs").glob("*.md") if page != index}
    assert {page.name for page in pages_of_docs - named} == set()


def test_readme_is_short_and_its_prose_fits_110_columns() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    prose = [line for line in _FENCE.sub("", text).splitlines() if not line.startswith("|")]
    assert len(text.encode()) < 6_000
    assert [line for line in prose if len(line) > 110] == []
