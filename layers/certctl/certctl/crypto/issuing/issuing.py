"""Issues leaf certificates (RFC 5280); what a profile decides is in docs/policies.md#profiles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from certctl.crypto.ca_keys import CaPrivateKey, signature_hash
from certctl.crypto.fingerprints import spki_der
from certctl.crypto.issuing.chains import IssuingChain, LeafContent
from certctl.crypto.issuing.extensions import (
    authority_key_identifier,
    certificate_policies,
    distribution_points,
    information_access,
    key_usage,
    no_rev_avail,
)
from certctl.crypto.issuing.subject_checks import subject_attributes
from certctl.crypto.keys import LeafPublicKey, algorithm_and_size
from certctl.crypto.names import MAX_COMMON_NAME, San, parse_common_name, to_general_name
from certctl.crypto.serials import new_serial, parse_serial, serial_text
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import CsrRejected, FieldProblem, InvalidInput
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import LONGEST_WITHOUT_REVOCATION, Profile
from certctl.domain.policies.subjects import SubjectValues, subject_of
from certctl.domain.policies.usages import KeyUsage, is_critical, key_usages, usage_oid

__all__ = [
    "LeafRequest",
    "PlannedLeaf",
    "check_lifetime",
    "check_not_ca_key",
    "issue_leaf",
    "leaf_problems",
    "new_serial",
    "parse_serial",
    "planned_leaf",
    "serial_text",
]

_KEY_USAGES = {
    KeyUsage.DIGITAL_SIGNATURE: "digital_signature",
    KeyUsage.KEY_ENCIPHERMENT: "key_encipherment",
}
"""Key usages by the names of the library."""


@dataclass(frozen=True)
class LeafRequest:
    """The content of a leaf. The common name, if there is one, is a SAN even if `names` lacks it.
    `subject` has the other attributes of its subject.

    The three URLs are copied byte for byte from the CA's and the shard's record. With `no_rev_avail` the leaf
    names only the issuer's.
    """

    public_key: LeafPublicKey
    common_name: str | None
    names: tuple[San, ...]
    extended_key_usages: tuple[str, ...]
    serial: int
    not_before: datetime
    not_after: datetime
    crl_url: str
    issuer_url: str
    ocsp_url: str | None
    no_rev_avail: bool = False
    subject: SubjectValues = field(default_factory=dict)
    policies: tuple[CertificatePolicy, ...] = ()

    @property
    def planned(self) -> "PlannedLeaf":
        """What the CAs above it may have something against."""
        usages = self.extended_key_usages
        return PlannedLeaf(self.common_name, self.names, usages, self.subject, self.policies)


@dataclass(frozen=True)
class PlannedLeaf:
    """What a leaf will say, before there is a key for it."""

    common_name: str | None
    names: Sequence[San]
    extended_key_usages: tuple[str, ...]
    subject: SubjectValues = field(default_factory=dict)
    policies: tuple[CertificatePolicy, ...] = ()


def planned_leaf(certificate: Certificate, names: Sequence[San], profile: Profile) -> PlannedLeaf:
    return PlannedLeaf(
        certificate.common_name,
        names,
        profile.extended_key_usages,
        subject_of(profile.subject, certificate.subject),
        profile.policies,
    )


def issue_leaf(request: LeafRequest, chain: IssuingChain, ca_key: CaPrivateKey) -> x509.Certificate:
    """Raises CsrRejected (a CA's key) and InvalidInput (lifetime, names, what a CA of the chain forbids).

    Verifies the signature before it returns: nothing that fails under the CA's certificate is returned.
    """
    check_not_ca_key(request.public_key, [chain.issuer])
    _check_chain(request, chain)
    check_lifetime(request.not_after, chain.issuer)
    _check_short_lived(request)
    certificate = leaf_builder(request, chain).sign(ca_key, signature_hash(ca_key.public_key()))
    certificate.verify_directly_issued_by(chain.issuer)
    return certificate


def leaf_problems(chain: IssuingChain, leaf: PlannedLeaf) -> list[FieldProblem]:
    """What clients would refuse in such a leaf because of the CAs above it. Raises InvalidInput on a common
    name that is none."""
    names = _all_names(leaf.common_name, leaf.names)
    subject = _subject(leaf.common_name, names, leaf.subject)
    return chain.problems(LeafContent(subject, names, leaf.extended_key_usages, leaf.policies))


def _check_chain(request: LeafRequest, chain: IssuingChain) -> None:
    problems = leaf_problems(chain, request.planned)
    if problems:
        raise InvalidInput("The CA may not issue this certificate.", problems)


def check_not_ca_key(
    public_key: CertificatePublicKeyTypes, ca_certificates: Sequence[x509.Certificate]
) -> None:
    """A certificate for a CA's own key could act as the CA. Raises CsrRejected."""
    asked = spki_der(public_key)
    if any(spki_der(ca.public_key()) == asked for ca in ca_certificates):
        raise CsrRejected(["the key is the one of a certificate authority"])


def check_lifetime(not_after: datetime, ca_certificate: x509.Certificate) -> None:
    """Raises InvalidInput on `not_after` with the latest possible time."""
    end = ca_certificate.not_valid_after_utc
    if not_after > end:
        raise InvalidInput.of(
            "not_after",
            f"the issuer's own certificate ends at {end:%Y-%m-%dT%H:%M:%SZ}; no later is possible",
        )


def _check_short_lived(request: LeafRequest) -> None:
    if request.no_rev_avail and request.not_after - request.not_before > LONGEST_WITHOUT_REVOCATION:
        raise InvalidInput.of("profile_id", "has no_rev_avail, which needs a lifetime of 7 days at most")


def leaf_builder(request: LeafRequest, chain: IssuingChain) -> x509.CertificateBuilder:
    """The leaf before its signature, unchecked. Raises InvalidInput without names."""
    names = _all_names(request.common_name, request.names)
    subject = _subject(request.common_name, names, request.subject)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(chain.issuer.subject)
        .public_key(request.public_key)
        .serial_number(request.serial)
        .not_valid_before(request.not_before)
        .not_valid_after(request.not_after)
        .add_extension(_alternative_names(names), critical=not list(subject))
    )
    for extension, critical in _other_extensions(request, chain.issuer):
        builder = builder.add_extension(extension, critical)
    return builder


