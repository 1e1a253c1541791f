"""Formats of files: recognized by their first bytes or by marks in their text, never by their names."""

from certctl_client.importing.formats import dumps, keystores, pem, pkcs7, pkcs12, private_keys
from certctl_client.importing.formats.der import SEQUENCE, child, first
from certctl_client.importing.formats.pkcs12 import Passwords
from certctl_client.importing.found import Contents, NoCertificate, Unreadable

_DER = b"\x30"
_LONG_DER = (b"\x30\x82", b"\x30\x83")
"""What files that hold more than 255 bytes of DER begin with, and texts do not."""


def groups_of(data: bytes, passwords: Passwords) -> list[Contents]:
    """Reads PEM, DER, PKCS #7, PKCS #12, JKS, JCEKS, and dumps. Raises Unreadable, NoCertificate."""
    if keystores.is_keystore(data):
        return [keystores.contents_of(data)]
    if pem.BEGIN in data:
        return [pem.contents_of(data)]
    if dumps.MARK in data:
        return dumps.groups_of(data)
    if key := private_keys.of_bytes(data):
        return [Contents(private_keys=(key,))]
    if data.startswith(_DER):
        return [_of_der(data, passwords)]
    raise NoCertificate("It holds no certificate.")


def _of_der(data: bytes, passwords: Passwords) -> Contents:
    if data.startswith(_LONG_DER):
        first(data)  # raises Unreadable if the file is cut short
    if pkcs12.is_pkcs12(data):
        return pkcs12.contents_of(data, passwords)
    if pkcs7.is_pkcs7(data):
        return Contents(tuple(pkcs7.certificates(data)))
    if _is_certificate(data):
        return Contents((first(data).whole,))
    raise NoCertificate("It holds no certificate.")


def _is_certificate(data: bytes) -> bool:
    """Whether the data has the outline of SEQUENCE { SEQUENCE { [0] version, ...}, SEQUENCE, BIT STRING }, or
    of a certificate of version 1, which begins with its serial number."""
    try:
        return child(child(first(data), SEQUENCE), SEQUENCE).tag in (0xA0, 0x02)
    except Unreadable:
        return False
