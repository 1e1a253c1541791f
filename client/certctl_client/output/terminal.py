"""The screen that a result is written to, if it is one."""

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO
from unicodedata import combining, east_asian_width

CLEARED = "\x1b[2J\x1b[H"
_COLOURS = {"green": "32", "yellow": "33", "red": "31", "bold": "1"}
_RESET = "\x1b[0m"
_NARROWEST = 40


@dataclass(frozen=True)
class Screen:
    """`width` in columns; None if lines may have any length: a file, a pipe, `-o wide`."""

    width: int | None
    has_colours: bool

    def styled(self, text: str, style: str) -> str:
        colour = _COLOURS.get(style) if self.has_colours else None
        return f"\x1b[{colour}m{text}{_RESET}" if colour and text else text


def is_terminal(stream: TextIO) -> bool:
    """Whether the stream is a terminal; FORCE_COLOR makes a pipe one, as for other commands."""
    return os.environ.get("FORCE_COLOR", "") not in ("", "0") or stream.isatty()


def screen() -> Screen:
    """The screen of standard output."""
    if not is_terminal(sys.stdout):
        return Screen(None, False)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(max(shutil.get_terminal_size().columns, _NARROWEST), not plain)


def width_of(text: str) -> int:
    """Columns that a text takes: CJK characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """Cuts a text to `width` columns, with an ellipsis in place of the rest."""
    if width_of(text) <= width:
        return text
    kept, used = [], 1
    for character in text:
        used += width_of(character)
        if used > width:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))
