"""Extensions that several kinds of certificate have."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from certctl.domain.policies.certificate_policies import ANY_POLICY, CertificatePolicy

NO_REV_AVAIL = x509.ObjectIdentifier("2.5.29.56")
_NULL = b"\x05\x00"


def key_usage(*usages: str) -> x509.KeyUsage:
    """`usages`: parameter names of `x509.KeyUsage`."""
    return x509.KeyUsage(
        digital_signature="digital_signature" in usages,
        content_commitment=False,
        key_encipherment="key_encipherment" in usages,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign="key_cert_sign" in usages,
        crl_sign="crl_sign" in usages,
        encipher_only=False,
        decipher_only=False,
    )


def authority_key_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """Copies the issuer's own SKI, which need not be the hash of its key. Raises ExtensionNotFound."""
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def distribution_points(crl_url: str) -> x509.CRLDistributionPoints:
    name = x509.UniformResourceIdentifier(crl_url)
    return x509.CRLDistributionPoints([x509.DistributionPoint([name], None, None, None)])


def certificate_policies(policies: Sequence[CertificatePolicy]) -> x509.CertificatePolicies:
    """Each with the URI of its practice statement, if it has one (RFC 5280, 4.2.1.4)."""
    return x509.CertificatePolicies(
        [
            x509.PolicyInformation(
                x509.ObjectIdentifier(each.oid), [each.cps_uri] if each.cps_uri is not None else None
            )
            for each in policies
        ]
    )


def any_policy() -> x509.CertificatePolicies:
    """Certificates below the CA may have any policy (RFC 5280, 4.2.1.4)."""
    return certificate_policies([CertificatePolicy(ANY_POLICY, None)])


def no_rev_avail() -> x509.UnrecognizedExtension:
    """The issuer publishes no revocation status for the certificate (RFC 9608, section 2)."""
    return x509.UnrecognizedExtension(NO_REV_AVAIL, _NULL)


def information_access(issuer_url: str, ocsp_url: str | None) -> x509.AuthorityInformationAccess:
    places = [(Access.CA_ISSUERS, issuer_url), *([(Access.OCSP, ocsp_url)] if ocsp_url else [])]
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in places]
    )
