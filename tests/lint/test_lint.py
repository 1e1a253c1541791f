"""What pkilint and zlint find in the certificates, CRLs and OCSP answers that the code makes: no error but
those that are wrong for a private PKI, which are listed here."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pytest

from certctl.crypto.ca_keys import signature_algorithm
from certctl.domain.authorities.key_specs import KeySpec
from tests.support.authorities.authority import held_key
from tests.support.lint.artefacts import (
    Artefact,
    a_broken_certificate,
    all_artefacts,
    artefacts_of_hierarchies,
)
from tests.support.lint.pkilint_findings import errors_in
from tests.support.lint.zlint_findings import Findings, errors_by_zlint
from tests.support.status.relying import require

_POLICIES = "a private PKI has no certificate policies; RFC 5280 requires none"
type Accepted = Mapping[str, tuple[str, str]]
"""Accepted findings by code: the artefacts in which the code may be found, as a pattern, and why it is wrong
there."""

_PKILINT: Accepted = {
    "pkix.invalid_domain_name_syntax": ("wildcard.*", "RFC 9525, 6.3: names of servers may have a wildcard"),
    "pkix.invalid_uri_syntax": (
        "all-kinds.*",
        "RFC 3986: spiffe is a scheme that pkilint does not know",
    ),
}
_ZLINT: Accepted = {
    "e_algorithm_identifier_improper_encoding": (
        "*-Ed25519*",
        "Mozilla's list; RFC 8410 has Ed25519",
    ),
    "e_ca_country_name_missing": ("*", "the baseline of public CAs; the operator chooses the CA's name"),
    "e_cab_crl_has_valid_reason_code": ("*.crl", "the baseline of public CAs knows no hold; RFC 5280, 5.3.1"),
    "e_ext_san_contains_reserved_ip": ("all-kinds.*", "a private PKI is for private addresses, too"),
    "e_ext_san_rfc822_name_present": ("all-kinds.*", "the baseline for public TLS; RFC 5280, 4.2.1.6"),
    "e_ext_san_uniform_resource_identifier_present": ("all-kinds.*", "the same: SPIFFE ids are URIs"),
    "e_sub_cert_aia_does_not_contain_ocsp_url": (
        "*",
        "an outdated rule: OCSP is optional since the baseline's version 2.0, and RFC 9608 forbids the URL",
    ),
    "e_sub_cert_cert_policy_empty": ("*", _POLICIES),
    "e_sub_cert_certificate_policies_missing": ("*", _POLICIES),
}


@pytest.fixture(scope="module")
def artefacts() -> list[Artefact]:
    return [*all_artefacts(), *artefacts_of_hierarchies(), a_broken_certificate()]


def errors_by_pkilint(artefacts: Sequence[Artefact]) -> Findings:
    return {f"{each.name}.{each.kind}": errors_in(each) for each in artefacts}


def require_as_accepted(found: Findings, accepted: Accepted) -> None:
    """No other error, and no exception that nothing needs."""
    ours = {name: codes for name, codes in found.items() if not name.startswith("broken.")}
    pairs = [(code, name) for name, codes in ours.items() for code in codes]
    wrong = [pair for pair in pairs if not fnmatch(pair[1], accepted.get(pair[0], ("", ""))[0])]
    assert wrong == []
    assert {code for code, _ in pairs} == set(accepted)


@pytest.mark.parametrize("spec", KeySpec)
def test_a_ca_with_each_kind_of_key_has_signed_each_kind_of_document(
    artefacts: Sequence[Artefact], spec: KeySpec
) -> None:
    signed = {each.name: each for each in artefacts if f"-{spec}-below-" in each.name}
    algorithm = signature_algorithm(held_key(spec).public_key())
    names = [name for name, each in signed.items() if algorithm in each.der]

    assert {each.kind for each in signed.values()} == {"certificate", "crl", "ocsp"}
    assert any(name.startswith("shard-empty-") for name in names)
    assert any(name.startswith("server-RSA-2048-") for name in names)


@pytest.mark.timeout(300)
def test_pkilint_finds_nothing_else(artefacts: Sequence[Artefact]) -> None:
    found = errors_by_pkilint(artefacts)
    require_as_accepted(found, _PKILINT)
    assert "pkix.basic_constraints_extension_not_critical" in found["broken.certificate"]


@pytest.mark.timeout(300)
def test_zlint_finds_nothing_else(artefacts: Sequence[Artefact], tmp_path: Path) -> None:
    require("zlint")
    found = errors_by_zlint(artefacts, tmp_path)
    require_as_accepted(found, _ZLINT)
    assert "e_basic_constraints_not_critical" in found["broken.certificate"]
