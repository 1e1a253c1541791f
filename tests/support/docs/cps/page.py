"""docs/cps.md by its sections: text, tables, blanks of the organisation."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from tests.support.template import ROOT

PAGE = "docs/cps.md"
_HEADING = re.compile(r"^#{2,4} (?P<number>\d+(?:\.\d+)*)\.? (?P<title>.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\([^)]*\)")
_BLANK = re.compile(r"`\[organisation: [^\]]+\]`")
_ROW = re.compile(r"^\| (.+) \|$", re.MULTILINE)


@cache
def sections() -> Mapping[str, str]:
    """The text of each section by its number, without the sections below it."""
    found = list(_HEADING.finditer(_page()))
    ends = [*(each.start() for each in found[1:]), len(_page())]
    texts = {each["number"]: _page()[each.end() : end] for each, end in zip(found, ends, strict=True)}
    assert len(texts) == len(found), "a section is there twice"
    return MappingProxyType(texts)


def sentences(number: str) -> str:
    """The section in one line: without targets of links and blanks."""
    return " ".join(_BLANK.sub("", _LINK.sub("]", sections()[number])).split())


def table(number: str, place: int = 0) -> list[Sequence[str]]:
    """The rows of a table of the section, without its head."""
    tables = [block for block in sections()[number].split("\n\n") if block.lstrip().startswith("| ")]
    rows = [re.split(r" *\| *", found[1].strip()) for found in _ROW.finditer(tables[place])]
    return [row for row in rows[1:] if not set(row[0]) <= {"-"}]


@cache
def _page() -> str:
    return (ROOT / PAGE).read_text(encoding="utf-8")
