"""Typed methods for certificates and campaigns, like those of `resources`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from certctl_client.api import operations
from certctl_client.api.operation import Operation
from certctl_client.api.responses import records_in, with_fields_of
from certctl_client.api.schema import (
    ArchiveCertificateQuery,
    BulkRevocationPreviewView,
    BulkRevocationStartedView,
    BulkRevokeBody,
    CampaignBody,
    CampaignItemView,
    CampaignView,
    CertificateDetailsView,
    CertificateEditBody,
    CertificateView,
    CreatedCertificateView,
    DeployBody,
    DeploymentsStartedView,
    DeploymentView,
    JobStartedView,
    KeyRecordView,
    KeyUsesView,
    ListCampaignItemsQuery,
    ListCampaignsQuery,
    ListCertificatesQuery,
    ListDeploymentsQuery,
    ListKeyUsesQuery,
    ListRevocationsQuery,
    ListVersionsQuery,
    NewCertificateBody,
    RenewBody,
    RevokeBody,
    RevokedSerialView,
    RevokedView,
    StatusView,
    UnholdBody,
    VersionView,
)

if TYPE_CHECKING:
    from certctl_client.api.transport import Api

_LARGEST_PAGE = 500
# A dry run has another response than the operation, and no effect.
_PREVIEW_BULK_REVOCATION: Operation[BulkRevocationPreviewView] = Operation(
    method="POST",
    path=operations.BULK_REVOKE.path,
    response=BulkRevocationPreviewView,
    body=BulkRevokeBody,
    is_idempotent=True,
    takes_key=True,
)
INCOMPLETE = "Older certificates are still being indexed: a certificate that is not found may exist."


@dataclass(frozen=True)
class Certificates:
    api: "Api"

    def all(self, filters: ListCertificatesQuery) -> Iterator[CertificateView]:
        """Lists certificates, newest first; a search in the order of its matches."""
        return self.api.listed(operations.LIST_CERTIFICATES, query=filters)

    def search(
        self, filters: ListCertificatesQuery, remark: Callable[[str], object]
    ) -> Iterator[CertificateView]:
        """Like `all`, with remarks on certificates that the search may have missed."""
        operation = operations.LIST_CERTIFICATES
        for body in self.api.bodies(operation.path, filters):
            if body.get("incomplete") is True:
                remark(INCOMPLETE)
            if isinstance(hint := body.get("hint"), str):
                remark(hint)
            yield from (with_fields_of(operation, record) for record in records_in(body))

    def get(self, certificate_id: str) -> CertificateDetailsView:
        return self.api.call(operations.GET_CERTIFICATE, certificate_id)

    def create(self, body: NewCertificateBody, idempotency_key: str) -> CreatedCertificateView:
        """Creates a certificate. With `csr_pem` issuance starts at once, else the job awaits a CSR."""
        return self.api.call(operations.CREATE_CERTIFICATE, body=body, idempotency_key=idempotency_key)

    def edit(
        self, certificate_id: str, body: CertificateEditBody, version: int | None
    ) -> CertificateDetailsView:
        """Raises RequestFailed (409) if a version is given and the record has another one."""
        return self.api.call(operations.EDIT_CERTIFICATE, certificate_id, body=body, version=version)

    def archive(self, certificate_id: str, query: ArchiveCertificateQuery, version: int) -> None:
        """Raises RequestFailed (409) if the record changed, or has valid versions that `query` ignores."""
        self.api.call(operations.ARCHIVE_CERTIFICATE, certificate_id, query=query, version=version)

    def submit_csr(self, certificate_id: str, csr_pem: str, idempotency_key: str) -> JobStartedView:
        """Submits a CSR for the job that awaits one."""
        return self.api.call(
            operations.SUBMIT_CSR,
            certificate_id,
            body={"csr_pem": csr_pem},
            idempotency_key=idempotency_key,
        )

    def deploy(self, certificate_id: str, body: DeployBody, idempotency_key: str) -> DeploymentsStartedView:
        """Deploys the current version. Returns the open job of a target that has one already."""
        return self.api.call(
            operations.DEPLOY_CERTIFICATE, certificate_id, body=body, idempotency_key=idempotency_key
        )

    def deployments(self, certificate_id: str, page: ListDeploymentsQuery) -> Iterator[DeploymentView]:
        """Lists deployments, newest first."""
        return self.api.listed(operations.LIST_DEPLOYMENTS, certificate_id, query=page)

    def renew(self, certificate_id: str, body: RenewBody, idempotency_key: str) -> JobStartedView:
        return self.api.call(
            operations.RENEW_CERTIFICATE, certificate_id, body=body, idempotency_key=idempotency_key
        )

    def revoke(self, certificate_id: str, body: RevokeBody) -> RevokedView:
        """Revokes every unexpired version, or with the reason certificateHold puts them on hold."""
        return self.api.call(operations.REVOKE_CERTIFICATE, certificate_id, body=body)

    def unhold(self, certificate_id: str, body: UnholdBody) -> StatusView:
        """Ends a hold. Returns the certificate's status."""
        return self.api.call(operations.UNHOLD_CERTIFICATE, certificate_id, body=body or None)

    def revoke_version(self, certificate_id: str, serial: str, body: RevokeBody) -> RevokedView:
        return self.api.call(operations.REVOKE_VERSION, certificate_id, serial, body=body)

    def bulk_revoke(self, body: BulkRevokeBody, idempotency_key: str) -> BulkRevocationStartedView:
        """Starts one job that revokes all matching certificates."""
        return self.api.call(operations.BULK_REVOKE, body=body, idempotency_key=idempotency_key)

    def preview_bulk_revocation(self, body: BulkRevokeBody) -> BulkRevocationPreviewView:
        """One page of the certificates that `bulk_revoke` would revoke; continue with its cursor."""
        preview: BulkRevokeBody = {**body, "dry_run": True}
        return self.api.call(_PREVIEW_BULK_REVOCATION, body=preview)

    def would_be_revoked(self, body: BulkRevokeBody) -> Iterator[CertificateView]:
        """All certificates that `bulk_revoke` would revoke; pages are read on demand."""
        page = self.preview_bulk_revocation({**body, "per_page": _LARGEST_PAGE})
        yield from page["certificates"]
        while (cursor := page["next_cursor"]) is not None:
            page = self.preview_bulk_revocation({**body, "per_page": _LARGEST_PAGE, "cursor": cursor})
            yield from page["certificates"]

    def versions(self, certificate_id: str, page: ListVersionsQuery) -> Iterator[VersionView]:
        """Lists versions, newest first."""
        return self.api.listed(operations.LIST_VERSIONS, certificate_id, query=page)

    def pem(self, certificate_id: str) -> str:
        """Exports the current leaf and its issuing CA."""
        return self.api.call(operations.EXPORT_PEM, certificate_id)

    def revocations(self, filters: ListRevocationsQuery) -> Iterator[RevokedSerialView]:
        """Lists the revocations that an issuer's next CRL will contain."""
        return self.api.listed(operations.LIST_REVOCATIONS, query=filters)


