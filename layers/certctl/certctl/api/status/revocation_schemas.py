"""Where a revocation is public, on the wire."""

from typing import TypedDict

from certctl.domain.issuing.external import RevocationState
from certctl.domain.status.publications import PublicationState, RevocationPublication
from certctl.domain.times import to_wire, to_wire_or_none


class RevocationPublicationView(TypedDict):
    """The revocation, or hold, of the certificate's current version. `published`: the CRL `crl_number`, which
    was put at `crl_url` at `published_at`, lists it; an earlier one may too if `is_first` is false. `due`: a
    CRL that lists it is due by `due_by`. `expired`: no later CRL lists it, because the certificate has
    expired. `issuer`: an external issuer publishes it, with the result `issuer_revocation`."""

    serial_number: str
    ca_id: str
    reason: str
    revoked_at: str
    invalidity_date: str | None
    state: PublicationState
    crl_url: str | None
    crl_number: int | None
    published_at: str | None
    is_first: bool
    due_by: str | None
    issuer_revocation: RevocationState | None


def revocation_publication_view(found: RevocationPublication) -> RevocationPublicationView:
    revocation = found.revocation
    return RevocationPublicationView(
        serial_number=revocation.serial_number,
        ca_id=revocation.ca_id,
        reason=revocation.reason,
        revoked_at=to_wire(revocation.revoked_at),
        invalidity_date=to_wire_or_none(revocation.invalidity_date),
        state=found.state,
        crl_url=found.crl_url,
        crl_number=None if found.crl_number is None else int(found.crl_number),
        published_at=to_wire_or_none(found.published_at),
        is_first=found.is_first,
        due_by=to_wire_or_none(found.due_by),
        issuer_revocation=revocation.issuer_revocation,
    )
