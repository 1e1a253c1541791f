"""Fetches PKI objects at the URLs inside certificates as relying parties do, over plain http."""

import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from certctl.connectors.http.adapter import HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed, NotFetched
from certctl.connectors.own_urls import OwnUrls
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.crypto.status.crl import CrlInvalid, inspect_crl
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.authorities.crl_scopes import scope_of
from certctl.domain.errors import NotServed

_SECONDS = 10.0
_LIMIT = 64 * 1024


def fetch_plain(url: str, monotonic: Callable[[], float] = time.monotonic) -> bytes:
    """The body of a 200 that ends within 10 s and 64 KiB. Follows no redirect, as many clients that check
    CRLs do not. Raises NotFetched."""
    http = OutboundHttp(OwnUrls(), monotonic, body_limit=_LIMIT + 1)
    try:
        reply = http.send(HttpRequest("GET", url, {}), _SECONDS)
    except HttpFailed as error:
        raise NotFetched(f"cannot be fetched: {error.detail}") from error
    finally:
        http.close()
    if reply.status != HTTPStatus.OK:
        raise NotFetched(f"answers {reply.status}")
    if len(reply.body) > _LIMIT:
        raise NotFetched("answers more than 64 KiB")
    return reply.body


class PkiHost:
    """The operator's host name, which a DNS record points to the `distribution`."""

    def __init__(self, distribution: str, fetch: Callable[[str], bytes] = fetch_plain) -> None:
        self._distribution = distribution
        self._fetch = fetch

    def require(self, authority: Authority, shard: CrlShard) -> None:
        """Raises NotServed unless it serves the CA's certificate, byte for byte, and a CRL that the CA signed
        for that URL. An older CRL suffices: the edge caches one for 30 s."""
        certificate = load_certificate(authority.certificate_pem)
        served = self._fetched(authority.certificate_url)
        if served != certificate_der(certificate):
            raise self._refusal(authority.certificate_url, "serves something else than the CA certificate")
        try:
            summary = inspect_crl(self._fetched(shard.url), certificate)
        except CrlInvalid as error:
            raise self._refusal(shard.url, f"serves no CRL of this CA: {error}") from error
        if summary.idp_url != scope_of(authority, shard):
            raise self._refusal(shard.url, "serves the CRL of another URL")

    def _fetched(self, url: str) -> bytes:
        try:
            return self._fetch(url)
        except NotFetched as error:
            raise self._refusal(url, str(error)) from error

    def _refusal(self, url: str, why: str) -> NotServed:
        host = urlsplit(url).netloc
        return NotServed(
            f"{url} {why}. Point a CNAME record of {host} to {self._distribution}; issuance begins within "
            "the hour after that, or at once with the action activate."
        )
