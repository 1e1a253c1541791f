"""Reasons for failed requests, in fixed sentences: the libraries' own texts quote URLs and hosts."""

import http.client
import ssl
from enum import StrEnum

from certctl.connectors.address_guard import Refusal, UrlRefused
from certctl.connectors.http.timed_socket import AnswerTooLong

# OpenSSL's X509_V_ERR numbers that an operator can act on. Its own texts quote the host name.
_CERTIFICATE_FAULTS = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed",
    19: "its root is not trusted",
    20: "its issuer is not trusted",
    62: "it is for another host",
    64: "it is for another address",
}


class FailureKind(StrEnum):
    """Why there is no response. Only `refused` and `request` are final: the rest may succeed next time."""

    REFUSED = "refused"  # refused by the guard
    REQUEST = "request"  # a header or path that HTTP cannot carry
    UNRESOLVED = "unresolved"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    ANSWER = "answer"  # not HTTP, cut short, or without end


class HttpFailed(Exception):
    """There is no response. `detail` is a sentence without URL, host name, address or header value."""

    def __init__(self, kind: FailureKind, detail: str, duration_ms: int = 0) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.duration_ms = duration_ms


class Unsendable(Exception):
    """HTTP cannot carry this path or header."""


def failure_of(error: BaseException, duration_ms: int) -> HttpFailed:
    """Failures below any protocol (guard, DNS, TCP, TLS, deadline) have one wording everywhere."""
    # ADR 18: the messages are fixed, because the errors of requests and urllib3 hold URLs.
    kind, detail = _classify(_below_urllib3(error))
    return HttpFailed(kind, detail, duration_ms)


def _below_urllib3(error: BaseException) -> BaseException:
    """urllib3 wraps the errors of a read into its own, which name the pool and with it the host."""
    while type(error).__module__.startswith("urllib3.") and error.__cause__ is not None:
        error = error.__cause__
    return error


def _classify(error: BaseException) -> tuple[FailureKind, str]:
    match error:
        case UrlRefused(reason=Refusal.UNRESOLVED):
            return FailureKind.UNRESOLVED, error.detail
        case UrlRefused():
            return FailureKind.REFUSED, error.detail
        case TimeoutError():
            return FailureKind.TIMEOUT, "no complete answer within the deadline"
        case ssl.SSLCertVerificationError():
            return FailureKind.TLS, _certificate_fault(error)
        case ssl.SSLError():
            return FailureKind.TLS, "the TLS handshake failed"
        case Unsendable():
            return FailureKind.REQUEST, "the request has a path or header that HTTP cannot carry"
        case AnswerTooLong():
            return FailureKind.ANSWER, "the answer has no end"
        case OSError():
            return FailureKind.CONNECTION, _connection_fault(error)
        case http.client.HTTPException():
            return FailureKind.ANSWER, "the answer is not HTTP, or was cut short"
        case _:
            return FailureKind.ANSWER, f"the exchange failed: {type(error).__name__}"


def _certificate_fault(error: ssl.SSLCertVerificationError) -> str:
    fault = _CERTIFICATE_FAULTS.get(error.verify_code, f"verify code {error.verify_code}")
    return f"the server's certificate was refused: {fault}"


def _connection_fault(error: OSError) -> str:
    match error:
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionError():
            return "the connection was closed before an answer came"
        case _:
            return "the server could not be reached"


class NotFetched(Exception):
    """No usable response. The text is the reason, without the URL."""
