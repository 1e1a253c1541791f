"""tls-alpn-01 (RFC 8737; RFC 8738 section 6 for addresses)."""

import ssl
from functools import cache
from ipaddress import ip_address

from certctl.connectors.acme.paths import Path
from certctl.connectors.address_guard import Refusal, UrlRefused
from certctl.connectors.http.timed_socket import connect_pinned, tcp_connect, wrap_tls
from certctl.domain.acme.challenges import Outcome, Proof, Refused, Validated
from certctl.domain.acme.problems import ProblemType

_PROTOCOL = "acme-tls/1"


def tls_alpn_outcome(proof: Proof, path: Path) -> Outcome:
    """One handshake; nothing is sent after it."""
    try:
        address, shown = _handshake(proof, path)
    except UrlRefused as refused:
        is_unknown = refused.reason is Refusal.UNRESOLVED
        return _refused(ProblemType.DNS if is_unknown else ProblemType.CONNECTION, refused.detail)
    except TimeoutError:
        return _refused(ProblemType.CONNECTION, "no complete handshake within the deadline")
    except ssl.SSLError:
        return _refused(ProblemType.TLS, f"the server did not complete a handshake for {_PROTOCOL}")
    except (OSError, ValueError):
        return _refused(ProblemType.CONNECTION, "the server could not be reached")
    return _judged(shown, proof, address)


def _handshake(proof: Proof, path: Path) -> tuple[str, bytes | None]:
    """The server's address, and its certificate in DER: None unless it chose the protocol. Raises UrlRefused
    and OSError."""
    host = f"[{proof.name}]" if ":" in proof.name else proof.name
    pinned = path.guard.resolve_host(host, path.ports.tls)
    address, raw = connect_pinned(pinned.addresses, pinned.port, path.countdown, tcp_connect)
    with wrap_tls(raw, _server_name(proof), path.countdown, _context) as secured:
        is_chosen = secured.selected_alpn_protocol() == _PROTOCOL
        return address, secured.getpeercert(binary_form=True) if is_chosen else None


def _judged(shown: bytes | None, proof: Proof, address: str) -> Outcome:
    from certctl.crypto.acme.alpn_certificates import reason_against

    if shown is None:
        return _refused(ProblemType.TLS, f"the server did not choose the protocol {_PROTOCOL}")
    reason = reason_against(shown, proof)
    return _refused(ProblemType.INCORRECT_RESPONSE, reason) if reason else Validated((address,))


def _refused(type: ProblemType, reason: str) -> Refused:
    return Refused(type, f"tls-alpn-01: {reason}")


def _server_name(proof: Proof) -> str:
    """SNI carries names only: an address is named by its reverse name (RFC 8738 section 6)."""
    return ip_address(proof.name).reverse_pointer if proof.is_address else proof.name


@cache
def _context() -> ssl.SSLContext:
    """The certificate is judged by its content: no CA has issued it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([_PROTOCOL])
    return context
