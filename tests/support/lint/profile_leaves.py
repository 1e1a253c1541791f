"""Leaves of every kind of profile, made as the code makes them: each usage, attribute of the subject, key and
number of policies; and leaves that no profile allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from certctl.crypto.ca_keys import signature_hash
from certctl.crypto.issuing.issuing import LeafRequest, issue_leaf, leaf_builder
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.validation import problems_of
from certctl.domain.policies.certificate_policies import CertificatePolicy
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import SubjectAttribute, SubjectRule, subject_of
from certctl.domain.policies.usages import ExtendedKeyUsage
from tests.support.authorities.authority import Authority, a_request, chain_of
from tests.support.issuing.csr import PrivateKey, new_key
from tests.support.lint.artefacts import Artefact

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = ("RSA-2048", "RSA-3072", "ECDSA-P256", "ECDSA-P384", "Ed25519")
_PRIVATE_OID = "1.3.6.1.4.1.32473.1"
USAGES: Mapping[str, tuple[str, ...]] = {
    **{str(each): (each,) for each in ExtendedKeyUsage},
    "mtls": (ExtendedKeyUsage.SERVER_AUTH, ExtendedKeyUsage.CLIENT_AUTH),
    "oid": (_PRIVATE_OID,),
    "several": (ExtendedKeyUsage.CLIENT_AUTH, ExtendedKeyUsage.EMAIL_PROTECTION, _PRIVATE_OID),
}
_VALUES: Mapping[str, str] = {
    SubjectAttribute.COUNTRY: "DE",
    SubjectAttribute.STATE: "ü" * 128,
    SubjectAttribute.LOCALITY: "x" * 128,
    SubjectAttribute.ORGANIZATION: "Müller & Söhne, 東京 " + "x" * 42,
    SubjectAttribute.UNIT: "x" * 64,
    SubjectAttribute.SERIAL_NUMBER: "A1 (b)" + "9" * 58,
}
"""The longest value of each."""
_FIXED: Mapping[str, SubjectRule] = {each: SubjectRule(fixed=value) for each, value in _VALUES.items()}
_ALLOWED: Mapping[str, SubjectRule] = {each: SubjectRule(allowed="*") for each in _VALUES}
_SUBJECTS: Mapping[str, Mapping[str, SubjectRule]] = {
    "none": {},
    **{f"fixed-{each}": {each: _FIXED[each]} for each in _VALUES},
    **{f"allowed-{each}": {each: _ALLOWED[each]} for each in _VALUES},
    "all": {**_FIXED, SubjectAttribute.UNIT: _ALLOWED[SubjectAttribute.UNIT]},
}
_CPS = "https://pki.example.com/cps"
_POLICIES: Mapping[str, tuple[CertificatePolicy, ...]] = {
    "no-policy": (),
    "policy": (CertificatePolicy("1.3.6.1.4.1.32473.2"),),
    "policies": tuple(
        CertificatePolicy(f"1.3.6.1.4.1.32473.2.{n}", _CPS if n % 2 else None) for n in range(8)
    ),
}


@dataclass(frozen=True)
class ProfiledLeaf:
    """`key`: its kind. `refusals`: what saving the profile finds."""

    artefact: Artefact
    profile: Profile
    key: str

    @property
    def refusals(self) -> list[str]:
        entry = Entry(Kind.PROFILE, "p-1", "p-1", self.profile, _LONG_AGO, _LONG_AGO)
        return [f"{each.field}: {each.message}" for each in problems_of(entry, "blue")]


def profiled_leaves(authority: Authority) -> Iterator[ProfiledLeaf]:
    keys = {kind: new_key(kind) for kind in KEYS}
    for usage, subject, policies, kind in product(USAGES, _SUBJECTS, _POLICIES, KEYS):
        profile = Profile(
            USAGES[usage], teams=("t-web",), subject=_SUBJECTS[subject], policies=_POLICIES[policies]
        )
        der = _issued(authority, _request(profile, keys[kind]))
        yield ProfiledLeaf(
            Artefact(f"{usage}_{subject}_{policies}_{kind}", "certificate", der), profile, kind
        )


def _request(profile: Profile, key: PrivateKey) -> LeafRequest:
    chosen = {str(each): _VALUES[each] for each, rule in profile.subject.items() if rule.allowed}
    return a_request(
        key=key,
        extended_key_usages=profile.extended_key_usages,
        subject=subject_of(profile.subject, chosen),
        policies=profile.policies,
    )


def _issued(authority: Authority, request: LeafRequest) -> bytes:
    return issue_leaf(request, chain_of(authority), authority.issuing_key).public_bytes(Encoding.DER)


_PRINTABLE, _UTF8, _IA5 = _ASN1Type.PrintableString, _ASN1Type.UTF8String, _ASN1Type.IA5String
_OIDS = {
    "C": (NameOID.COUNTRY_NAME, _PRINTABLE),
    "ST": (NameOID.STATE_OR_PROVINCE_NAME, _UTF8),
    "L": (NameOID.LOCALITY_NAME, _UTF8),
    "O": (NameOID.ORGANIZATION_NAME, _UTF8),
    "OU": (NameOID.ORGANIZATIONAL_UNIT_NAME, _UTF8),
    "serialNumber": (NameOID.SERIAL_NUMBER, _PRINTABLE),
    "emailAddress": (NameOID.EMAIL_ADDRESS, _IA5),
    "DC": (NameOID.DOMAIN_COMPONENT, _IA5),
}


def leaf_with(authority: Authority, attribute: str, value: str) -> Artefact:
    """A leaf with any value in its subject, which nothing has checked."""
    oid, encoding = _OIDS[attribute]
    name = x509.Name([x509.NameAttribute(oid, value, encoding, _validate=False)])
    return _signed(authority, leaf_builder(a_request(), chain_of(authority)), name)


def leaf_with_key_usage(authority: Authority, key: str, key_usage: x509.KeyUsage) -> Artefact:
    """A leaf with any key usage, whatever its key."""
    builder = leaf_builder(a_request(key=new_key(key)), chain_of(authority))
    extensions = [each for each in builder._extensions if each.oid != x509.KeyUsage.oid]
    builder._extensions = [*extensions, x509.Extension(x509.KeyUsage.oid, critical=True, value=key_usage)]
    return _signed(authority, builder, builder._subject_name or x509.Name([]))


def _signed(authority: Authority, builder: x509.CertificateBuilder, subject: x509.Name) -> Artefact:
    builder._subject_name = subject
    hashed = signature_hash(authority.issuing_key.public_key())
    der = builder.sign(authority.issuing_key, hashed).public_bytes(Encoding.DER)
    return Artefact("beside", "certificate", der)
