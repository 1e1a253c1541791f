"""Compares a leaf from an external issuer with what the issuer was asked to sign, beyond key, names and
signatures, which are checked for all issuers (external_chains)."""

from collections.abc import Iterator, Set
from datetime import datetime, timedelta

from cryptography import x509

from certctl.crypto.pem import UNREADABLE, load_certificates
from certctl.crypto.x509_values import extension_value

_TOLERANCE = timedelta(minutes=1)


def leaf_faults(
    pem: str, csr_pem: str, usages: Set[x509.ObjectIdentifier], begins: datetime, ends: datetime
) -> tuple[str, ...]:
    """Why the chain's leaf is not the one that was requested; empty if it is."""
    try:
        leaf, request = load_certificates(pem)[0], x509.load_pem_x509_csr(csr_pem.encode())
        return (
            *_subject_faults(leaf, request),
            *_usage_faults(leaf, usages),
            *_authority_faults(leaf),
            *_validity_faults(leaf, begins, ends),
        )
    except UNREADABLE:
        return ("the certificate cannot be read",)


def _subject_faults(leaf: x509.Certificate, request: x509.CertificateSigningRequest) -> Iterator[str]:
    found, wanted = leaf.subject.rfc4514_string(), request.subject.rfc4514_string()
    if found != wanted:
        yield f"the certificate's subject is {found or 'empty'}, not {wanted or 'empty'}"


def _usage_faults(leaf: x509.Certificate, wanted: Set[x509.ObjectIdentifier]) -> Iterator[str]:
    found = set(extension_value(leaf, x509.ExtendedKeyUsage) or ())
    if found != wanted:
        names = ", ".join(sorted(oid._name for oid in found)) or "none"
        yield f"the certificate's extended key usages are {names}"


def _authority_faults(leaf: x509.Certificate) -> Iterator[str]:
    """RFC 5280 sections 4.2.1.3 and 4.2.1.9: either extension would let the key sign certificates or CRLs."""
    constraints, usage = extension_value(leaf, x509.BasicConstraints), extension_value(leaf, x509.KeyUsage)
    if constraints is not None and constraints.ca:
        yield "the certificate is a CA's"
    if usage is not None and (usage.key_cert_sign or usage.crl_sign):
        yield "the certificate's key may sign certificates or CRLs"


def _validity_faults(leaf: x509.Certificate, begins: datetime, ends: datetime) -> Iterator[str]:
    if leaf.not_valid_before_utc < begins - _TOLERANCE:
        yield f"the certificate begins {leaf.not_valid_before_utc:%FT%TZ}, before {begins:%FT%TZ}"
    if abs(leaf.not_valid_after_utc - ends) > _TOLERANCE:
        yield f"the certificate ends {leaf.not_valid_after_utc:%FT%TZ}, not {ends:%FT%TZ}"
