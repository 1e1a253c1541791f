"""Subjects of leaves: what a request may have, what of it is dropped, and how attributes are encoded."""

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.x509_values import oid_name
from certctl.domain.errors import FieldProblem
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import (
    SubjectAttribute,
    SubjectValues,
    given_problems,
    is_reserved,
    subject_of,
)

_OIDS = {
    SubjectAttribute.COUNTRY: NameOID.COUNTRY_NAME,
    SubjectAttribute.STATE: NameOID.STATE_OR_PROVINCE_NAME,
    SubjectAttribute.LOCALITY: NameOID.LOCALITY_NAME,
    SubjectAttribute.ORGANIZATION: NameOID.ORGANIZATION_NAME,
    SubjectAttribute.UNIT: NameOID.ORGANIZATIONAL_UNIT_NAME,
    SubjectAttribute.SERIAL_NUMBER: NameOID.SERIAL_NUMBER,
}
_ATTRIBUTES = {oid.dotted_string: attribute for attribute, oid in _OIDS.items()}


def subject_problems(profile: Profile, given: SubjectValues, csr: CheckedCsr | None) -> list[FieldProblem]:
    """What the profile does not allow in the record's values, and where the request differs from the leaf."""
    problems = [FieldProblem(f"subject.{name}", why) for name, why in given_problems(profile.subject, given)]
    if csr is not None:
        problems += [FieldProblem("csr_pem", why) for why in _differences(profile, given, csr)]
    return problems


def ignored_subject(profile: Profile, csr: CheckedCsr) -> tuple[str, ...]:
    """The attributes of the request's subject that no leaf of the profile has, each once: `O`, or its OID."""
    names = (_name_of(oid) for oid, _ in csr.subject)
    return tuple(dict.fromkeys(name for name in names if name not in profile.subject))


def group_reasons(csr: CheckedCsr) -> list[str]:
    """Why the request is not for a server that may copy its subject: groups of Kubernetes' own in it."""
    named = ((_name_of(oid), value) for oid, value in csr.subject)
    why = "in the request, which the issuer's server may copy: a group of Kubernetes' own"
    return [f"{name} is {value[:80]!a} {why}" for name, value in named if is_reserved(name, value)]


def subject_attributes(subject: SubjectValues) -> list[x509.NameAttribute[str]]:
    """In the order of a subject. C and serialNumber are PrintableString, the others UTF8String (RFC 5280,
    4.1.2.4)."""
    return [x509.NameAttribute(oid, subject[name]) for name, oid in _OIDS.items() if name in subject]


def _differences(profile: Profile, given: SubjectValues, csr: CheckedCsr) -> Iterator[str]:
    leaf = subject_of(profile.subject, given)
    for oid, value in csr.subject:
        name = _name_of(oid)
        if name in profile.subject and value != leaf.get(name):
            yield f"{name} is {value[:80]!a} in the request, and {_said(leaf.get(name))} in the certificate"


def _said(value: str | None) -> str:
    return f"{value!a}" if value is not None else "absent"


def _name_of(oid: str) -> str:
    """The short name of an attribute that is offered or known, else its OID."""
    return _ATTRIBUTES[oid].value if oid in _ATTRIBUTES else oid_name(x509.ObjectIdentifier(oid))
