"""Reads what the CAs publish, without a key, like any relying party."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

from certctl_client import __version__
from certctl_client.api.http import httpx, trust_for
from certctl_client.api.problems import request_failed
from certctl_client.api.unreachable import reason_and_advice
from certctl_client.errors import CommandError, RequestFailed, Unreachable
from certctl_client.exit_codes import ExitCode
from certctl_client.plain_text import one_line

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_REDIRECTS = 5
# A CRL of a million entries.
LIMIT = 64 * 1024 * 1024


_NO_LISTS = "The server's list of its CAs cannot be read."


@dataclass(frozen=True)
class AuthorityLists:
    """URLs of a CA's certificate, and of the CRLs that together list all its revocations. `chain_pem` has the
    CAs above it, up to the root. Servers of earlier releases send no PEM."""

    certificate_url: str
    crl_urls: tuple[str, ...]
    certificate_pem: str = ""
    chain_pem: str = ""


class PublicObjects:
    """A context manager. `url` is the server's base, for its aliases; None if only full URLs are read.
    `ca_cert` is a PEM file with further CAs to trust, or empty."""

    def __init__(self, url: str | None, ca_cert: str = "") -> None:
        self._url = url or ""
        headers = {"User-Agent": f"certctl/{__version__}"}
        self._client = httpx.Client(timeout=_TIMEOUT, headers=headers, verify=trust_for("", ca_cert))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def crl(self, issuer_id: str) -> tuple[str, bytes]:
        """The URL and DER of the list with every revocation of the issuer's active CA."""
        return self.fetch(f"{self._url}/.well-known/pki/crl/{quote(issuer_id, safe='')}")

    def lists(self, issuer_id: str) -> list[AuthorityLists]:
        """Lists of every CA that may have unexpired leaves, the active one first. A server of an earlier
        release names only the active one's."""
        try:
            response = self.fetch(f"{self._url}/.well-known/pki/crls/{quote(issuer_id, safe='')}")[1]
        except RequestFailed as failed:
            if failed.code is not ExitCode.NOT_FOUND:
                raise
            active = f"{self._url}/.well-known/pki"
            name = quote(issuer_id, safe="")
            return [AuthorityLists(f"{active}/ca/{name}", (f"{active}/crl/{name}",))]
        return _lists_in(response)

    def status(self, issuer_id: str, serial: str) -> str | None:
        """The status of a serial as the server reports it, unsigned: `good`, `revoked` or `unknown`. None if
        the server is of an earlier release."""
        place = f"{quote(issuer_id, safe='')}/{serial}"
        try:
            response = self.fetch(f"{self._url}/.well-known/pki/status/{place}")[1]
        except RequestFailed as failed:
            if failed.code is not ExitCode.NOT_FOUND:
                raise
            return None
        return str(_object_in(response).get("status"))

    def ca_certificate(self, issuer_id: str) -> tuple[str, bytes]:
        """The URL and DER of the issuer's active CA certificate."""
        return self.fetch(f"{self._url}/.well-known/pki/ca/{quote(issuer_id, safe='')}")

    def fetch(self, url: str) -> tuple[str, bytes]:
        """The final URL after redirects, and its content. Raises Unreachable, RequestFailed, CommandError."""
        for _ in range(_REDIRECTS):
            response = self._get(url)
            if response.location is None:
                return url, response.content
            url = urljoin(url, response.location)
        raise CommandError(f"{one_line(url)} redirects too often.")

    def post(self, url: str, content_type: str, body: bytes) -> bytes:
        """The content of the response. Follows no redirect. Raises Unreachable, RequestFailed,
        CommandError."""
        return self._sent("POST", url, {"Content-Type": content_type}, body).content

    def _get(self, url: str) -> "_Answer":
        return self._sent("GET", url, {}, None)

    def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> "_Answer":
        if urlsplit(url).scheme not in ("http", "https"):
            raise CommandError(f"{one_line(url)} is not an http URL.")
        try:
            with self._client.stream(method, url, headers=headers, content=body) as response:
                content = _bounded(response, url)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            reason, advice = reason_and_advice(error)
            raise Unreachable(f"{one_line(url)} cannot be reached: {reason}.", advice) from None
        if response.has_redirect_location:
            return _Answer(content, response.headers["Location"])
        if not response.is_success:
            raise request_failed(httpx.Response(response.status_code, content=content))
        return _Answer(content)


def _lists_in(response: bytes) -> list[AuthorityLists]:
    try:
        return [
            AuthorityLists(
                each["certificate_url"],
                tuple(each["crl_urls"]),
                each.get("certificate_pem", ""),
                each.get("chain_pem", ""),
            )
            for each in _object_in(response)["authorities"]
        ]
    except (KeyError, TypeError):
        raise CommandError(_NO_LISTS) from None


def _object_in(response: bytes) -> dict[str, Any]:
    try:
        found = json.loads(response)
    except ValueError:
        raise CommandError(_NO_LISTS) from None
    if not isinstance(found, dict):
        raise CommandError(_NO_LISTS)
    return found


@dataclass(frozen=True)
class _Answer:
    content: bytes
    location: str | None = None


def _bounded(response: httpx.Response, url: str) -> bytes:
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > LIMIT:
            raise CommandError(f"{one_line(url)} has more than {LIMIT} bytes.")
    return bytes(content)
