"""The issuing CA of an `Authority` with other certificate policies."""

from collections.abc import Sequence
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from certctl.domain.policies.certificate_policies import ANY_POLICY
from tests.support.authorities.authority import Authority


def with_policies(authority: Authority, oids: Sequence[str] = (ANY_POLICY,)) -> Authority:
    """The CAs, the issuing one with these policies and no others, or without any, as those of 0.2.0."""
    old = authority.issuing
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(old.public_key())
        .serial_number(old.serial_number + 1)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    for kept in old.extensions:
        if kept.oid != x509.CertificatePolicies.oid:
            builder = builder.add_extension(kept.value, kept.critical)
    if oids:
        each = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]
        builder = builder.add_extension(x509.CertificatePolicies(each), critical=False)
    return replace(authority, issuing=builder.sign(authority.root_key, hashes.SHA384()))
