"""The JSON CRL on the wire."""

from typing import TYPE_CHECKING, TypedDict

from certctl.api.list_positions import position_view
from certctl.api.pagination import encode_cursor
from certctl.api.records import view_of
from certctl.api.status.revocation_schemas import ReceiptView, receipt_view
from certctl.domain.authorities.states import AuthorityState

if TYPE_CHECKING:
    from certctl.services.status.lists import PublishedList, RevocationList, RevokedSerial


class RevokedSerialView(TypedDict):
    """`ca_id` is the CA that issued and lists it. `certificate_id` is null if it is outside the caller's
    reach. `receipt` is null for revocations that are not watched: those of earlier releases and of a
    restore."""

    ca_id: str
    serial_number: str
    reason: str
    revoked_at: str
    certificate_id: str | None
    invalidity_date: str | None
    receipt: ReceiptView | None


class PublishedListView(TypedDict):
    """The published `all.crl` of a CA: 0 and null before the first. A `retiring` CA may have unexpired
    leaves, and lists those that are revoked."""

    ca_id: str
    state: AuthorityState
    crl_number: int
    this_update: str | None
    next_update: str | None


class RevocationListView(TypedDict):
    """`data` covers all CAs in `authorities`, and may be newer than their published CRLs. What fits one
    page is one page: `next_cursor` is then null. The `ca_id`, number and times beside it are those of the
    first CA, which is the active one if there is one."""

    issuer_id: str
    ca_id: str
    crl_number: int
    this_update: str | None
    next_update: str | None
    authorities: list[PublishedListView]
    data: list[RevokedSerialView]
    next_cursor: str | None
    per_page: int


def revocation_list_view(page: "RevocationList", per_page: int) -> RevocationListView:
    lists = [_published(each) for each in page.lists]
    first = lists[0]
    return RevocationListView(
        issuer_id=page.issuer_id,
        ca_id=first["ca_id"],
        crl_number=first["crl_number"],
        this_update=first["this_update"],
        next_update=first["next_update"],
        authorities=lists,
        data=[_entry(entry) for entry in page.entries],
        next_cursor=encode_cursor(position_view(page.next)),
        per_page=per_page,
    )


def _published(listed: "PublishedList") -> PublishedListView:
    return view_of(PublishedListView, listed, ca_id=listed.authority.ca_id, state=listed.authority.state)


def _entry(entry: "RevokedSerial") -> RevokedSerialView:
    return view_of(RevokedSerialView, entry, receipt=receipt_view(entry.receipt))
