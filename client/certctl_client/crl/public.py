"""What the CAs publish, read without a key, as anybody reads it."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin, urlsplit

import httpx

from certctl_client import __version__
from certctl_client.errors import CommandError, Unreachable
from certctl_client.plain_text import one_line
from certctl_client.problems import request_failed

_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_REDIRECTS = 5
# A CRL of a million entries.
LIMIT = 64 * 1024 * 1024


class PublicObjects:
    """A context manager. `url` is the server's base, for its aliases; None where full URLs are read only."""

    def __init__(self, url: str | None) -> None:
        self._url = url or ""
        headers = {"User-Agent": f"certctl/{__version__}"}
        self._client = httpx.Client(timeout=_TIMEOUT, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def crl(self, issuer_id: str) -> tuple[str, bytes]:
        """(where it lies, DER) of the list with every revocation of the issuer's active CA."""
        return self.fetch(f"{self._url}/.well-known/pki/crl/{quote(issuer_id, safe='')}")

    def ca_certificate(self, issuer_id: str) -> tuple[str, bytes]:
        """(where it lies, DER) of the issuer's active CA."""
        return self.fetch(f"{self._url}/.well-known/pki/ca/{quote(issuer_id, safe='')}")

    def fetch(self, url: str) -> tuple[str, bytes]:
        """(where it was in the end, content). Raises Unreachable, RequestFailed, CommandError."""
        for _ in range(_REDIRECTS):
            answer = self._get(url)
            if answer.location is None:
                return url, answer.content
            url = urljoin(url, answer.location)
        raise CommandError(f"{one_line(url)} redirects too often.")

    def _get(self, url: str) -> "_Answer":
        if urlsplit(url).scheme not in ("http", "https"):
            raise CommandError(f"{one_line(url)} is no http URL.")
        try:
            with self._client.stream("GET", url) as response:
                content = _bounded(response, url)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            what = f"{one_line(url)} cannot be reached ({type(error).__name__})."
            raise Unreachable(what, "Check the network.") from None
        if response.has_redirect_location:
            return _Answer(content, response.headers["Location"])
        if not response.is_success:
            raise request_failed(httpx.Response(response.status_code, content=content))
        return _Answer(content)


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
