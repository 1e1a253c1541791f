"""Certificates of a PKCS #7 or CMS file in DER (RFC 5652 section 5.1). Signatures are not verified."""

from certctl_client.importing.formats import der
from certctl_client.importing.found import Unreadable

SIGNED_DATA = "1.2.840.113549.1.7.2"


def is_pkcs7(data: bytes) -> bool:
    """Whether the data is SEQUENCE { OBJECT IDENTIFIER signedData, ...}."""
    try:
        return der.dotted(der.child(der.first(data), der.SEQUENCE)) == SIGNED_DATA
    except Unreadable:
        return False


def certificates(data: bytes) -> list[bytes]:
    """In the order of the file. Raises Unreadable."""
    kind, content, *_ = der.at_least(der.children(der.first(data)), 2)
    if der.dotted(kind) != SIGNED_DATA:
        raise Unreadable("It is PKCS #7 without signed data, which holds no certificates.")
    parts = der.children(der.child(content, der.EXPLICIT_0))
    found = next((part for part in parts if part.tag == der.EXPLICIT_0), None)
    if found is None:
        raise Unreadable("It is PKCS #7 without certificates.")
    return [each.whole for each in der.children(found, der.EXPLICIT_0) if each.tag == der.SEQUENCE]
