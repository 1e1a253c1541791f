"""Text for a terminal: text from elsewhere (a server, a bundle) made safe to print; counts, articles."""


def printable(text: str, limit: int = 500) -> str:
    """Escapes control and other unprintable characters; returns at most `limit` characters.

    Names and error texts come from strangers; escape sequences in them would drive the terminal.
    """
    shown = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def one_line(text: str, limit: int = 500) -> str:
    """Like `printable`, with line ends escaped too: in a table they would look like rows."""
    return printable(text, limit).replace("\n", "\\n")


def reduced(text: str, limit: int = 80) -> str:
    """Text that no shell reads as more than text: letters, digits and ` ._@*=,-`; others become `?`."""
    return "".join(c if c.isalnum() or c in " ._@*=,-" else "?" for c in text[:limit])


def counted(number: int, one: str, many: str = "") -> str:
    """`1 certificate`, `2 certificates`; `many` is the plural if it is not `one` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def with_article(one: str) -> str:
    """`a team`, `an owner`, `a user`."""
    has_vowel = one[0] in "aeiou" and not one.startswith("use")
    return f"{'an' if has_vowel else 'a'} {one}"
