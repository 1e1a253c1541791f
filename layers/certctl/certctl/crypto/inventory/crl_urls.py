"""Where a certificate says that its revocation would be published."""

import warnings

from cryptography import x509

from certctl.crypto.pem import UNREADABLE


def crl_urls(der: bytes) -> list[str]:
    """The URLs of its CRL distribution points (RFC 5280, 4.2.1.13); empty without any, or if its extensions
    cannot be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            extensions = x509.load_der_x509_certificate(der).extensions
            points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except UNREADABLE:  # a missing extension as well
        return []
    names = [name for point in points for name in point.full_name or ()]
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
