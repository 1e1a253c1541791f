"""httpx, without its own command line, whose import takes as long as that of the rest."""

import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit

from certctl_client.errors import ConfigurationError

_ITS_COMMAND = "httpx._main"

if "httpx" not in sys.modules:
    sys.modules[_ITS_COMMAND] = None  # type: ignore[assignment]  # httpx does without it
    import httpx

    del sys.modules[_ITS_COMMAND]
else:
    import httpx

__all__ = ["httpx", "trust_for"]


def trust_for(url: str, ca_cert: str = "") -> ssl.SSLContext:
    """The certificates to trust for a server: the usual CAs, and those in the PEM file `ca_cert`. Over plain
    http, to this machine, none are loaded. Raises ConfigurationError."""
    if urlsplit(url).scheme == "http":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted = httpx.create_ssl_context()
    if ca_cert:
        try:
            trusted.load_verify_locations(cafile=Path(ca_cert))
        except (OSError, ssl.SSLError) as error:
            reason = "it contains no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigurationError(
                f"{ca_cert} cannot be used as CA certificate: {reason}.", "Give a PEM file to --ca-cert."
            ) from None
    return trusted
