"""Restrictions on texts for people."""

import re

# No control characters, no line separators, nothing that changes the direction of the following text, nothing
# invisible. Joiners (U+200C, U+200D) stay: Persian and emoji need them.
PLAIN = (
    r"[^\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_IS_PLAIN = re.compile(PLAIN)


def hidden_character(text: str) -> str | None:
    """The first character that `PLAIN` refuses, as "U+202E"."""
    return next((f"U+{ord(c):04X}" for c in text if _IS_PLAIN.fullmatch(c) is None), None)
