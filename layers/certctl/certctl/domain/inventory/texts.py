"""Text from certificates and hosts, which anybody may have written, in a form that is safe to show."""


def harmless(text: str, most: int) -> str:
    """The text without control, format and other invisible characters: each is written as `\\u{202e}`. A text
    of more than `most` characters is cut, and ends with an ellipsis."""
    visible = "".join(_visible(letter) for letter in text[: most + 1])
    return visible if len(text) <= most and len(visible) <= most else f"{visible[: most - 1]}…"


def _visible(letter: str) -> str:
    return letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}"
