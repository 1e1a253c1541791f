"""The prose check of `make check`: finds the words of docs/style/words.toml.

It reads docstrings, comments and messages of Python, Markdown pages without their code, the dashboard's
sources, and the templates. Words with `shown = true` are looked for in texts that the dashboard shows,
those with `opening = true` at the beginning of docstrings, and nowhere else.
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "docs" / "style" / "words.toml"
_UNREAD = ("docs/style/", "CHANGELOG.md", "tests/unit/local/test_prose.py")
# Generated from sources that are read themselves.
_GENERATED = ("client/certctl_client/api/schema.py",)
_FENCE = re.compile(r"^([ \t]*)(```|~~~).*?^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
_NOT_BLANK = re.compile(r"[^\s]")
_TS_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n\"]*$", re.MULTILINE | re.DOTALL)
# A string or template literal, or the text between two tags or braces of JSX.
_SHOWN = re.compile(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[>}][^<>{}=;"`]+(?=[<{])')


class Passage(NamedTuple):
    """A piece of prose. Line breaks are kept, so that a word's own line can be named."""

    line: int
    text: str


@dataclass(frozen=True)
class Word:
    pattern: re.Pattern[str]
    say: str
    example: str
    """A sentence that the pattern must find."""
    kept: frozenset[str]
    """Files in which the word is right, for a reason that the list gives."""
    shown: bool = False
    """Looked for in the texts that the dashboard shows, and nowhere else."""
    opening: bool = False
    """Looked for as the first word of docstrings, and nowhere else."""


@dataclass(frozen=True)
class Finding:
    file: str
    line: int
    found: str
    say: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: “{self.found}”: {self.say}"


def read_words(path: Path = WORDS) -> list[Word]:
    return [_word(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["word"]]


def findings(words: list[Word], file: str, source: str) -> Iterator[Finding]:
    unkept = [word for word in words if file not in word.kept]
    everywhere = [word for word in unkept if not word.shown and not word.opening]
    in_texts = [word for word in unkept if word.shown and _is_shown(file)]
    at_openings = [word for word in unkept if word.opening and file.endswith(".py")]
    yield from _found(everywhere, file, passages(file, source))
    yield from _found(in_texts, file, shown_texts(source) if in_texts else ())
    yield from _found(at_openings, file, openings(source) if at_openings else ())


def _found(words: list[Word], file: str, read: Iterable[Passage]) -> Iterator[Finding]:
    for passage in read:
        for word in words:
            for match in word.pattern.finditer(passage.text):
                line = passage.line + passage.text.count("\n", 0, match.start())
                yield Finding(file, line, " ".join(match[0].split()), word.say)


def passages(file: str, source: str) -> Iterator[Passage]:
    suffix = Path(file).suffix
    if suffix == ".py":
        return _python(source, with_messages=not file.startswith("tests/"))
    if suffix == ".md":
        return iter([Passage(1, _without_code(source))])
    return iter([Passage(number, line) for number, line in enumerate(source.splitlines(), 1)])


def shown_texts(source: str) -> Iterator[Passage]:
    """Texts of a module of the dashboard: literals with a blank or a capital letter, and text in JSX."""
    source = _TS_COMMENT.sub(lambda match: _NOT_BLANK.sub(" ", match[0]), source)
    for match in _SHOWN.finditer(source):
        text = match[0][1:]
        if re.search(r"\s|^[A-Z]", text):
            yield Passage(source.count("\n", 0, match.start()) + 1, text)


def openings(source: str) -> Iterator[Passage]:
    """The first word of each docstring."""
    for node, text in _documentation(ast.parse(source)):
        yield from (Passage(node.lineno, word) for word in text.split(maxsplit=1)[:1])


def _is_shown(file: str) -> bool:
    return (
        file.startswith("dashboard/src/")
        and ".test." not in file
        and not file.startswith("dashboard/src/test/")
    )


def files() -> list[str]:
    """What git knows, or would know after `git add`."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split("\0")
    return sorted(file for file in set(listed) if _is_prose(file) and (ROOT / file).is_file())


def _is_prose(file: str) -> bool:
    if file.startswith(_UNREAD) or file in _GENERATED:
        return False
    if file.startswith("dashboard/src/"):
        return file.endswith((".ts", ".tsx")) and not file.endswith(".d.ts")
    if file == "template.yaml" or file.startswith("stacks/"):
        return file.endswith(".yaml")
    return file.endswith((".py", ".md")) and not file.startswith("dashboard/")


def _word(entry: dict[str, str | bool | list[str]]) -> Word:
    flexible = str(entry["pattern"]).replace(" ", r"[\s#]+")
    pattern = re.compile(flexible, re.IGNORECASE)
    kept = entry.get("kept_in", [])
    return Word(
        pattern,
        str(entry["say"]),
        str(entry["example"]),
        frozenset(kept if isinstance(kept, list) else []),
        shown=entry.get("shown") is True,
        opening=entry.get("opening") is True,
    )


def _python(source: str, *, with_messages: bool) -> Iterator[Passage]:
    tree = ast.parse(source)
    documented = dict(_documentation(tree))
    for node, text in documented.items():
        yield Passage(node.lineno, text)
    yield from _comments(source)
    if with_messages:
        yield from _messages(tree, set(documented))


def _documentation(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """Docstrings, and the strings below constants and fields."""
    for node in ast.walk(tree):
        for statement in getattr(node, "body", []) if not isinstance(node, ast.expr) else []:
            value = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value, value.value


def _comments(source: str) -> Iterator[Passage]:
    """Consecutive comment lines are one passage."""
    start, last, lines = 0, -1, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if lines and line != last + 1:
            yield Passage(start, "\n".join(lines))
            lines = []
        if not lines:
            start = line
        lines.append(token.string)
        last = line
    if lines:
        yield Passage(start, "\n".join(lines))


def _messages(tree: ast.Module, documented: set[ast.Constant]) -> Iterator[Passage]:
    f_strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside_f_strings = {part for node in f_strings for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(_literal(part) for part in node.values)
        elif isinstance(node, ast.Constant) and node not in documented | inside_f_strings:
            text = node.value if isinstance(node.value, str) else ""
        else:
            continue
        if len(text.split()) > 2:
            yield Passage(node.lineno, text)


def _literal(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{}"


def _without_code(page: str) -> str:
    for pattern in (_FENCE, _INLINE_CODE, _LINK_TARGET):
        page = pattern.sub(lambda match: _NOT_BLANK.sub("·", match[0]), page)
    return page


def report(words: list[Word], files: list[str]) -> int:
    """Prints each finding and returns the exit code."""
    found = [
        finding
        for file in files
        for finding in findings(words, file, (ROOT / file).read_text(encoding="utf-8"))
    ]
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(report(read_words(), files()))
