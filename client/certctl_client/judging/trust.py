"""The CAs that a probe trusts."""

import ssl
from collections.abc import Iterable
from pathlib import Path

from certctl_client.errors import ConfigurationError
from certctl_client.probing.offers import offering


def trusting(files: Iterable[Path]) -> ssl.SSLContext:
    """A context that verifies chains by the CAs of the system, those of Mozilla's list, and those in PEM
    files; names are judged apart. An intermediate CA may be trusted as well as a root. CAs of private PKIs
    are taken with what RFC 5280 asks of them and few obey. Raises ConfigurationError."""
    import certifi

    context = offering()
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags = ssl.VERIFY_X509_TRUSTED_FIRST | ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_default_verify_paths()
    context.load_verify_locations(certifi.where())
    for file in files:
        _trust(context, file)
    return context


def _trust(context: ssl.SSLContext, file: Path) -> None:
    try:
        context.load_verify_locations(file)
    except (OSError, ssl.SSLError) as error:
        reason = "it contains no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(
            f"{file} cannot be used as CA certificate: {reason}.", "Give a PEM file to --ca."
        ) from None
