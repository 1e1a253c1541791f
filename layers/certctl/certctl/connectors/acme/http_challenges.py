"""http-01 (RFC 8555 section 8.3; RFC 8738 section 4 for addresses)."""

import ssl
from functools import cache
from http import HTTPStatus
from urllib.parse import urljoin

from certctl.connectors.acme.paths import Path
from certctl.connectors.address_guard import PinnedTarget, Refusal, UrlRefused
from certctl.connectors.http.adapter import HttpReply, HttpRequest, OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.domain.acme.challenges import Outcome, Proof, Refused, Validated
from certctl.domain.acme.problems import ProblemType

_MOST_REDIRECTS = 10
_MOST_BYTES = 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_STANDARD_PORTS = frozenset({80, 443})


def http_outcome(proof: Proof, path: Path) -> Outcome:
    """Follows redirects. Every hop is resolved once, guarded, and within the attempt's deadline."""
    hops = _Hops(path)
    http = OutboundHttp(hops, tls_context=_unverified, body_limit=_MOST_BYTES + 1)
    try:
        return _judged(_final_reply(http, _url_of(proof, path.ports.http), path), proof, hops.addresses)
    except HttpFailed as failure:
        return Refused(_type_of(failure.kind), f"http-01: {failure.detail}")
    except TimeoutError:
        return Refused(ProblemType.CONNECTION, "http-01: no complete answer within the deadline")
    finally:
        http.close()


class _Hops:
    """The guard of each hop: only the ports of web servers, only allowed addresses."""

    def __init__(self, path: Path) -> None:
        self._guard = path.guard
        self._ports = _STANDARD_PORTS | {path.ports.http, path.ports.tls}
        self.addresses: tuple[str, ...] = ()

    def resolve(self, url: str) -> PinnedTarget:
        """Raises UrlRefused."""
        target = self._guard.resolve(url)
        if target.port not in self._ports:
            raise UrlRefused(Refusal.MALFORMED, "a redirect leads to a port other than 80 and 443")
        self.addresses = target.addresses
        return target


def _final_reply(http: OutboundHttp, url: str, path: Path) -> HttpReply | None:
    """The first reply that is no redirect; None if there are too many. Raises HttpFailed and TimeoutError."""
    for _ in range(1 + _MOST_REDIRECTS):
        reply = http.send(HttpRequest("GET", url, {"Accept": "*/*"}), path.countdown.left())
        if reply.status not in _REDIRECTS:
            return reply
        url = _joined(url, reply.headers.get("location", ""))
    return None


def _joined(url: str, location: str) -> str:
    """An absolute URL, which the guard checks; a fragment is the client's alone (RFC 9110 section 10.2.2)."""
    try:
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        return ""


def _judged(reply: HttpReply | None, proof: Proof, addresses: tuple[str, ...]) -> Outcome:
    if reply is None:
        return _wrong(f"the server redirects more than {_MOST_REDIRECTS} times")
    if reply.status != HTTPStatus.OK:
        return _wrong("the server's status is not 200")
    if len(reply.body) > _MOST_BYTES:
        return _wrong(f"the server's answer is longer than {_MOST_BYTES} bytes")
    if reply.body.rstrip() != proof.key_authorization.encode():
        return _wrong("the server's answer is not the key authorization")
    return Validated(addresses)


def _wrong(reason: str) -> Refused:
    return Refused(ProblemType.INCORRECT_RESPONSE, f"http-01: {reason}")


def _url_of(proof: Proof, port: int) -> str:
    host = f"[{proof.name}]" if ":" in proof.name else proof.name
    authority = host if port == 80 else f"{host}:{port}"
    return f"http://{authority}/.well-known/acme-challenge/{proof.token}"


@cache
def _unverified() -> ssl.SSLContext:
    """RFC 8555 section 8.3: the certificate of a server that has none yet proves nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def _type_of(kind: FailureKind) -> ProblemType:
    match kind:
        case FailureKind.UNRESOLVED:
            return ProblemType.DNS
        case FailureKind.TLS:
            return ProblemType.TLS
        case FailureKind.ANSWER:
            return ProblemType.INCORRECT_RESPONSE
    return ProblemType.CONNECTION
