"""Reads certificates from files in any usual format, and describes them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from certctl_client.crl.documents import serial_text
from certctl_client.errors import CommandError
from certctl_client.plain_text import counted
from certctl_client.times import wire

_PEM = b"-----BEGIN "
_CERTIFICATE = (b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----")
_OTHERS = {
    b"CERTIFICATE REQUEST": "a signing request",
    b"X509 CRL": "a CRL: see `certctl crl show --file`",
    b"PRIVATE KEY": "a private key",
    b"PUBLIC KEY": "a public key",
}

type Password = Callable[[], bytes]
"""Asks for the password of a PKCS #12 file."""


def certificates_in(data: bytes, password: Password) -> list[x509.Certificate]:
    """Reads PEM, DER, PKCS #7 or PKCS #12, in the order of the file, the leaf of PKCS #12 first. Calls
    `password` only if a PKCS #12 file needs one. Raises CommandError."""
    readers = (_pem, _pem_pkcs7) if _PEM in data else (_der, _der_pkcs7, lambda data: _pkcs12(data, password))
    found = next((read for reader in readers if (read := reader(data))), None)
    if not found:
        raise CommandError(
            f"It holds no certificate{_what_else(data)}.", "PEM, DER, PKCS #7 and PKCS #12 are read."
        )
    return found


def described(certificate: x509.Certificate, now: datetime) -> dict[str, Any]:
    """Describes a certificate: times as in the API, the serial in lower-case hex of whole octets."""
    return {
        "subject": certificate.subject.rfc4514_string(),
        "names": _names(certificate),
        "issuer": certificate.issuer.rfc4514_string(),
        "serial_number": serial_text(certificate.serial_number),
        "not_before": wire(certificate.not_valid_before_utc),
        "not_after": wire(certificate.not_valid_after_utc),
        "validity": _validity(certificate, now),
        "key": _key(certificate),
        "signature": _signature(certificate),
        "ca": is_ca(certificate),
        "fingerprint_sha256": certificate.fingerprint(SHA256()).hex(),
    }


def is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def _pem(data: bytes) -> list[x509.Certificate]:
    if not any(marker in data for marker in _CERTIFICATE):
        return []
    return _read(lambda: x509.load_pem_x509_certificates(data))


def _pem_pkcs7(data: bytes) -> list[x509.Certificate]:
    return _read(lambda: pkcs7.load_pem_pkcs7_certificates(data)) if b"-----BEGIN PKCS7-----" in data else []


def _der(data: bytes) -> list[x509.Certificate]:
    return _read(lambda: [x509.load_der_x509_certificate(data)])


def _der_pkcs7(data: bytes) -> list[x509.Certificate]:
    return _read(lambda: pkcs7.load_der_pkcs7_certificates(data))


def _pkcs12(data: bytes, password: Password) -> list[x509.Certificate]:
    """Tries without a password first. Raises CommandError if the password is wrong."""
    for unencrypted in (None, b""):
        if found := _read(partial(_of_pkcs12, data, unencrypted)):
            return found
    if not _is_pkcs12(data):
        return []
    if found := _read(partial(_of_pkcs12, data, password())):
        return found
    raise CommandError("The PKCS #12 file cannot be opened with this password.")


def _of_pkcs12(data: bytes, password: bytes | None) -> list[x509.Certificate]:
    bundle = pkcs12.load_pkcs12(data, password)
    leaf = [bundle.cert.certificate] if bundle.cert else []
    return [*leaf, *(other.certificate for other in bundle.additional_certs)]


def _is_pkcs12(data: bytes) -> bool:
    """Whether the data is SEQUENCE { INTEGER 3, ...} (RFC 7292 section 4)."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[:12]


def _read(load: Callable[[], list[x509.Certificate]]) -> list[x509.Certificate]:
    return _or_none(load) or []


def _what_else(data: bytes) -> str:
    return next((f": it is {what}" for mark, what in _OTHERS.items() if mark in data), "")


def _names(certificate: x509.Certificate) -> list[str]:
    """The alternative names, as `DNS:www.example.com`, in the order of the certificate."""
    try:
        value = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return list(map(_name, value))
    except (x509.ExtensionNotFound, ValueError):
        return []


def _name(name: x509.GeneralName) -> str:
    match name:
        case x509.DNSName():
            return f"DNS:{name.value}"
        case x509.IPAddress():
            return f"IP:{name.value}"
        case x509.RFC822Name():
            return f"email:{name.value}"
        case x509.UniformResourceIdentifier():
            return f"URI:{name.value}"
    return f"{type(name).__name__}:{name.value}"


def _validity(certificate: x509.Certificate, now: datetime) -> str:
    if now < certificate.not_valid_before_utc:
        return "not yet valid"
    days = (certificate.not_valid_after_utc - now).days
    return f"valid for {counted(days, 'more day')}" if days >= 0 else f"expired {counted(-days, 'day')} ago"


def _key(certificate: x509.Certificate) -> str:
    key = _or_none(certificate.public_key)
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"ECDSA {key.curve.name}"
        case None:
            return "unknown"
    return type(key).__name__.removesuffix("PublicKey")


def _signature(certificate: x509.Certificate) -> str:
    algorithm = _or_none(lambda: certificate.signature_hash_algorithm)
    name = certificate.signature_algorithm_oid._name
    return name if name != "Unknown OID" or algorithm is None else algorithm.name


def _or_none[Value](read: Callable[[], Value]) -> Value | None:
    """The value, or None for any error: on hostile bytes the library raises more kinds than its documentation
    names."""
    try:
        return read()
    except Exception:
        return None


def chain_faults(certificates: Sequence[x509.Certificate]) -> Iterator[str]:
    """What is wrong with the order of a chain, leaf first."""
    for number, (one, above) in enumerate(pairwise(certificates), start=1):
        if one.issuer != above.subject:
            yield f"certificate {number + 1} is not the issuer of certificate {number}"
        elif not is_signed_by(one, above):
            yield f"certificate {number} was not signed by certificate {number + 1}"


def is_signed_by(one: x509.Certificate, above: x509.Certificate) -> bool:
    """Whether `above` is the issuer by name, and its key verifies the signature."""
    try:
        one.verify_directly_issued_by(above)
    except Exception:  # unsupported algorithms raise other kinds than a wrong signature
        return False
    return True
