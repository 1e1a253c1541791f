"""Fetches what PKI hosts serve as relying parties do: plain http, no redirects, no proxy, a limit of size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, PinnedTarget, Refusal, UrlRefused
from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import HttpFailed, NotFetched

LONGEST_BODY = 64 * 1024 * 1024
"""A CRL of a million entries has 40 MB."""

_SECONDS = 10.0


@dataclass(frozen=True)
class FetchedFile:
    """`body` is None if the one with this ETag is still served."""

    etag: str | None
    body: bytes | None = field(repr=False)


class RelyingParty:
    """Thread-safe. Its caller passes URLs that are stored with CAs and their CRLs, or that a
    certificate with a verified path names, and no others."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http

    def fetch(self, url: str, etag: str | None = None) -> FetchedFile:
        """A conditional GET if an ETag is given. Raises NotFetched."""
        reply = self._send("GET", url, {"If-None-Match": etag} if etag else {})
        if etag and reply.status == HTTPStatus.NOT_MODIFIED:
            return FetchedFile(etag, None)
        _require_whole(reply)
        return FetchedFile(reply.headers.get("etag"), reply.body)

    def etag_of(self, url: str) -> str | None:
        """The ETag that a HEAD returns. Raises NotFetched."""
        reply = self._send("HEAD", url, {})
        if reply.status != HTTPStatus.OK:
            raise NotFetched(f"the answer is {reply.status}")
        return reply.headers.get("etag")

    def body_of(self, url: str) -> bytes:
        """Raises NotFetched."""
        return self.fetch(url).body or b""

    def answer_to_post(self, url: str, content_type: str, body: bytes) -> bytes:
        """Raises NotFetched."""
        reply = self._send("POST", url, {"Content-Type": content_type}, body)
        _require_whole(reply)
        return reply.body

    def close(self) -> None:
        """Ends idle connections; the next request opens its own."""
        self._http.close()

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpReply:
        try:
            return self._http.send(HttpRequest(method, url, headers, body), _SECONDS)
        except HttpFailed as failure:
            raise NotFetched(failure.detail) from failure


class PlainHttp:
    """The guard of a relying party: https would need what it checks."""

    def __init__(self, allowed_private_cidrs: tuple[str, ...]) -> None:
        self._guard = AddressGuard(GuardPolicy.for_relying_party(allowed_private_cidrs))

    def resolve(self, url: str) -> PinnedTarget:
        """Raises UrlRefused."""
        target = self._guard.resolve(url)
        if target.scheme != "http":
            raise UrlRefused(Refusal.MALFORMED, "the URL must use plain http")
        return target


def relying_party(allowed_private_cidrs: tuple[str, ...], longest_body: int = LONGEST_BODY) -> RelyingParty:
    return RelyingParty(OutboundHttp(PlainHttp(allowed_private_cidrs), body_limit=longest_body))


def _require_whole(reply: HttpReply) -> None:
    """The adapter cuts a body at the limit."""
    if reply.status != HTTPStatus.OK:
        raise NotFetched(f"the answer is {reply.status}")
    if str(len(reply.body)) != reply.headers.get("content-length", str(len(reply.body))):
        raise NotFetched("the answer is cut short")
