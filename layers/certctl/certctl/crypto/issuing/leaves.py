"""Signs a certificate's next version as its records specify."""

from dataclasses import dataclass

from certctl.crypto.ca_keys import CaPrivateKey
from certctl.crypto.issuing.chains import issuing_chain
from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf
from certctl.crypto.names import names_of
from certctl.crypto.pem import certificate_pem
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import subject_of


@dataclass(frozen=True)
class CheckedRequest:
    """The checked request, and the records that determine the certificate."""

    csr: CheckedCsr
    profile: Profile


def signed_leaf(
    certificate: Certificate,
    version: Version,
    authority: Authority,
    shard: CrlShard,
    checked: CheckedRequest,
    key: CaPrivateKey,
) -> IssuedPem:
    """One signature with the CA's key. Raises what the key raises."""
    request = LeafRequest(
        public_key=checked.csr.public_key,
        common_name=certificate.common_name,
        names=checked.csr.names or names_of(certificate.common_name, certificate.sans),
        extended_key_usages=checked.profile.extended_key_usages,
        serial=int(version.serial_number, 16),
        not_before=version.not_before,
        not_after=version.not_after,
        crl_url=shard.url,
        issuer_url=authority.certificate_url,
        ocsp_url=authority.ocsp_url,
        no_rev_avail=version.no_rev_avail,
        subject=subject_of(checked.profile.subject, certificate.subject),
        policies=checked.profile.policies,
    )
    leaf = issue_leaf(request, issuing_chain(authority), key)
    return IssuedPem(
        certificate.id,
        version.serial_number,
        certificate_pem(leaf),
        authority.served_pem,
        checked.csr.pem,
    )
