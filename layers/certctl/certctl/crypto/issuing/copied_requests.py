"""Requests to issuers that copy subject and names from the CSR: it must have exactly what the record has,
since nobody else decides what the certificate says."""

from collections.abc import Iterator, Mapping, Sequence

from cryptography import x509
from cryptography.x509.oid import NameOID

from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.issuing.subject_checks import subject_attributes
from certctl.crypto.names import MAX_COMMON_NAME, San, from_general_name, names_of, parse_common_name
from certctl.crypto.x509_values import extension_value, oid_name
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.errors import InvalidInput
from certctl.domain.policies.profiles import Profile
from certctl.domain.policies.subjects import subject_of

_SHOWN = 80


def differences(csr: CheckedCsr, certificate: Certificate, profile: Profile) -> list[str]:
    """Every way in which the CSR says more or less than the record; empty if it says the same."""
    request = x509.load_pem_x509_csr(csr.pem.encode())
    names = names_of(certificate.common_name, certificate.sans)
    wanted = {attribute.oid: str(attribute.value) for attribute in _subject(certificate, profile)}
    return [*_subject_reasons(request.subject, wanted), *_name_reasons(request, names)]


def _subject(certificate: Certificate, profile: Profile) -> Iterator[x509.NameAttribute[str]]:
    yield from subject_attributes(subject_of(profile.subject, certificate.subject))
    if 0 < len(certificate.common_name) <= MAX_COMMON_NAME:
        yield x509.NameAttribute(NameOID.COMMON_NAME, certificate.common_name)


def _subject_reasons(found: x509.Name, wanted: Mapping[x509.ObjectIdentifier, str]) -> list[str]:
    reasons, seen = [], set[x509.ObjectIdentifier]()
    for attribute in found:
        oid, value = attribute.oid, str(attribute.value)
        said = f"{oid_name(oid)}={_shown(value)}"
        if oid in seen:
            reasons.append(f"the CSR's subject has a second {oid_name(oid)}, {_shown(value)}")
        elif oid not in wanted:
            reasons.append(f"the CSR's subject has {said}, which is not in the record")
        elif not _is_same(oid, value, wanted[oid]):
            reasons.append(f"the CSR's subject has {said}, not {wanted[oid]}")
        seen.add(oid)
    missing = ((oid, value) for oid, value in wanted.items() if oid not in seen)
    return [*reasons, *(f"the CSR's subject lacks {oid_name(oid)}={value}" for oid, value in missing)]


def _name_reasons(request: x509.CertificateSigningRequest, wanted: Sequence[San]) -> list[str]:
    """The names in the extension alone count: the server does not copy the common name there."""
    names = extension_value(request, x509.SubjectAlternativeName)
    found = {from_general_name(name) for name in names or ()}
    beyond = sorted(found - set(wanted))
    return [
        *(f"the CSR's subjectAltName has {name}, which is not in the record" for name in beyond),
        *(f"the CSR's subjectAltName lacks {name}" for name in wanted if name not in found),
    ]


def _is_same(oid: x509.ObjectIdentifier, found: str, wanted: str) -> bool:
    if oid != NameOID.COMMON_NAME:
        return found == wanted
    try:
        return parse_common_name(found) == parse_common_name(wanted)
    except InvalidInput:
        return False


def _shown(value: str) -> str:
    return f"{value[:_SHOWN]!a}"
