"""Routes for relying parties: aliases of the published PKI objects, and the status of a serial."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.resolver import ANYONE, Api, redirect
from certctl.api.status.serial_schemas import (
    IssuerListsView,
    SerialStatusView,
    issuer_lists_view,
    serial_status_view,
)
from certctl.crypto.serials import parse_serial
from certctl.domain.errors import NotFound

if TYPE_CHECKING:
    from certctl.domain.authorities.authorities import Authority
    from certctl.services.status.serials import SerialStatus, SerialStatuses
    from certctl.store.authorities.authorities import AuthorityStore

_PKI = "/.well-known/pki"
_TAGS = ["public"]
_PEM_TYPES = ("application/x-pem-file", "application/pem-certificate-chain", "text/plain")
Serial = Annotated[str | None, Query(min_length=1, max_length=80)]


def add_pki_routes(
    api: Api, authorities: "Callable[[], AuthorityStore]", statuses: "Callable[[], SerialStatuses]"
) -> None:
    """Adds routes for anyone: certificates, CRLs and what they say of a serial are public."""

    @api.get(
        f"{_PKI}/ca/<issuer_id>",
        ANYONE,
        summary="Redirects to the active CA certificate: PEM if Accept names it, else DER",
        tags=_TAGS,
        status_code=302,
    )
    def ca_certificate(issuer_id: str) -> Response[None]:
        url = _active(issuer_id).certificate_url
        accept = api.call.headers.get("accept", "")
        wants_pem = any(media_type in accept for media_type in _PEM_TYPES)
        return redirect(url.removesuffix(".crt") + ".pem" if wants_pem else url)

    @api.get(
        f"{_PKI}/crl/<issuer_id>",
        ANYONE,
        summary="Redirects to the CRL of the active CA that has all its revocations",
        description="With `serial_number`, to that of the CA which issued it: 404 if none did.",
        tags=_TAGS,
        status_code=302,
    )
    def crl(issuer_id: str, serial_number: Serial = None) -> Response[None]:
        if serial_number is None:
            active = _active(issuer_id)
            return redirect(active.all_crl_url or active.crl_url)
        issued_by = _status_of(issuer_id, serial_number).authority
        if issued_by is None:
            raise NotFound("No CA of this issuer issued such a serial.")
        return redirect(issued_by.all_crl_url or issued_by.crl_url)

    @api.get(
        f"{_PKI}/crls/<issuer_id>",
        ANYONE,
        summary="The CAs of an issuer that may have unexpired leaves, and where their CRLs are",
        tags=_TAGS,
    )
    def crls(issuer_id: str) -> IssuerListsView:
        return issuer_lists_view(issuer_id, statuses().lists_of(issuer_id))

    @api.get(
        f"{_PKI}/status/<issuer_id>/<serial_number>",
        ANYONE,
        summary="Whether a CA of an issuer issued a serial, and whether it is revoked",
        tags=_TAGS,
    )
    def serial_status(issuer_id: str, serial_number: str) -> SerialStatusView:
        return serial_status_view(_status_of(issuer_id, serial_number))

    def _status_of(issuer_id: str, serial_number: str) -> "SerialStatus":
        return statuses().of(issuer_id, parse_serial(serial_number))

    def _active(issuer_id: str) -> "Authority":
        authority = authorities().active_issuing(issuer_id)
        if authority is None:
            raise NotFound("There is no such issuer, or it has no active CA.")
        return authority
