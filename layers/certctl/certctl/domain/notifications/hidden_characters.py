"""Characters that hide text or move it: people do not see them, programs and language models read them.

The ranges are those of Unicode's `Default_Ignorable_Code_Point`, with what changes the direction of the text
around it. Joiners (U+200C, U+200D) and the variation selectors of emoji (U+FE0E, U+FE0F) stay: Persian and
emoji need them. Flags of regions (Scotland) consist of tag characters and do not.
"""

import re

CONTROLS = ((0x00, 0x1F), (0x7F, 0x9F))
HIDDEN = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F)),
    *((0x3164, 0x3164), (0xFE00, 0xFE0D), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
_BEYOND_BMP = 0x10000
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def _class_of(ranges: tuple[tuple[int, int], ...]) -> str:
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


_RUN = re.compile(f"[{_class_of(HIDDEN)}]+")
_REFUSED = re.compile(f"[{_class_of(CONTROLS + HIDDEN)}]")


def hidden_character(text: str) -> str | None:
    """The first control character or hidden character, as "U+202E"."""
    found = _REFUSED.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def with_hidden_replaced(text: str) -> str:
    """Each run of hidden characters becomes one visible U+FFFD. Control characters stay: a text has lines."""
    return _RUN.sub(_REPLACEMENT, text)


def basic_ranges() -> str:
    r"""The refused characters of the first plane as a regular expression's class, with `\uXXXX` only: what
    ECMA-262 reads alike with and without its flag `u`."""
    below = ((first, last) for first, last in CONTROLS + HIDDEN if last < _BEYOND_BMP)
    return "".join(rf"\u{first:04x}-\u{last:04x}" for first, last in below)
