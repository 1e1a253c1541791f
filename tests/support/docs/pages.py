"""The pages of the repository and their blocks: fenced ones, and those indented by four columns."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.template import ROOT

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
_INDENTED = re.compile(r"(?<=\n\n)(?: {4} *\S.*\n(?:\n(?= {4}))*)+")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMENT = re.compile(r"<!-- (.+?) -->\n\Z")
_INLINE = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_ASSIGNMENT = re.compile(r"^[A-Z_]+=\S")
_COMMANDS = ("sh", "console")


@dataclass(frozen=True)
class Block:
    page: str
    """Path below the root."""
    section: str
    """The anchor of the nearest heading above."""
    line: int
    language: str
    """The language of the fence; `indented` without one, empty if the fence names none."""
    text: str
    comment: str
    """The text of an HTML comment directly above: what the block is, for tests."""

    @property
    def place(self) -> str:
        return f"{self.page}#{self.section}"

    @property
    def has_commands(self) -> bool:
        """Commands of a shell, with or without their output."""
        return (
            self.language in _COMMANDS
            or bool(re.search(r"^\$ ", self.text, re.MULTILINE))
            or self._starts_bare
        )

    @property
    def _starts_bare(self) -> bool:
        first = self.text.split(maxsplit=1)[0] if self.text.strip() else ""
        program = Path(first).name in BARE or bool(_ASSIGNMENT.match(first))
        return self.language in ("", "indented", "text") and program


BARE = {"certctl", "make", "pip", "python3", "npm", "git", "curl", "docker", "aws", "export", "sudo"}
"""Programs by which a block without a language is known as commands."""


def pages() -> list[Path]:
    """Every page for readers. Decisions (docs/adr) describe what was, and CHANGELOG.md what changed."""
    found = [
        *ROOT.glob("*.md"),
        ROOT / "client" / "README.md",
        ROOT / "distribution" / "agent" / "README.md",
        *ROOT.glob("examples/**/*.md"),
        *ROOT.glob("docs/**/*.md"),
    ]
    return sorted(p for p in found if p.name != "CHANGELOG.md" and "adr" not in p.parts)


def anchor(heading: str) -> str:
    """The anchor that GitHub makes."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def blocks_of(text: str, page: str) -> Iterator[Block]:
    fences = list(_FENCE.finditer(text))
    outside = _FENCE.sub(lambda fence: re.sub(r"[^\n]", ".", fence[0]), text)
    for fence in fences:
        yield _block(text, page, fence.start(), fence["language"], textwrap.dedent(fence["text"]))
    for found in _INDENTED.finditer(outside):
        if not _in_a_list(outside, found.start()):
            yield _block(text, page, found.start(), "indented", textwrap.dedent(found[0]))


def _in_a_list(text: str, start: int) -> bool:
    """A paragraph of a list entry, not code."""
    before = text[:start].rstrip("\n").rsplit("\n\n", 1)[-1]
    return bool(re.match(r" *([-*]|\d+\.) ", before))


def _block(text: str, page: str, start: int, language: str, body: str) -> Block:
    outside = _FENCE.sub(lambda fence: re.sub(r"[^\n]", ".", fence[0]), text[:start])
    headings = _HEADING.findall(outside)
    comment = _COMMENT.search(text[:start])
    return Block(
        page=page,
        section=anchor(headings[-1]) if headings else "",
        line=text.count("\n", 0, start) + 1,
        language=language,
        text=body,
        comment=comment[1] if comment else "",
    )


def all_blocks() -> list[Block]:
    return [
        block for page in pages() for block in blocks_of(page.read_text("utf-8"), str(page.relative_to(ROOT)))
    ]


def inline_code(text: str) -> list[str]:
    """Code in sentences and tables."""
    return [" ".join(code.split()) for code in _INLINE.findall(_FENCE.sub("", text))]
