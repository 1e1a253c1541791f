"""Commands of a shell as words, without running them."""

import re
import shlex
from collections.abc import Iterator

from tests.support.docs.pages import Block

_HEREDOC = re.compile(r"<<-?\s*'?(\w+)'?(.*?)\n.*?^\1$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(?<!\S)#(?= ).*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"<([a-z][a-z -]*)>")
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_SEPARATORS = {"|", "||", "&&", "&", ";", "(", ")", "{", "}", "\n"}
_REDIRECTIONS = {">", ">>", "<", "<<<", ">&"}


def typed(block: Block) -> list[str]:
    """What a person types, command by command; outputs left out."""
    if not re.search(r"^\$ ", block.text, re.MULTILINE):
        return [block.text]
    return [command for command, _ in prompted(block.text)]


def prompted(text: str) -> list[tuple[str, str]]:
    """Commands behind `$ `, each with the output below it."""
    return list(_prompted(text.splitlines(keepends=True)))


def _prompted(lines: list[str]) -> Iterator[tuple[str, str]]:
    starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        size = _lines_of_command(lines[start:end])
        yield "".join(lines[start : start + size])[2:].rstrip("\n"), "".join(lines[start + size : end])


def _lines_of_command(lines: list[str]) -> int:
    """Until every quote is closed and the last line does not go on."""
    for size in range(1, len(lines) + 1):
        text = "".join(lines[:size]).rstrip("\n")
        if not text.endswith("\\") and _closed(text):
            return size
    return 1


def _closed(text: str) -> bool:
    try:
        shlex.split(_COMMENT.sub("", text))
    except ValueError:
        return False
    return _HEREDOC.search(text) is not None or "<<" not in text.replace("<<<", "")


def simple_commands(script: str) -> list[list[str]]:
    """Words of every simple command, without assignments before it and without redirections."""
    text = _COMMENT.sub("", _HEREDOC.sub(r"\2", script)).replace("\\\n", " ")
    text = _PLACEHOLDER.sub(r"\1", text)
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split, lexer.commenters = True, ""
    commands: list[list[str]] = [[]]
    words = iter(list(lexer))
    for word in words:
        if word.strip(" \n") == "" or set(word) <= set("();|&\n"):
            commands.append([])
        elif word in _REDIRECTIONS:
            next(words, None)
            if commands[-1] and commands[-1][-1] in ("1", "2"):
                commands[-1].pop()
        elif word in _SEPARATORS:
            commands.append([])
        elif commands[-1] or not _ASSIGNMENT.match(word):
            commands[-1].append(word)
    return [command for command in commands if command]
