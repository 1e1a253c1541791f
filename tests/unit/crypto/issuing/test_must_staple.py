"""CSRs that ask for must-staple: this CA refuses them, and an issuer elsewhere decides for itself."""

from datetime import UTC, datetime, timedelta

from cryptography import x509

from certctl.crypto.issuing.csr import parse_csr
from certctl.crypto.issuing.issuer_checks import issuer_problems
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Issuer
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS
from certctl.domain.kinds import IssuerType
from tests.support.authorities.authorities import an_authority
from tests.support.issuing.csr import csr_pem

NOW = datetime(2026, 3, 2, tzinfo=UTC)
MUST_STAPLE = x509.TLSFeature([x509.TLSFeatureType.status_request])


def reasons(issuer: Issuer, *extensions: x509.ExtensionType) -> list[tuple[str, str]]:
    csr = parse_csr(csr_pem("www.example.com", ["www.example.com"], extensions=extensions))
    entry = Entry(Kind.ISSUER, "iss-1", "an issuer", issuer, NOW, NOW)
    authority, until = an_authority(NOW, not_after=NOW + timedelta(days=365)), NOW + timedelta(days=90)
    problems = issuer_problems(entry, ISSUER_KINDS, csr.names, csr, authority, until)
    return [(problem.field, problem.message) for problem in problems]


def test_the_own_ca_refuses_must_staple_with_the_reason() -> None:
    ((field, reason),) = reasons(Issuer(IssuerType.GENERIC_CA, {}), MUST_STAPLE)
    assert field == "csr_pem"
    assert "must-staple" in reason
    assert "TLS feature" in reason


def test_other_extensions_are_dropped_as_before() -> None:
    unwanted = x509.BasicConstraints(ca=True, path_length=None)
    assert reasons(Issuer(IssuerType.GENERIC_CA, {}), unwanted) == []


def test_the_server_of_another_issuer_decides_on_it() -> None:
    settings = {"directory_url": "https://acme.example/directory", "contact_email": "pki@example.com"}
    assert reasons(Issuer(IssuerType.ACME, settings), MUST_STAPLE) == []
