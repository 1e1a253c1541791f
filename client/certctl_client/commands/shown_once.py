"""Keys and tokens that the server shows only once."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from certctl_client.errors import CommandError, RequestFailed
from certctl_client.files import write_private
from certctl_client.output import Detail, Format, say, show


def minted[Minted](mint: Callable[[], Minted], advice: str) -> Minted:
    """Mints a secret. `advice` is shown if the response is lost. Raises CommandError."""
    try:
        return mint()
    except CommandError as error:
        if _is_refusal(error):
            raise
        raise CommandError(error.message, advice, error.code) from None


def show_key(
    minted: Mapping[str, Any],
    out: Path | None,
    format_: Format,
    take_back: Callable[[], None],
    field: str = "key",
) -> None:
    """Shows the record with the key in `field`, or without it and writes the key to a new file (0600). A key
    that cannot be written is revoked (`take_back`). Raises CommandError."""
    if out is None:
        show(Detail(minted), format_)
        return say(f"Store the {field} now: it is shown only once.")
    try:
        write_private(out, minted[field].encode() + b"\n")
    except CommandError:
        take_back()
        raise
    say(f"The {field} was written to {out}.")
    show(Detail({name: value for name, value in minted.items() if name != field}), format_)


def _is_refusal(error: CommandError) -> bool:
    """Whether nothing was created. With 409 the key was shown in a response that was lost."""
    return isinstance(error, RequestFailed) and error.status < 500 and error.status != 409
