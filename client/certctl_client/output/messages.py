"""Messages for people, on standard error: standard output holds results only."""

import sys

from certctl_client.plain_text import printable


def say(message: str) -> None:
    sys.stderr.write(f"{printable(message, 10_000)}\n")
