"""Reads one certificate as somebody sent it, in PEM or DER; a private key is noticed and never parsed."""

import base64
import binascii
import re

from certctl.crypto.der import children
from certctl.crypto.inventory.facts import Unreadable

_PEM = re.compile(
    r"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----(.*?)-----END (?:X509 |TRUSTED )?CERTIFICATE-----",
    re.DOTALL,
)
_MOST_BLOCKS = 20
_KEY_MARKS = ("PRIVATE KEY", "PuTTY-User-Key-File")
_KEYSTORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
"""Java keystores: JKS and JCEKS begin so."""
_SEQUENCE, _INTEGER, _OBJECT_ID, _OCTETS = 0x30, 0x02, 0x06, 0x04


class PrivateKeyFound(Exception):
    """The text has a private key, or may have one: nothing of it may be kept."""


def der_of_pem(text: str) -> bytes:
    """The DER of the only certificate of a PEM text. Raises PrivateKeyFound, Unreadable."""
    refuse_keys(text)
    if text.count("-----BEGIN") > _MOST_BLOCKS:  # each is sought to the end of the text
        raise Unreadable("not one certificate in PEM")
    bodies = _PEM.findall(text)
    if len(bodies) != 1:
        raise Unreadable("not one certificate in PEM")
    return decoded("".join(bodies[0].split()))


def der_of_base64(text: str) -> bytes:
    """The DER of a certificate in base64. Raises PrivateKeyFound, Unreadable."""
    refuse_keys(text)
    return decoded("".join(text.split()))


def refuse_keys(text: str) -> None:
    """Raises PrivateKeyFound if the text names one."""
    if any(mark in text for mark in _KEY_MARKS):
        raise PrivateKeyFound


def decoded(text: str) -> bytes:
    """Raises PrivateKeyFound, Unreadable."""
    try:
        der = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unreadable("not base64") from None
    if not der.startswith(b"\x30"):  # a text in base64; a certificate may be named after a key
        refuse_keys(der.decode("latin-1"))
    if may_be_private_key(der):
        raise PrivateKeyFound
    return der


def may_be_private_key(der: bytes) -> bool:
    """Whether the DER has the form of a private key or a keystore: PKCS#1, PKCS#8, SEC 1, encrypted PKCS#8 or
    PKCS#12. Each begins with a number, or with an algorithm and octets; a certificate with a sequence."""
    try:
        (tag, content), *rest = children(der)
        if tag != _SEQUENCE or rest:
            return der[:4] in _KEYSTORES
        parts = children(content)
    except (ValueError, IndexError):
        return der[:4] in _KEYSTORES
    tags = [each for each, _ in parts]
    if tags[:1] == [_INTEGER]:
        return True
    return tags == [_SEQUENCE, _OCTETS] and _is_algorithm(parts[0][1])


def _is_algorithm(content: bytes) -> bool:
    try:
        return children(content)[0][0] == _OBJECT_ID
    except (ValueError, IndexError):
        return False
