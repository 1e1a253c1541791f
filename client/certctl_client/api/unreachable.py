"""Why a server could not be reached, and what to do about it."""

import socket
import ssl
from collections.abc import Iterator

_CHECK_NETWORK = "Check the URL, the server and the network."


def reason_and_advice(error: BaseException) -> tuple[str, str]:
    """`connection refused`, and one sentence. The chain of causes has the reason; httpx words none."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause)
        if isinstance(cause, ssl.SSLError):
            return "TLS failed", "Check that the URL is right: https:// needs a server that speaks TLS."
        if isinstance(cause, socket.gaierror):
            return "the name cannot be resolved", "Check the host name in the URL, and DNS."
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused", "Check host and port of the URL, and that the server is running."
        if isinstance(cause, ConnectionResetError | BrokenPipeError):
            return "the connection was closed", _CHECK_NETWORK
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror.lower(), _CHECK_NETWORK
    return type(error).__name__, _CHECK_NETWORK


def _untrusted(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    if "Hostname mismatch" in error.verify_message or "IP address mismatch" in error.verify_message:
        return "its certificate is for another name", "Use the name in the certificate, or correct the URL."
    if "expired" in error.verify_message:
        return "its certificate has expired", "Renew the server's certificate, or check this machine's clock."
    return (
        f"its certificate is not trusted: {error.verify_message}",
        "For a private CA: --ca-cert FILE (PEM), CERTCTL_CA_CERT, or `certctl login --ca-cert FILE`.",
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
