"""Certificates of OCSP responders (RFC 6960, 4.2.2.2)."""

from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from certctl.crypto.ca_keys import CaPrivateKey, CaPublicKey, signature_hash
from certctl.crypto.issuing.extensions import authority_key_identifier, key_usage


def responder_certificate(
    name: str,
    public_key: CaPublicKey,
    ca_certificate: x509.Certificate,
    ca_key: CaPrivateKey,
    serial: int,
    not_before: datetime,
    not_after: datetime,
) -> x509.Certificate:
    """Signs OCSP responses for the CA. Nobody checks its own revocation (id-pkix-ocsp-nocheck), so it has
    neither CDP nor AIA. `name` must not look like a host name, which name constraints would cover."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(ca_certificate.subject)
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(authority_key_identifier(ca_certificate), critical=False)
    )
    certificate = builder.sign(ca_key, signature_hash(ca_key.public_key()))
    certificate.verify_directly_issued_by(ca_certificate)
    return certificate
