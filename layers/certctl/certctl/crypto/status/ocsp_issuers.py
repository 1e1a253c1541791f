"""What CertIDs call a CA: the hashes of its name and key (RFC 6960, 4.1.1). Loads no library."""

import base64

from certctl.crypto.status.ocsp_requests import HASHES, issuer_key
from certctl.crypto.status.tlv import BIT_STRING, SEQUENCE, NotDer, elements, explicit, one

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def issuer_keys(certificate_pem: str) -> frozenset[str]:
    """The `issuer` of CertIDs that mean this CA, one for each hash. Raises NotDer."""
    subject, key = _subject_and_key(_der_of(certificate_pem))
    each = (issuer_key(oid, new(subject).digest(), new(key).digest()) for oid, new in HASHES.items())
    return frozenset(filter(None, each))


def _der_of(pem: str) -> bytes:
    body = pem.partition(_BEGIN)[2].partition(_END)[0]
    return base64.b64decode("".join(body.split()))


def _subject_and_key(certificate: bytes) -> tuple[bytes, bytes]:
    """The DER of the subject, and the content of the key's BIT STRING without its count of unused bits."""
    to_be_signed = elements(one(certificate, SEQUENCE).content, 3)[0]
    fields = elements(to_be_signed.content, 7)
    if fields[0].tag != explicit(0):
        raise NotDer("a certificate of a CA is v3")
    subject, key_info = fields[5], fields[6]
    _, key = elements(key_info.content, 2)
    if key.tag != BIT_STRING or not key.content:
        raise NotDer("a certificate has a key")
    return subject.der, key.content[1:]
