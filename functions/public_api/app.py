"""What anyone may call: health, aliases of the published PKI objects, answers to ACME challenges, and the 404
of every unknown route."""

import re
from typing import Any, TypedDict

from aws_lambda_powertools.event_handler import Response

from certctl import bootstrap
from certctl.api.resolver import ANYONE, Api, redirect, text
from certctl.domain.authorities import Authority
from certctl.domain.errors import NotFound, NotServed, Unavailable
from certctl.domain.requests import DEFAULT_ISSUER
from certctl.observability import with_context

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")
_PEM_TYPES = ("application/x-pem-file", "application/pem-certificate-chain", "text/plain")

api = Api(bootstrap.public_api_services, bootstrap.edge)


class HealthView(TypedDict):
    status: str


@api.get("/health", ANYONE, summary="The function runs", tags=["public"])
def health() -> HealthView:
    return HealthView(status="ok")


@api.get("/ready", ANYONE, summary="The database answers and there is a CA to issue with", tags=["public"])
def ready() -> HealthView:
    authority = bootstrap.authority_store().active_issuing(DEFAULT_ISSUER)
    if authority is None:
        raise Unavailable("There is no active CA yet.")
    if not any(shard.open for shard in bootstrap.authority_store().shards(authority.ca_id)):
        raise NotServed(authority.why_closed)
    return HealthView(status="ready")


@api.get(
    "/.well-known/pki/ca/<issuer_id>",
    ANYONE,
    summary="Redirects to the active CA certificate: PEM where Accept names it, else DER",
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
    tags=["public"],
    status_code=302,
)
def crl(issuer_id: str) -> Response[None]:
    active = _active(issuer_id)
    return redirect(active.all_crl_url or active.crl_url)


@api.get(
    "/.well-known/acme-challenge/<token>",
    ANYONE,
    summary="The key authorization that answers an ACME http-01 challenge (RFC 8555 section 8.3)",
    tags=["public"],
)
def acme_challenge(token: str) -> Response[str]:
    answer = bootstrap.acme_store().key_authorization(token) if _TOKEN.fullmatch(token) else None
    if answer is None:
        raise NotFound("There is no such challenge.")
    return text(answer, "text/plain")


def _active(issuer_id: str) -> Authority:
    authority = bootstrap.authority_store().active_issuing(issuer_id)
    if authority is None:
        raise NotFound("There is no such issuer, or it has no active CA.")
    return authority


@with_context
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return api.handle(event, context)
