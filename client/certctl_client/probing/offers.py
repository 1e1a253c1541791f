"""The contexts of the handshakes that a prober offers."""

import ssl
import warnings
from collections.abc import Mapping
from functools import cache

from certctl_client.probing.probes import Offer

_ANY = "ALL:!aNULL:!eNULL:@SECLEVEL=0"
"""The security level is lowered because a prober has to see what is too weak for a client."""
_HELLO_VERSION = slice(9, 11)
"""The bytes of a ClientHello's legacy_version, behind the headers of record and message (RFC 8446 4.1.2)."""


@cache
def contexts() -> Mapping[Offer, ssl.SSLContext]:
    """Each offer that this build of OpenSSL can make, but `TRUSTED`. Builds may lack TLS 1.0 and 1.1."""
    made = {
        Offer.DEFAULT: offering(_ANY),
        Offer.RSA: offering("aRSA:!eNULL:@SECLEVEL=0", newest=ssl.TLSVersion.TLSv1_2),
        Offer.ECDSA: offering("aECDSA:!eNULL:@SECLEVEL=0", newest=ssl.TLSVersion.TLSv1_2),
        Offer.TLS_1_2: _of_versions(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
        Offer.TLS_1_1: _of_versions(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1),
        Offer.TLS_1_0: _of_versions(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1),
    }
    return {offer: context for offer, context in made.items() if context is not None}


def offering(
    ciphers: str = _ANY, newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED
) -> ssl.SSLContext:
    """A context that verifies nothing, for every version up to `newest`. TLS 1.3 has no ciphers that depend
    on the kind of key (RFC 8446 appendix B.4)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    context.set_ciphers(ciphers)
    context.options |= ssl.OP_LEGACY_SERVER_CONNECT
    return context


def _of_versions(oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> ssl.SSLContext | None:
    """A context for these versions, or None if this build cannot offer the newest."""
    context = offering()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # to find servers that accept it is the purpose
        try:
            context.minimum_version, context.maximum_version = oldest, newest
        except ValueError:
            return None
    return context if _hello(context)[_HELLO_VERSION] == newest.to_bytes(2) else None


def _hello(context: ssl.SSLContext) -> bytes:
    """The ClientHello, or nothing: some builds refuse a version only when a handshake begins."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    except ssl.SSLError:
        return b""
    return b""
