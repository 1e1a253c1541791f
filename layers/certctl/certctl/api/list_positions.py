"""Converts positions of `store.paging` to cursors: `page_view(views, position_view(page.next), per_page)`."""

from certctl.api.pagination import decode_cursor
from certctl.store.paging import Position


def position_of(cursor: str | None) -> Position | None:
    """Raises InvalidInput."""
    decoded = decode_cursor(cursor, "at")
    return None if decoded is None else Position.of_text(decoded["at"])


def position_view(position: Position | None) -> dict[str, str] | None:
    return None if position is None else {"at": str(position)}
