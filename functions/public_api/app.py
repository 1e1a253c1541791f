"""The API for anyone: health, aliases of the published PKI objects, responses to ACME challenges, and the 404
of every unknown route."""

import re
from typing import Annotated, Any, TypedDict

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from certctl.api.resolver import ANYONE, Api, redirect, text
from certctl.api.status.serial_schemas import (
    IssuerListsView,
    SerialStatusView,
    issuer_lists_view,
    serial_status_view,
)
from certctl.compose.public_api import PublicApi
from certctl.crypto.serials import parse_serial
from certctl.domain.authorities.authorities import Authority
from certctl.domain.certificates.requests import DEFAULT_ISSUER
from certctl.domain.errors import NotFound, NotServed, Unavailable
from certctl.observability import with_context
from certctl.services.status.serials import SerialStatus

Serial = Annotated[str | None, Query(min_length=1, max_length=80)]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PEM_TYPES = ("application/x-pem-file", "application/pem-certificate-chain", "text/plain")

services = PublicApi()
api = Api(lambda: services.access.api_services, lambda: services.access.edge)


class HealthView(TypedDict):
    status: str


@api.get("/health", ANYONE, summary="The function runs", tags=["public"])
def health() -> HealthView:
    return HealthView(status="ok")


@api.get("/ready", ANYONE, summary="The database responds and there is a CA to issue with", tags=["public"])
def ready() -> HealthView:
    authority = services.authorities.active_issuing(DEFAULT_ISSUER)
    if authority is None:
        raise Unavailable("There is no active CA yet.")
    if not any(shard.open for shard in services.authorities.shards(authority.ca_id)):
        raise NotServed(authority.why_closed)
    return HealthView(status="ready")


@api.get(
    "/.well-known/pki/ca/<issuer_id>",
    ANYONE,
    summary="Redirects to the active CA certificate: PEM if Accept names it, else DER",
    tags=["public"],
    status_code=302,
)
def ca_certificate(issuer_id: str) -> Response[None]:
    url = _active(issuer_id).certificate_url
    accept = api.call.headers.get("accept", "")
    wants_pem = any(media_type in accept for media_type in _PEM_TYPES)
    return redirect(url.removesuffix(".crt") + ".pem" if wants_pem else url)


@api.get(
    "/.well-known/pki/crl/<issuer_id>",
    ANYONE,
    summary="Redirects to the CRL of the active CA that has all its revocations",
    description="With `serial_number`, to that of the CA which issued it: 404 if none did.",
    tags=["public"],
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
    "/.well-known/pki/crls/<issuer_id>",
    ANYONE,
    summary="The CAs of an issuer that may have unexpired leaves, and where their CRLs are",
    tags=["public"],
)
def crls(issuer_id: str) -> IssuerListsView:
    return issuer_lists_view(issuer_id, services.serial_statuses.lists_of(issuer_id))


@api.get(
    "/.well-known/pki/status/<issuer_id>/<serial_number>",
    ANYONE,
    summary="Whether a CA of an issuer issued a serial, and whether it is revoked",
    tags=["public"],
)
def serial_status(issuer_id: str, serial_number: str) -> SerialStatusView:
    return serial_status_view(_status_of(issuer_id, serial_number))


@api.get(
    "/.well-known/acme-challenge/<token>",
    ANYONE,
    summary="The key authorization that answers an ACME http-01 challenge (RFC 8555 section 8.3)",
    tags=["public"],
)
def acme_challenge(token: str) -> Response[str]:
    answer = services.acme.key_authorization(token) if _TOKEN.fullmatch(token) else None
    if answer is None:
        raise NotFound("There is no such challenge.")
    return text(answer, "text/plain")


def _status_of(issuer_id: str, serial_number: str) -> SerialStatus:
    return services.serial_statuses.of(issuer_id, parse_serial(serial_number))


def _active(issuer_id: str) -> Authority:
    authority = services.authorities.active_issuing(issuer_id)
    if authority is None:
        raise NotFound("There is no such issuer, or it has no active CA.")
    return authority


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
