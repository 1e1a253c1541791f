"""Looks at the URLs in certificates of a CA as a relying party: CRLs, the CA's certificate, the responder."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.connectors.http.failures import NotFetched
from certctl.connectors.relying_party import RelyingParty
from certctl.crypto.pem import certificate_der, load_certificate
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.crl import CrlInvalid
from certctl.crypto.status.ocsp_checking import OcspInvalid, OcspStatus, OcspVerdict
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.status.served import ServedUrl, crl_seen, is_same, not_usable
from certctl.observability import logger
from certctl.services.status.watching.crls import WatchedCrls
from certctl.services.status.watching.ocsp import WatchedOcsp

CERTIFICATE = "certificate"
RESPONDER = "ocsp"
"""Names of URLs within their CA; a CRL has that of its shard."""


@dataclass(frozen=True)
class WatchedUrl:
    """`shard` is the record of a CRL, None for the other URLs. `before`: the last look, None before the
    first."""

    authority: Authority
    name: str
    url: str
    shard: CrlShard | None
    before: ServedUrl | None


@dataclass(frozen=True)
class Head:
    """The answer to a HEAD that was sent at `at`, or why there is none."""

    at: datetime
    etag: str | None = None
    fault: str | None = None


@dataclass(frozen=True)
class ServedUrls:
    """`head` is thread-safe; `look` is not, and holds one body at a time."""

    party: RelyingParty
    crls: WatchedCrls
    ocsp: WatchedOcsp
    now: Callable[[], datetime]

    def head(self, watched: WatchedUrl) -> Head:
        """Asks a responder nothing."""
        at = self.now()
        if watched.name == RESPONDER:
            return Head(at)
        try:
            return Head(at, self.party.etag_of(watched.url))
        except NotFetched as error:
            return Head(at, fault=str(error))

    def look(self, watched: WatchedUrl, head: Head) -> ServedUrl:
        """Fetches a file if its ETag is not that of the last look. Never raises: what cannot be used is a
        fault."""
        try:
            seen = self._seen(watched, head)
        except (NotFetched, CrlInvalid, OcspInvalid) as error:
            seen = not_usable(watched.before, str(error), head.at)
        except Exception:
            logger.exception("a URL was not looked at", extra={"url": watched.url})
            seen = not_usable(watched.before, "the look failed", head.at)
        if seen.fault:
            about = {"url": watched.url, "fault": seen.fault, "crl_number": seen.number}
            logger.warning("a PKI host does not serve what was published", extra=about)
        return seen

    def _seen(self, watched: WatchedUrl, head: Head) -> ServedUrl:
        if head.fault is not None:
            raise NotFetched(head.fault)
        if watched.shard is not None:
            return self._crl(watched.authority, watched.shard, watched.before, head)
        if watched.name == CERTIFICATE:
            return self._certificate(watched.authority, watched.before, head)
        return self._responder(watched.authority, watched.before, head)

    def _crl(self, authority: Authority, shard: CrlShard, before: ServedUrl | None, head: Head) -> ServedUrl:
        if before and before.number is not None and before.ends and is_same(head.etag, before.etag):
            return crl_seen(before.number, before.ends, head.etag, shard, before, head.at)
        began = self.now()
        served = self.crls.fetch(authority, shard)
        return crl_seen(served.summary.number, served.summary.next_update, served.etag, shard, before, began)

    def _certificate(self, authority: Authority, before: ServedUrl | None, head: Head) -> ServedUrl:
        if before and is_same(head.etag, before.etag):
            return ServedUrl(head.at, etag=head.etag)
        fetched = self.party.fetch(authority.certificate_url)
        if fetched.body != certificate_der(load_certificate(authority.certificate_pem)):
            raise NotFetched("it is not the certificate of the CA")
        return ServedUrl(head.at, etag=fetched.etag)

    def _responder(self, authority: Authority, before: ServedUrl | None, head: Head) -> ServedUrl:
        """Asks about the responder's own certificate, as the last answer had it: the CA issued it, each
        answer brings its successor, and no table has to be read. The first question is about an unissued
        serial, for its answer brings the certificate too."""
        serial = before.serial if before and before.serial else self._signer_of(authority)
        verdict = self.ocsp.ask(authority, serial).verdict
        if verdict.status is not OcspStatus.GOOD:
            raise OcspInvalid(f"it calls a certificate of the CA {verdict.status}")
        return ServedUrl(head.at, ends=verdict.signer.not_valid_after_utc, serial=_serial_of(verdict))

    def _signer_of(self, authority: Authority) -> str:
        return _serial_of(self.ocsp.ask(authority, serial_text(new_serial())).verdict)


def _serial_of(verdict: OcspVerdict) -> str:
    return serial_text(verdict.signer.serial_number)