@dataclass(frozen=True)
class KeyUses:
    api: "Api"

    def of(self, spki_sha256: str) -> KeyUsesView:
        """Reads all pages as one: each record once, with all its versions, and all observed certificates; an
        earlier release has none of these. Raises RequestFailed (404) if there is no certificate with the
        key."""
        page = self.api.call(operations.LIST_KEY_USES, spki_sha256, query={"per_page": _LARGEST_PAGE})
        records, observed = list(page["data"]), list(page.get("observed") or ())
        cursor = page["next_cursor"]
        while cursor is not None:
            query: ListKeyUsesQuery = {"per_page": _LARGEST_PAGE, "cursor": cursor}
            more = self.api.call(operations.LIST_KEY_USES, spki_sha256, query=query)
            records += more["data"]
            observed += more.get("observed") or ()
            cursor = more["next_cursor"]
        found: KeyUsesView = {**page, "data": merged_records(records), "next_cursor": None}
        return {**found, "observed": observed} if page.get("observed") is not None else found


def merged_records(records: Iterable[KeyRecordView]) -> list[KeyRecordView]:
    """Merges records by id. One whose versions are on several pages is on each, with the jobs of these."""
    merged: dict[str, KeyRecordView] = {}
    for record in records:
        before = merged.get(record["certificate_id"])
        if before is not None:
            jobs = {job["id"]: job for job in [*before["jobs"], *record["jobs"]]}
            versions = [*before["versions"], *record["versions"]]
            record = {**before, "versions": versions, "jobs": list(jobs.values())}
        merged[record["certificate_id"]] = record
    return list(merged.values())


@dataclass(frozen=True)
class Campaigns:
    api: "Api"

    def all(self, page: ListCampaignsQuery) -> Iterator[CampaignView]:
        """Lists campaigns, newest first."""
        return self.api.listed(operations.LIST_CAMPAIGNS, query=page)

    def get(self, campaign_id: str) -> CampaignView:
        return self.api.call(operations.GET_CAMPAIGN, campaign_id)

    def items(self, campaign_id: str, filters: ListCampaignItemsQuery) -> Iterator[CampaignItemView]:
        """Lists the certificates of a campaign, by id."""
        return self.api.listed(operations.LIST_CAMPAIGN_ITEMS, campaign_id, query=filters)

    def create(self, body: CampaignBody, idempotency_key: str) -> CampaignView:
        """Creates a campaign; without `confirm`, a dry run."""
        return self.api.call(operations.CREATE_CAMPAIGN, body=body, idempotency_key=idempotency_key)

    def confirm(self, campaign_id: str, count: int) -> CampaignView:
        """Raises RequestFailed: 422 if `count` is wrong, 409 if the campaign awaits no confirmation."""
        return self.api.call(
            operations.CONFIRM_CAMPAIGN, campaign_id, body={"confirm": count}, idempotency_key=str(uuid4())
        )

    def pause(self, campaign_id: str) -> CampaignView:
        return self.api.call(operations.PAUSE_CAMPAIGN, campaign_id, idempotency_key=str(uuid4()))

    def resume(self, campaign_id: str) -> CampaignView:
        return self.api.call(operations.RESUME_CAMPAIGN, campaign_id, idempotency_key=str(uuid4()))

    def cancel(self, campaign_id: str) -> CampaignView:
        return self.api.call(operations.CANCEL_CAMPAIGN, campaign_id, idempotency_key=str(uuid4()))

    def verify(self, campaign_id: str, certificate_id: str) -> CampaignItemView:
        """Raises RequestFailed (409) if there is no new version."""
        return self.api.call(
            operations.VERIFY_CAMPAIGN_ITEM, campaign_id, certificate_id, idempotency_key=str(uuid4())
        )
