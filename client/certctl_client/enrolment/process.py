"""From a stored key to its certificate: request, wait, download. Each step may be repeated."""

from typing import TYPE_CHECKING, cast

from certctl_client.api.resources import Stack
from certctl_client.api.schema import NewCertificateBody, VersionView
from certctl_client.enrolment.directory import StoredRequest, discard, write_issued
from certctl_client.enrolment.jobs import Patience, wait_for_job
from certctl_client.errors import CommandError, RequestFailed

if TYPE_CHECKING:
    from certctl_client.enrolment.issued import Chain

_REFUSED_FOR_GOOD = (400, 404, 413, 422)
_CONFLICT, _ABSENT = 409, 404


def enrol(stack: Stack, stored: StoredRequest, patience: Patience) -> VersionView:
    """Gets a version for the stored key and writes it beside the key. Raises CommandError; a repeat
    continues."""
    version = _issued(stack, stored) if stored.was_begun else None
    if version is None:
        job_id = _requested(stack, stored)
        if job_id is not None:
            wait_for_job(stack, job_id, patience)
        version = _issued(stack, stored)
    if version is None:
        raise CommandError(
            f"No job is open, but {stored.certificate_id} has no version for this key.",
            f"See certctl certs versions {stored.certificate_id}",
        )
    chain = _chain(version)
    write_issued(stored.directory, chain.leaf, chain.issuers)
    return version


def _requested(stack: Stack, stored: StoredRequest) -> str | None:
    """Requests the certificate. Returns the job's id, or None if the job of an earlier run has ended."""
    try:
        return _submitted(stack, stored)
    except RequestFailed as refused:
        if refused.status in _REFUSED_FOR_GOOD and not stored.was_begun:
            discard(stored)
        if refused.status != _CONFLICT or not stored.was_begun:
            raise
        return _open_job(stack, stored, refused)


def _submitted(stack: Stack, stored: StoredRequest) -> str:
    if stored.request.act == "renew":
        started = stack.certificates.renew(
            stored.certificate_id, {"csr_pem": stored.csr_pem}, stored.idempotency_key
        )
        return started["job_id"]
    made = {"id": stored.certificate_id, "csr_pem": stored.csr_pem}
    body = cast(NewCertificateBody, {**stored.request.body, **made})
    return stack.certificates.create(body, stored.idempotency_key)["job_id"]


def _open_job(stack: Stack, stored: StoredRequest, refused: RequestFailed) -> str | None:
    """The open job of a record that an earlier run created: idempotency keys expire after a day."""
    try:
        return stack.certificates.get(stored.certificate_id)["open_job_id"]
    except RequestFailed:
        raise refused from None


def _issued(stack: Stack, stored: StoredRequest) -> VersionView | None:
    try:
        for version in stack.certificates.versions(stored.certificate_id, {}):
            if version["pem_chain"] and _chain(version).belongs_to(stored.key):
                return version
    except RequestFailed as refused:
        if refused.status != _ABSENT:
            raise
    return None


def _chain(version: VersionView) -> "Chain":
    from certctl_client.enrolment.issued import chain_of  # loads cryptography

    return chain_of(version["pem_chain"])
