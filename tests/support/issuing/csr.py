"""Builders of keys and certificate signing requests, good and bad."""

from base64 import encodebytes
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from certctl.crypto.der import children
from certctl.crypto.names import parse_san, to_general_name

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "ECDSA-P256": ec.SECP256R1,
    "ECDSA-P384": ec.SECP384R1,
    "ECDSA-P521": ec.SECP521R1,
}


def new_key(kind: str = "ECDSA-P256") -> PrivateKey:
    """`ECDSA-P256`, `RSA-2048`, `Ed25519`, ... RSA keys are made once per size: they take long."""
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind.startswith("RSA-"):
        return _rsa_key(int(kind.removeprefix("RSA-")), 65537)
    return ec.generate_private_key(_CURVES[kind]())


@cache
def _rsa_key(bits: int, exponent: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(exponent, bits)


def rsa_key_with_exponent_3() -> rsa.RSAPrivateKey:
    return _rsa_key(2048, 3)


def key_pem(key: PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def csr_pem(
    common_name: str | None = "www.example.com",
    sans: Sequence[str] = (),
    key: PrivateKey | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> str:
    """A good request; `sans` as `parse_san` takes them, for a new P-256 key unless `key` is given."""
    return build_csr(common_name, [to_general_name(parse_san(text)) for text in sans], key, extensions)


def build_csr(
    common_name: str | None,
    names: Sequence[x509.GeneralName],
    key: PrivateKey | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> str:
    """A CSR for names that `parse_san` would refuse."""
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    alternative = [x509.SubjectAlternativeName(names)] if names else []
    for extension in [*alternative, *extensions]:
        builder = builder.add_extension(extension, critical=False)
    return sign_csr(builder, key or new_key())


def sign_csr(builder: x509.CertificateSigningRequestBuilder, key: PrivateKey) -> str:
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM).decode()


def resigned(pem: str, key: PrivateKey, old: bytes, new: bytes) -> str:
    """The request with `old` replaced by `new`, of the same length, and a good signature over it."""
    assert len(old) == len(new)
    request = x509.load_pem_x509_csr(pem.encode())
    assert old in request.tbs_certrequest_bytes
    info = request.tbs_certrequest_bytes.replace(old, new)
    (_, body), *_ = children(request.public_bytes(Encoding.DER))
    algorithm = _tlv(0x30, children(body)[1][1])
    return as_pem(_tlv(0x30, info + algorithm + _tlv(0x03, b"\x00" + _signature(key, info))))


def tampered(pem: str, old: bytes, new: bytes) -> str:
    """The request with `old` replaced by `new` of the same length, under the signature of the old one."""
    assert len(old) == len(new)
    der = x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER)
    assert old in der
    return as_pem(der.replace(old, new))


def _signature(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    return key.sign(data)


def _tlv(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def as_pem(der: bytes) -> str:
    return (
        f"-----BEGIN CERTIFICATE REQUEST-----\n{encodebytes(der).decode()}-----END CERTIFICATE REQUEST-----\n"
    )


_FILES = count()


def saved(directory: Path, content: str | bytes, suffix: str = ".pem") -> Path:
    """A new file with this content, for the openssl binary."""
    path = directory / f"{next(_FILES)}{suffix}"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
