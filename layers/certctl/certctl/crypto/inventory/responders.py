"""Recognizes the certificates of OCSP responders."""

import warnings

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from certctl.crypto.pem import UNREADABLE


def is_ocsp_responder(der: bytes) -> bool:
    """Whether the certificate signs OCSP responses, nothing else, and is not checked itself (RFC 6960,
    4.2.2.2)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            extensions = x509.load_der_x509_certificate(der).extensions
            usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            extensions.get_extension_for_class(x509.OCSPNoCheck)
    except UNREADABLE:  # a missing extension as well
        return False
    return list(usage) == [ExtendedKeyUsageOID.OCSP_SIGNING]
