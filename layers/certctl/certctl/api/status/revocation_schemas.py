"""Where a revocation is public, on the wire."""

from typing import TypedDict

from certctl.api.records import view_of
from certctl.domain.issuing.external_cas import RevocationState, is_external
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.status.publications import PublicationState, RevocationPublication
from certctl.domain.times import to_wire, to_wire_or_none


class ReceiptView(TypedDict):
    """What a relying party of the stack saw: when it first saw the revocation in a CRL, and by OCSP, how many
    seconds after it, the last look that is known not to have seen it, and the SHA-256 of the body. A CRL that
    was replaced between two looks may list the revocation too, before that of `crl_number`. `is_complete`
    once it was seen by every way that is watched. OCSP is not asked about those that are `ocsp_sampled_out`.
    `expired_unseen_at`: the certificate expired before all was seen, and nobody looks any more."""

    is_complete: bool
    crl_number: int | None
    crl_seen_at: str | None
    crl_seconds: float | None
    crl_unseen_at: str | None
    crl_sha256: str | None
    ocsp_seen_at: str | None
    ocsp_seconds: float | None
    ocsp_unseen_at: str | None
    ocsp_sha256: str | None
    ocsp_sampled_out: bool
    expired_unseen_at: str | None


class RevocationPublicationView(TypedDict):
    """The revocation, or hold, of the certificate's current version. `published`: the CRL `crl_number`, which
    was put at `crl_url` at `published_at`, lists it; an earlier one may too if `is_first` is false. `due`: a
    CRL that lists it is due by `due_by`. `expired`: no later CRL lists it, because the certificate has
    expired. `issuer`: an external issuer publishes it, with the result `issuer_revocation`, settled at
    `issuer_settled_at` for `issuer_reason`, which is another than `reason` if the issuer does not take that.
    `receipt`: None for revocations that are not watched: those of earlier releases, of external issuers and
    of a restore."""

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
    issuer_reason: str | None
    issuer_settled_at: str | None
    ticket: str | None
    receipt: ReceiptView | None


def revocation_publication_view(found: RevocationPublication) -> RevocationPublicationView:
    return view_of(
        RevocationPublicationView,
        found.revocation,
        state=found.state,
        crl_url=found.crl_url,
        crl_number=None if found.crl_number is None else int(found.crl_number),
        published_at=to_wire_or_none(found.published_at),
        is_first=found.is_first,
        due_by=to_wire_or_none(found.due_by),
        receipt=receipt_view(found.revocation.receipt),
    )


class RevocationRecordView(TypedDict):
    """A stored revocation, or hold. `certificate_id` and `certificate_name` are null for a CA, and for a
    certificate that the tables have lost. `ca_id` is `ext.<issuer_id>`, and `crl_shard` null, for an external
    issuer, which publishes it: `issuer_revocation` is its result, settled at `issuer_settled_at` for
    `issuer_reason`. `receipt`: None for revocations that are not watched: those of earlier releases, of
    external issuers and of a restore."""

    serial_number: str
    ca_id: str
    crl_shard: int | None
    issuer_id: str
    certificate_id: str | None
    certificate_name: str | None
    reason: str
    revoked_at: str
    invalidity_date: str | None
    expires_at: str
    issuer_revocation: RevocationState | None
    issuer_reason: str | None
    issuer_settled_at: str | None
    ticket: str | None
    receipt: ReceiptView | None


class RevocationRecordDetailsView(RevocationRecordView):
    """With the CRL that lists it, as in the `revocation` of a certificate."""

    state: PublicationState
    crl_url: str | None
    crl_number: int | None
    published_at: str | None
    is_first: bool
    due_by: str | None


def revocation_record_view(revocation: Revocation, certificate_name: str | None) -> RevocationRecordView:
    return view_of(
        RevocationRecordView,
        revocation,
        certificate_name=certificate_name,
        crl_shard=None if is_external(revocation.ca_id) else int(revocation.crl_shard),
        certificate_id=None if revocation.is_of_unknown else revocation.certificate_id,
        expires_at=to_wire(revocation.not_after),
        receipt=receipt_view(revocation.receipt),
    )


def revocation_record_details_view(
    found: RevocationPublication, certificate_name: str | None
) -> RevocationRecordDetailsView:
    published = revocation_publication_view(found)
    return RevocationRecordDetailsView(
        **revocation_record_view(found.revocation, certificate_name),
        state=published["state"],
        crl_url=published["crl_url"],
        crl_number=published["crl_number"],
        published_at=published["published_at"],
        is_first=published["is_first"],
        due_by=published["due_by"],
    )


def receipt_view(receipt: Receipt) -> ReceiptView | None:
    """The view of a receipt; None if the revocation is not watched."""
    if not receipt.is_watched:
        return None
    return view_of(
        ReceiptView, receipt, crl_number=None if receipt.crl_number is None else int(receipt.crl_number)
    )