def _other_extensions(
    request: LeafRequest, ca_certificate: x509.Certificate
) -> list[tuple[x509.ExtensionType, bool]]:
    """(extension, critical)."""
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage_of(request), True),
        (_extended_usage(request), is_critical(request.extended_key_usages)),
        (x509.SubjectKeyIdentifier.from_public_key(request.public_key), False),
        (authority_key_identifier(ca_certificate), False),
        *((certificate_policies(request.policies), False) for _ in request.policies[:1]),
        *((extension, False) for extension in _about_status(request)),
    ]


def _about_status(request: LeafRequest) -> list[x509.ExtensionType]:
    """noRevAvail forbids CDP and OCSP URL (RFC 9608, section 3)."""
    if request.no_rev_avail:
        return [no_rev_avail(), information_access(request.issuer_url, None)]
    return [distribution_points(request.crl_url), information_access(request.issuer_url, request.ocsp_url)]


def _usage_of(request: LeafRequest) -> x509.KeyUsage:
    algorithm, _ = algorithm_and_size(request.public_key)
    usages = key_usages(request.extended_key_usages, algorithm)
    return key_usage(*(_KEY_USAGES[usage] for usage in usages))


def _extended_usage(request: LeafRequest) -> x509.ExtendedKeyUsage:
    oids = map(usage_oid, request.extended_key_usages)
    return x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in oids])


def _subject(common_name: str | None, names: Sequence[San], others: SubjectValues) -> x509.Name:
    """Each attribute is an RDN of its own, the common name the last one."""
    return x509.Name([*subject_attributes(others), *_common_name(common_name, names)])


def _common_name(common_name: str | None, names: Sequence[San]) -> list[x509.NameAttribute[str]]:
    """The attribute, unless the name is too long for X.520 or an address that would be read as a DNS name:
    then it is in the SAN only.

    Normalised, so that it equals its SAN byte for byte, as the CA/B baseline (7.1.4.3) requires.
    """
    if not common_name or len(common_name) > MAX_COMMON_NAME:
        return []
    if _is_read_as_dns(common_name, names):
        return []
    return [x509.NameAttribute(NameOID.COMMON_NAME, parse_common_name(common_name).value)]


def _is_read_as_dns(common_name: str, names: Sequence[San]) -> bool:
    """OpenSSL holds an IPv4 address against constraints of DNS names, if there is no other name; certbot
    refuses a lineage that has one."""
    return parse_common_name(common_name).kind == "IP" and all(name.kind != "DNS" for name in names)


def _all_names(common_name: str | None, names: Sequence[San]) -> tuple[San, ...]:
    first = [parse_common_name(common_name)] if common_name else []
    return tuple(dict.fromkeys([*first, *names]))


def _alternative_names(names: Sequence[San]) -> x509.SubjectAlternativeName:
    if not names:
        raise InvalidInput.of("sans", "a certificate needs at least one name")
    return x509.SubjectAlternativeName(map(to_general_name, names))
