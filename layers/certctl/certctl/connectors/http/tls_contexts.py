"""The trusted roots of outbound https."""

import ssl
from functools import cache, lru_cache


@cache
def default_tls_context() -> ssl.SSLContext:
    """Trusts certifi's roots, which ship with the layer, and not those of the machine."""
    return tls_context_trusting("")


@lru_cache(maxsize=16)
def tls_context_trusting(ca_bundle: str) -> ssl.SSLContext:
    """Trusts the default roots and the PEM certificates of `ca_bundle`. Raises ssl.SSLError for other
    text."""
    import certifi  # only when a connection is made: an import costs every cold start

    context = ssl.create_default_context(cafile=certifi.where())
    if ca_bundle:
        context.load_verify_locations(cadata=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context
