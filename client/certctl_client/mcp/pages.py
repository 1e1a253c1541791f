"""One bounded page of a list."""

from collections.abc import Mapping
from dataclasses import dataclass

from certctl_client.api.operation import Operation
from certctl_client.api.paths import filled
from certctl_client.api.responses import not_our_api, records_in, with_fields_of
from certctl_client.api.transport import Api

# A page may be empty while there are more: so many are read before the model has to continue.
_EMPTY_PAGES = 10
_LONGEST_CURSOR = 4096


@dataclass(frozen=True)
class Page[Record]:
    """`next_cursor` is None at the end. `records` may be short, even empty, while there are more.
    `incomplete`: the search does not cover every record yet."""

    records: list[Record]
    next_cursor: str | None
    incomplete: bool = False


def page_of[Record](
    api: Api,
    operation: Operation[Record],
    filters: Mapping[str, object],
    limit: int,
    cursor: str | None,
    *ids: str,
) -> Page[Record]:
    """`ids` fill the operation's path. Raises CommandError."""
    path = filled(operation.path, ids)
    for _ in range(_EMPTY_PAGES):
        body = api.read(path, {**filters, "per_page": limit, "cursor": cursor})
        found = [with_fields_of(operation, record) for record in records_in(body)]
        cursor = checked_cursor(body.get("next_cursor"))
        if found or cursor is None:
            break
    return Page(found, cursor, body.get("incomplete") is True)


def checked_cursor(cursor: object) -> str | None:
    """Checks a cursor: it is part of the result unmarked, because it must be passed back unchanged."""
    if cursor is None:
        return None
    if not isinstance(cursor, str) or len(cursor) > _LONGEST_CURSOR or not _is_opaque(cursor):
        raise not_our_api()
    return cursor


def _is_opaque(cursor: str) -> bool:
    return cursor.isascii() and cursor.isprintable() and not set(cursor) & set(" <>")
