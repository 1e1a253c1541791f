"""The JSON CRL on the wire."""

from typing import TypedDict

from certctl.api.list_positions import position_view
from certctl.api.pagination import encode_cursor
from certctl.domain.timestamps import to_wire, to_wire_or_none
from certctl.services.revocation_lists import RevocationList, RevokedSerial


class RevokedSerialView(TypedDict):
    """`certificate_id` is null where the caller does not reach the certificate."""

    serial_number: str
    reason: str
    revoked_at: str
    certificate_id: str | None
    invalidity_date: str | None


class RevocationListView(TypedDict):
    """Number and times are those of the published `all.crl`, 0 and null before the first; `data` may be
    newer, and short with a `next_cursor`."""

    issuer_id: str
    ca_id: str
    crl_number: int
    this_update: str | None
    next_update: str | None
    data: list[RevokedSerialView]
    next_cursor: str | None
    per_page: int


def revocation_list_view(page: RevocationList, per_page: int) -> RevocationListView:
    return RevocationListView(
        issuer_id=page.issuer_id,
        ca_id=page.ca_id,
        crl_number=page.crl_number,
        this_update=to_wire_or_none(page.this_update),
        next_update=to_wire_or_none(page.next_update),
        data=[_entry(entry) for entry in page.entries],
        next_cursor=encode_cursor(position_view(page.next)),
        per_page=per_page,
    )


def _entry(entry: RevokedSerial) -> RevokedSerialView:
    return RevokedSerialView(
        serial_number=entry.serial_number,
        reason=entry.reason,
        revoked_at=to_wire(entry.revoked_at),
        certificate_id=entry.certificate_id,
        invalidity_date=to_wire_or_none(entry.invalidity_date),
    )
