"""Audit events and their seals on the wire, byte for byte as hashed and signed."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, cast

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from certctl.api.pagination import bad_cursor, decode_cursor
from certctl.api.records import view_of
from certctl.domain.audit.pages import EventKind, Position

if TYPE_CHECKING:
    from certctl.services.audit.exports import SealState
    from certctl.services.audit.told import ToldEvent

EXPORTED_PER_PAGE = 200
_JSON_LINES = "application/jsonl"

Seq = Annotated[int, Path(ge=1, le=9_999_999_999, description="The number of a seal, from 1.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="`X-Next-Offset` of the previous response.")]


class AuditEventView(TypedDict):
    """The stored event, with what it means. `credential_name` is a key's. Names are those of today, null for
    a record that is gone and has no name in the event; of an actor that is gone `actor_name` has the id.
    `sentence` is in English."""

    id: str
    actor: str
    actor_type: str
    action: str
    resource_type: str
    resource_id: str
    team_id: str | None
    details: dict[str, Any]
    timestamp: str
    kind: EventKind
    sentence: str
    actor_name: str
    credential_name: str | None
    resource_name: str | None


def audit_event_view(told: "ToldEvent") -> AuditEventView:
    return cast(AuditEventView, {**told.record, **told.meaning})  # stored records have this form


def position_of(cursor: str | None) -> Position | None:
    """Raises InvalidInput."""
    position = decode_cursor(cursor, "day", "before")
    if position is None:
        return None
    try:
        return Position(date.fromisoformat(position["day"]), position["before"])
    except ValueError as error:
        raise bad_cursor() from error


def position_view(position: Position | None) -> dict[str, str] | None:
    return None if position is None else {"day": position.day.isoformat(), "before": position.before}


class SealHeadView(TypedDict):
    """Signed in its RFC 8785 form. See docs/audit.md."""

    version: int
    stack: str
    seq: int
    sealed_at: str
    cutoff: str
    count: int
    total: int
    root: str
    manifest_sha256: str
    previous: str
    key_sha256: str
    late: list[str]
    retention_days: dict[str, int]


class SignedHeadView(TypedDict):
    head: SealHeadView
    signature: str


class SealStateView(TypedDict):
    """`lag_seconds`: the age of the cutoff up to which everything is sealed."""

    seq: int
    cutoff: str
    sealed_at: str
    lag_seconds: int
    total: int


def signed_head_view(record: Mapping[str, Any]) -> SignedHeadView:
    return cast(SignedHeadView, record)  # signed heads have this form


def seal_state_view(state: "SealState") -> SealStateView:
    return view_of(SealStateView, state.head, lag_seconds=state.lag_seconds)


def place_of(cursor: str | None) -> str | None:
    """Raises InvalidInput."""
    position = decode_cursor(cursor, "below")
    return position["below"] if position else None


def place_view(place: str | None) -> dict[str, str] | None:
    return None if place is None else {"below": place}


def event_lines(lines: str, more: str, rest: str | int | None) -> Response[str]:
    """200 with JSON Lines; the header `more` has the position of the rest."""
    headers = {} if rest is None else {more: str(rest)}
    return Response(status_code=200, content_type=_JSON_LINES, body=lines, headers=headers)
