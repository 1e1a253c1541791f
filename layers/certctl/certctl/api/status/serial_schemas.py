"""Public information about the CRLs of an issuer and about a serial, on the wire."""

from typing import TYPE_CHECKING, TypedDict

from certctl.api.records import view_of
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.status.answers import CertificateStatus
from certctl.domain.times import to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.status.serials import AuthorityLists, SerialStatus


class AuthorityListsView(TypedDict):
    """`crl_urls` together have all revocations of the CA. `chain_pem` has the CAs above it, up to the root:
    the CRL of each is named in the certificate below."""

    ca_id: str
    state: AuthorityState
    certificate_url: str
    crl_urls: list[str]
    certificate_pem: str
    chain_pem: str


class IssuerListsView(TypedDict):
    """The CAs that may have unexpired leaves, the active one first."""

    issuer_id: str
    authorities: list[AuthorityListsView]


class SerialStatusView(TypedDict):
    """Not signed: the CRL is the proof of a revocation. `ca_id` and `expires_at` are null if the serial is
    `unknown`; a hold is `revoked` with the reason certificateHold."""

    issuer_id: str
    serial_number: str
    status: CertificateStatus
    ca_id: str | None
    expires_at: str | None
    reason: str | None
    revoked_at: str | None


def issuer_lists_view(issuer_id: str, lists: "list[AuthorityLists]") -> IssuerListsView:
    return IssuerListsView(issuer_id=issuer_id, authorities=[_authority(each) for each in lists])


def serial_status_view(found: "SerialStatus") -> SerialStatusView:
    revocation = found.revocation
    return view_of(
        SerialStatusView,
        found,
        ca_id=found.authority.ca_id if found.authority else None,
        expires_at=to_wire_or_none(found.not_after),
        reason=revocation.reason if revocation else None,
        revoked_at=to_wire_or_none(revocation.revoked_at if revocation else None),
    )


def _authority(lists: "AuthorityLists") -> AuthorityListsView:
    return view_of(AuthorityListsView, lists.authority, crl_urls=list(lists.urls))
