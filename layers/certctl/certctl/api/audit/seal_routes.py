"""Routes of the audit trail's seals: what an export is verified with, offline."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from certctl.api.audit.schemas import (
    Offset,
    SealStateView,
    Seq,
    SignedHeadView,
    event_lines,
    place_of,
    place_view,
    seal_state_view,
    signed_head_view,
)
from certctl.api.pagination import DEFAULT_PER_PAGE, Cursor, PageView, PerPage, page_view
from certctl.api.resolver import Api, text
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    from certctl.services.audit.exports import AuditExports

_AUDIT = "/api/v1/audit"
_SEAL = f"{_AUDIT}/seals/<seq>"
_TAGS = ["audit"]


def add_seal_routes(api: Api, exports: "Callable[[], AuditExports]") -> None:
    """Seals are of the whole stack: only callers who may export the trail read them."""

    @api.get(
        f"{_AUDIT}/seals",
        Permission.AUDIT_EXPORT,
        summary="List the signed heads of the seals, newest first",
        tags=_TAGS,
    )
    def list_audit_seals(
        per_page: PerPage = DEFAULT_PER_PAGE, cursor: Cursor = None
    ) -> PageView[SignedHeadView]:
        heads, place = exports().heads(place_of(cursor), per_page)
        return page_view([signed_head_view(head) for head in heads], place_view(place), per_page)

    @api.get(_SEAL, Permission.AUDIT_EXPORT, summary="Read a seal as it is stored", tags=_TAGS)
    def get_audit_seal(seq: Seq) -> Response[str]:
        return text(exports().stored_seal(seq), "application/json")

    @api.get(
        f"{_SEAL}/events",
        Permission.AUDIT_EXPORT,
        summary="Read the stored events of a seal, in its order",
        description="JSON Lines. `X-Next-Offset` is set if there are more. Events whose retention is over are"
        " left out.",
        tags=_TAGS,
    )
    def list_sealed_events(seq: Seq, offset: Offset = 0) -> Response[str]:
        sealed = exports().events_of(seq, offset)
        return event_lines(sealed.lines, "X-Next-Offset", sealed.next_offset)

    @api.get(f"{_AUDIT}/key", Permission.AUDIT_EXPORT, summary="Read the key of the seals as PEM", tags=_TAGS)
    def get_audit_seal_key() -> Response[str]:
        return text(exports().key(), "application/x-pem-file")

    @api.get(
        f"{_AUDIT}/verify",
        Permission.AUDIT_EXPORT,
        summary="The newest seal and how far behind it is",
        description="The reference for verifying an export: `certctl audit verify` does the rest, offline.",
        tags=_TAGS,
    )
    def get_audit_seal_state() -> SealStateView:
        return seal_state_view(exports().newest())
