"""Ids in filters: one that does not exist is an error, though the list is merely empty for the server."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice

from certctl_client.api.resources import Stack
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.exit_codes import ExitCode

_NAMED = 20
_ABSENT = (404, 405)

type Reference = tuple[str, str | None]
"""The path of a kind, `teams`, and an id of that kind if one is given."""


def or_unknown[R](records: Iterator[R], stack: Stack, ids: Iterable[Reference]) -> Iterator[R]:
    """The records. Only if there are none, each id is looked up with one request. Raises CommandError (not
    found) for an id that does not exist."""
    is_empty = True
    for record in records:
        is_empty = False
        yield record
    if is_empty:
        require_known(stack, ids)


def require_known(stack: Stack, ids: Iterable[Reference]) -> None:
    """Raises CommandError (not found) with the ids that exist. A kind that the key may not read counts as
    known."""
    for path, record_id in ids:
        if record_id is not None:
            _require(stack, path, record_id)


def _require(stack: Stack, path: str, record_id: str) -> None:
    try:
        _reader(stack, path)(record_id)
    except RequestFailed as refused:
        if refused.status not in _ABSENT:
            return
        known = _known(stack, path)
        message = f"There is no {path.removesuffix('s').replace('-', ' ')} {record_id}."
        raise CommandError(message, known, ExitCode.NOT_FOUND) from None


def _reader(stack: Stack, path: str) -> Callable[[str], object]:
    match path:
        case "certificates":
            return stack.certificates.get
        case "channels":
            return stack.channels.get
    return stack.catalog(path).get


def _known(stack: Stack, path: str) -> str:
    """The first few ids that exist; for certificates, of which there are many, a hint."""
    if path == "certificates":
        return "See `certctl certs list --search`."
    ids: list[str] = []
    with suppress(CommandError):
        page = {"per_page": _NAMED + 1}
        found = (
            stack.channels.all({"per_page": _NAMED + 1})
            if path == "channels"
            else stack.catalog(path).all(page)
        )
        ids = [str(record["id"]) for record in islice(found, _NAMED + 1)]
    return (
        f"{path.capitalize()}: {', '.join(ids[:_NAMED])}{', ...' if len(ids) > _NAMED else ''}."
        if ids
        else ""
    )
