"""Signing requests whose subjects no library would write: any string type, any bytes, multi-valued RDNs."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certctl.crypto.status.tlv import tlv
from tests.support.issuing.csr import as_pem, new_key

UTF8, PRINTABLE, T61, IA5, BMP, UNIVERSAL, BIT_STRING = 0x0C, 0x13, 0x14, 0x16, 0x1E, 0x1C, 0x03
COMMON_NAME, ORGANIZATION, UNIT, COUNTRY = "2.5.4.3", "2.5.4.10", "2.5.4.11", "2.5.4.6"
LOCALITY = "2.5.4.7"
_SEQUENCE, _SET, _INTEGER, _CONTEXT = 0x30, 0x31, 0x02, 0xA0
_ECDSA_SHA_256 = bytes.fromhex("300a06082a8648ce3d040302")
Attribute = tuple[str, int, bytes]
"""OID, tag and content of the value."""


def raw_csr(*rdns: Sequence[Attribute]) -> str:
    """A request for a new P-256 key, with a good signature. Each RDN has one or several attributes."""
    key = new_key()
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    subject = tlv(_SEQUENCE, *(tlv(_SET, *sorted(map(_attribute, rdn))) for rdn in rdns))
    info = tlv(_SEQUENCE, tlv(_INTEGER, b"\x00"), subject, public, tlv(_CONTEXT))
    signature = key.sign(info, ec.ECDSA(hashes.SHA256()))
    return as_pem(tlv(_SEQUENCE, info, _ECDSA_SHA_256, tlv(BIT_STRING, b"\x00", signature)))


def _attribute(attribute: Attribute) -> bytes:
    oid, tag, content = attribute
    return tlv(_SEQUENCE, _oid(oid), tlv(tag, content))


def _oid(text: str) -> bytes:
    """The library writes OIDs in extensions of unknown kinds only: one is taken from a name."""
    name = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(text), "ab")]).public_bytes()
    return name[name.index(b"\x06") : -4]
