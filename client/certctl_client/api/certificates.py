"""Certificates as typed methods; as in `resources`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from certctl_client.api import operations
from certctl_client.api.answers import records_in, with_fields_of
from certctl_client.api.job_records import Deployment, StartedDeployments
from certctl_client.api.records import (
    BulkRevocationPreview,
    Certificate,
    CertificateDetails,
    CreatedCertificate,
    Revoked,
    RevokedSerial,
    StartedBulkRevocation,
    StartedJob,
    Status,
    Version,
)
from certctl_client.api.requests import (
    Archiving,
    BulkRevocation,
    CertificateEdit,
    CertificateFilters,
    Deploying,
    NewCertificate,
    PageQuery,
    Renewal,
    Revocation,
    RevocationFilters,
)
from certctl_client.api.transport import Api

_LARGEST_PAGE = 500
_INCOMPLETE = "Older certificates are still being indexed: what is not found may be there."


@dataclass(frozen=True)
class Certificates:
    api: Api

    def all(self, filters: CertificateFilters) -> Iterator[Certificate]:
        """Newest first; a search, in the order of what it finds."""
        return self.api.listed(operations.LIST_CERTIFICATES, query=filters)

    def sought(self, filters: CertificateFilters, remark: Callable[[str], object]) -> Iterator[Certificate]:
        """As `all`, with remarks on what was not found."""
        operation = operations.LIST_CERTIFICATES
        for body in self.api.bodies(operation.path, filters):
            if body.get("incomplete") is True:
                remark(_INCOMPLETE)
            if isinstance(hint := body.get("hint"), str):
                remark(hint)
            yield from (with_fields_of(operation, record) for record in records_in(body))

    def get(self, certificate_id: str) -> CertificateDetails:
        return self.api.call(operations.GET_CERTIFICATE, certificate_id)

    def create(self, wanted: NewCertificate, idempotency_key: str) -> CreatedCertificate:
        """With `csr_pem` it is issued at once, else its job awaits one."""
        return self.api.call(operations.CREATE_CERTIFICATE, body=wanted, idempotency_key=idempotency_key)

    def edit(self, certificate_id: str, wanted: CertificateEdit, version: int | None) -> CertificateDetails:
        """Raises RequestFailed (409) where it is at another version, if one is given."""
        return self.api.call(operations.EDIT_CERTIFICATE, certificate_id, body=wanted, version=version)

    def archive(self, certificate_id: str, wanted: Archiving, version: int) -> None:
        """Raises RequestFailed (409) where nothing is said of valid versions, or it is at another version."""
        self.api.call(operations.ARCHIVE_CERTIFICATE, certificate_id, query=wanted, version=version)

    def submit_csr(self, certificate_id: str, csr_pem: str, idempotency_key: str) -> StartedJob:
        """For the job that awaits one."""
        return self.api.call(
            operations.SUBMIT_CSR,
            certificate_id,
            body={"csr_pem": csr_pem},
            idempotency_key=idempotency_key,
        )

    def deploy(self, certificate_id: str, wanted: Deploying, idempotency_key: str) -> StartedDeployments:
        """The current version; a job that is open for it already is named again."""
        return self.api.call(
            operations.DEPLOY_CERTIFICATE, certificate_id, body=wanted, idempotency_key=idempotency_key
        )

    def deployments(self, certificate_id: str, page: PageQuery) -> Iterator[Deployment]:
        """Newest first."""
        return self.api.listed(operations.LIST_DEPLOYMENTS, certificate_id, query=page)

    def renew(self, certificate_id: str, wanted: Renewal, idempotency_key: str) -> StartedJob:
        return self.api.call(
            operations.RENEW_CERTIFICATE, certificate_id, body=wanted, idempotency_key=idempotency_key
        )

    def revoke(self, certificate_id: str, wanted: Revocation) -> Revoked:
        """Every unexpired version, for ever; or holds them, with the reason certificateHold."""
        return self.api.call(operations.REVOKE_CERTIFICATE, certificate_id, body=wanted)

    def unhold(self, certificate_id: str) -> Status:
        """What it is now."""
        return self.api.call(operations.UNHOLD_CERTIFICATE, certificate_id)

    def revoke_version(self, certificate_id: str, serial: str, wanted: Revocation) -> Revoked:
        return self.api.call(operations.REVOKE_VERSION, certificate_id, serial, body=wanted)

    def bulk_revoke(self, wanted: BulkRevocation, idempotency_key: str) -> StartedBulkRevocation:
        """One job for all of them, however many there are."""
        return self.api.call(operations.BULK_REVOKE, body=wanted, idempotency_key=idempotency_key)

    def preview_bulk_revocation(self, wanted: BulkRevocation) -> BulkRevocationPreview:
        """A page of what `bulk_revoke` would revoke; go on with its cursor."""
        body: BulkRevocation = {**wanted, "dry_run": True}
        return self.api.call(operations.PREVIEW_BULK_REVOCATION, body=body)

    def would_be_revoked(self, wanted: BulkRevocation) -> Iterator[str]:
        """The ids of all of them, page by page, as they are asked for."""
        page = self.preview_bulk_revocation({**wanted, "per_page": _LARGEST_PAGE})
        yield from page["certificate_ids"]
        while (cursor := page["next_cursor"]) is not None:
            page = self.preview_bulk_revocation({**wanted, "per_page": _LARGEST_PAGE, "cursor": cursor})
            yield from page["certificate_ids"]

    def versions(self, certificate_id: str, page: PageQuery) -> Iterator[Version]:
        """Newest first."""
        return self.api.listed(operations.LIST_VERSIONS, certificate_id, query=page)

    def pem(self, certificate_id: str) -> str:
        """The current leaf, then its issuing CA."""
        return self.api.call(operations.EXPORT_PEM, certificate_id)

    def revocations(self, filters: RevocationFilters) -> Iterator[RevokedSerial]:
        """What the next CRL of an issuer lists."""
        return self.api.listed(operations.LIST_REVOCATIONS, query=filters)
