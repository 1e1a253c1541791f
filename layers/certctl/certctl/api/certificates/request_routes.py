"""Routes that request certificates: new ones, renewals, and the CSR that a job awaits."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from certctl.api.certificates.schemas import (
    CreatedCertificateView,
    CsrBody,
    JobStartedView,
    NewCertificateBody,
    RenewBody,
    job_started_view,
)
from certctl.api.idempotency import Replay
from certctl.api.resolver import Api
from certctl.domain.access.permissions import Permission

if TYPE_CHECKING:
    # not at import: they load cryptography, which reads do not need
    from certctl.api.certificates.views import CertificateViews
    from certctl.services.issuing.requests import Issuance
    from certctl.services.issuing.signing_requests import SigningRequests

_ALL = "/api/v1/certificates"
_ONE = f"{_ALL}/<certificate_id>"
_TAGS = ["certificates"]


def add_request_routes(
    api: Api,
    issuance: "Callable[[], Issuance]",
    signing_requests: "Callable[[], SigningRequests]",
    views: "Callable[[], CertificateViews]",
) -> None:
    """Each starts a job, or lets one go on that awaits its CSR."""

    @api.post(
        _ALL,
        Permission.CERTIFICATES_WRITE,
        Replay.ANSWER,
        summary="Request a certificate",
        tags=_TAGS,
        status_code=201,
    )
    def create_certificate(body: NewCertificateBody) -> CreatedCertificateView:
        return views().created(issuance().create(api.caller, body.parsed()))

    @api.post(
        f"{_ONE}/renew",
        Permission.CERTIFICATES_WRITE,
        Replay.ANSWER,
        summary="Renew or rekey: at once with a CSR, else a job awaits one",
        tags=_TAGS,
        status_code=202,
    )
    def renew_certificate(
        certificate_id: str, body: Annotated[RenewBody | None, Body()] = None
    ) -> JobStartedView:
        csr_pem = body.csr_pem if body else None
        return job_started_view(issuance().renew(api.caller, certificate_id, csr_pem))

    @api.post(
        f"{_ONE}/csr",
        Permission.CERTIFICATES_SUBMIT_CSR,
        Replay.ANSWER,
        summary="Submit the signing request of an AwaitingCSR job",
        tags=_TAGS,
        status_code=202,
    )
    def submit_csr(certificate_id: str, body: CsrBody) -> JobStartedView:
        return job_started_view(signing_requests().submit(api.caller, certificate_id, body.csr_pem))
