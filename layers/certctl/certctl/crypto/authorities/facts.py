"""What a CA certificate says, as text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.crypto.fingerprints import fingerprint_sha256
from certctl.crypto.pem import load_certificate, load_certificates
from certctl.crypto.serials import serial_text
from certctl.crypto.x509_values import extension_value, oid_name

_ALGORITHMS = {"secp256r1": "ECDSA P-256", "secp384r1": "ECDSA P-384", "secp521r1": "ECDSA P-521"}


@dataclass(frozen=True)
class CertificateFacts:
    """Names in RFC 4514. `key_bits` is None for a key without a size. `path_length` is None for a certificate
    without a limit; `permitted_names` and `excluded_names` are empty without name constraints.
    `certificate_policies` are dotted OIDs, empty without the extension."""

    subject: str
    issuer: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    fingerprint_sha256: str
    key_algorithm: str
    key_bits: int | None
    signature_algorithm: str
    path_length: int | None
    permitted_names: tuple[str, ...]
    excluded_names: tuple[str, ...]
    certificate_policies: tuple[str, ...]
    crl_urls: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]


def facts_of(pem: str) -> CertificateFacts:
    """The facts of the first certificate. Raises ValueError."""
    return _facts(load_certificate(pem))


def chain_facts(pem: str) -> tuple[CertificateFacts, ...]:
    """The facts of all certificates, in order; empty for an empty text."""
    return tuple(map(_facts, load_certificates(pem))) if pem else ()


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    constraints = extension_value(certificate, x509.NameConstraints)
    basic = extension_value(certificate, x509.BasicConstraints)
    algorithm, bits = _key(certificate)
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial_number=serial_text(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint_sha256=fingerprint_sha256(certificate),
        key_algorithm=algorithm,
        key_bits=bits,
        signature_algorithm=oid_name(certificate.signature_algorithm_oid),
        path_length=basic.path_length if basic else None,
        permitted_names=_names(constraints.permitted_subtrees if constraints else None),
        excluded_names=_names(constraints.excluded_subtrees if constraints else None),
        certificate_policies=_policies(certificate),
        crl_urls=tuple(_crl_urls(certificate)),
        issuer_urls=tuple(_access_urls(certificate, Access.CA_ISSUERS)),
        ocsp_urls=tuple(_access_urls(certificate, Access.OCSP)),
    )


def _key(certificate: x509.Certificate) -> tuple[str, int | None]:
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _ALGORITHMS.get(key.curve.name, f"ECDSA {key.curve.name}"), key.key_size
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size
    return type(key).__name__.removesuffix("PublicKey"), None


def _policies(certificate: x509.Certificate) -> tuple[str, ...]:
    found = extension_value(certificate, x509.CertificatePolicies)
    return tuple(each.policy_identifier.dotted_string for each in found or ())


def _names(subtrees: Sequence[x509.GeneralName] | None) -> tuple[str, ...]:
    return tuple(map(_name, subtrees or ()))


def _name(name: x509.GeneralName) -> str:
    match name:
        case x509.DNSName():
            return f"DNS:{name.value}"
        case x509.RFC822Name():
            return f"email:{name.value}"
        case x509.UniformResourceIdentifier():
            return f"URI:{name.value}"
        case x509.IPAddress():
            return f"IP:{name.value}"
        case x509.DirectoryName():
            return f"DirName:{name.value.rfc4514_string()}"
        case _:
            return str(name.value)


def _crl_urls(certificate: x509.Certificate) -> Iterator[str]:
    for point in extension_value(certificate, x509.CRLDistributionPoints) or ():
        for name in point.full_name or ():
            if isinstance(name, x509.UniformResourceIdentifier):
                yield name.value


def _access_urls(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> Iterator[str]:
    for access in extension_value(certificate, x509.AuthorityInformationAccess) or ():
        location = access.access_location
        if access.access_method == method and isinstance(location, x509.UniformResourceIdentifier):
            yield location.value
