"""Certificates of CAs: a root (pathLen 2: ADR 77) and the issuing CA under it (pathLen 0)."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from certctl.crypto.ca_keys import CaPrivateKey, CaPublicKey, signature_hash
from certctl.crypto.issuing.extensions import (
    any_policy,
    authority_key_identifier,
    distribution_points,
    information_access,
    key_usage,
)
from certctl.crypto.issuing.issuing import check_lifetime
from certctl.crypto.permitted_names import name_constraints
from certctl.crypto.serials import new_serial
from certctl.domain.errors import InvalidInput

_BELOW_A_ROOT = 2
"""One more than an issuing CA needs: a successor of the root may stand between them (ADR 77)."""


def root_certificate(
    subject: str, key: CaPrivateKey, not_before: datetime, not_after: datetime
) -> x509.Certificate:
    """Self-signed. `subject` as in RFC 4514 (`CN=Example Root,O=Example`). Raises InvalidInput."""
    name = parse_subject(subject)
    builder = _ca_builder(name, name, key.public_key(), path_length=_BELOW_A_ROOT)
    builder = builder.not_valid_before(not_before).not_valid_after(not_after)
    certificate = builder.sign(key, signature_hash(key.public_key()))
    certificate.verify_directly_issued_by(certificate)
    return certificate


def issuing_certificate(
    subject: str,
    public_key: CaPublicKey,
    root_cert: x509.Certificate,
    root_key: CaPrivateKey,
    permitted_domains: Sequence[str],
    crl_url: str,
    issuer_url: str,
    not_before: datetime,
    not_after: datetime,
    ocsp_url: str | None = None,
) -> x509.Certificate:
    """`crl_url`, `issuer_url` and `ocsp_url` are the root's. Raises InvalidInput.

    `permitted_domains` are domains and address ranges, and all that the CA may certify: see
    `name_constraints`. Empty, they permit all names.
    """
    check_lifetime(not_after, root_cert)
    builder = _ca_builder(parse_subject(subject), root_cert.subject, public_key, path_length=0)
    builder = builder.not_valid_before(not_before).not_valid_after(not_after)
    for extension in (
        authority_key_identifier(root_cert),
        distribution_points(crl_url),
        information_access(issuer_url, ocsp_url),
        any_policy(),
    ):
        builder = builder.add_extension(extension, critical=False)
    if permitted_domains:
        builder = builder.add_extension(name_constraints(permitted_domains), critical=True)
    certificate = builder.sign(root_key, signature_hash(root_key.public_key()))
    certificate.verify_directly_issued_by(root_cert)
    return certificate


def parse_subject(text: str) -> x509.Name:
    """RFC 4514. Raises InvalidInput on `subject`, also if it is empty: a CA needs a name."""
    try:
        name = x509.Name.from_rfc4514_string(text)
    except ValueError as error:
        raise InvalidInput.of(
            "subject", f"not a distinguished name of the form CN=...,O=...: {error}"
        ) from error
    if not list(name):
        raise InvalidInput.of("subject", "a CA needs a name, for example CN=Example Root,O=Example")
    return name


def _ca_builder(
    subject: x509.Name, issuer: x509.Name, public_key: CaPublicKey, path_length: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(new_serial())
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
