"""Pages of lists: `per_page` of 1 to 500 and an opaque cursor."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NotRequired, TypedDict
from urllib.parse import quote, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.domain.base64url import to_base64url
from certctl.domain.errors import InvalidInput

DEFAULT_PER_PAGE = 50
_LONGEST_LINK = 4096
# Of exports, whose body has no place for it.
_CURSOR_HEADER = "X-Next-Cursor"

PerPage = Annotated[int, Query(ge=1, le=500, description="Records per page at most.")]
Cursor = Annotated[str | None, Query(max_length=2048, description="`next_cursor` of the previous page.")]


class PageView[V](TypedDict):
    """`data` may be short or even empty with a `next_cursor`: continue. `total` only if exact and cheap."""

    data: list[V]
    next_cursor: str | None
    per_page: int
    total: NotRequired[int]


def encode_cursor(position: Mapping[str, str] | None) -> str | None:
    """base64url of JSON: opaque to clients, and without secrets."""
    if position is None:
        return None
    text = json.dumps(position, separators=(",", ":"), sort_keys=True)
    return to_base64url(text.encode())


def decode_cursor(cursor: str | None, *names: str) -> dict[str, str] | None:
    """The position with exactly these names, or None at the start. Raises InvalidInput for anything else."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise bad_cursor() from error
    if not isinstance(position, dict) or set(position) != set(names):
        raise bad_cursor()
    if not all(isinstance(value, str) and value for value in position.values()):
        raise bad_cursor()
    return position


def bad_cursor() -> InvalidInput:
    return InvalidInput.of("query.cursor", "must be the next_cursor of a page of this list")


def link_next(response: Response[Any], path: str, query: Mapping[str, str]) -> None:
    """Adds `Link: <...>; rel="next"` (RFC 8288) to a page that has a successor, with the filters of this one.
    Without the header if it would be so long that the gateway refuses it."""
    body = response.body if isinstance(response.body, Mapping) else {}
    cursor = body.get("next_cursor") or response.headers.get(_CURSOR_HEADER)
    if not cursor:
        return
    link = f'<{quote(path)}?{urlencode({**query, "cursor": cursor})}>; rel="next"'
    if len(link) <= _LONGEST_LINK:
        response.headers["Link"] = link


def page_view[V](
    data: Sequence[V], position: Mapping[str, str] | None, per_page: int, total: int | None = None
) -> PageView[V]:
    view = PageView(data=list(data), next_cursor=encode_cursor(position), per_page=per_page)
    if total is not None:
        view["total"] = total
    return view
