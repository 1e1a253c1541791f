"""Whether saving a profile and pkilint agree: a leaf of each usage, attribute of the subject, key and number
of policies that saving accepts has no error, and what saving refuses because of its syntax is an error."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from certctl.crypto.issuing.extensions import key_usage
from certctl.domain.policies.subjects import SubjectRule, given_problems, rule_problems
from certctl.domain.policies.usages import KEY_USAGES, KeyAlgorithm, KeyUsage
from tests.support.authorities.authority import Authority, new_authority
from tests.support.lint.pkilint_findings import errors_in
from tests.support.lint.profile_leaves import (
    KEYS,
    USAGES,
    ProfiledLeaf,
    leaf_with,
    leaf_with_key_usage,
    profiled_leaves,
)
from tests.support.lint.zlint_findings import errors_by_zlint
from tests.support.status.relying import require

_OF_SYNTAX = (
    ("C", ""),
    ("C", "D"),
    ("C", "DEU"),
    ("ST", ""),
    ("ST", "x" * 129),
    ("L", "x" * 129),
    ("O", ""),
    ("O", "ü" * 65),
    ("OU", "x" * 65),
    ("serialNumber", ""),
    ("serialNumber", "1" * 65),
    ("emailAddress", "shop@example.com"),
    ("DC", "example"),
)
_REFUSED_BY_THE_LIBRARY = (
    ("C", "*1"),
    ("serialNumber", "a_b"),
    ("serialNumber", "a*b"),
    ("serialNumber", "é"),
)
_COMPANIES = "the baseline of public TLS wants a company with its seat, and no department"
_ZLINT = {
    "e_algorithm_identifier_improper_encoding": "Mozilla's list; RFC 8410 has Ed25519",
    "e_organizational_unit_name_prohibited": _COMPANIES,
    "e_sub_cert_aia_does_not_contain_ocsp_url": "outdated: OCSP is optional since the baseline's version 2.0",
    "e_sub_cert_cert_policy_empty": "a private PKI may do without policies; RFC 5280 requires none",
    "e_sub_cert_certificate_policies_missing": "the same",
    "e_sub_cert_country_name_must_appear": _COMPANIES,
    "e_sub_cert_locality_name_must_appear": _COMPANIES,
    "e_sub_cert_locality_name_must_not_appear": _COMPANIES,
    "e_sub_cert_province_must_appear": _COMPANIES,
    "e_sub_cert_province_must_not_appear": _COMPANIES,
    "e_subject_contains_organizational_unit_name_and_no_organization_name": _COMPANIES,
}
"""What zlint finds, and why it is wrong here: all are rules for public certificates."""


@pytest.fixture(scope="module")
def authority() -> Authority:
    return new_authority()


@pytest.fixture(scope="module")
def leaves(authority: Authority) -> Sequence[ProfiledLeaf]:
    return list(profiled_leaves(authority))


@pytest.mark.timeout(300)
def test_what_saving_accepts_has_no_error(leaves: Sequence[ProfiledLeaf]) -> None:
    refused = {leaf.artefact.name: leaf.refusals for leaf in leaves if leaf.refusals}
    found = {leaf.artefact.name: errors for leaf in leaves if (errors := errors_in(leaf.artefact))}

    assert (refused, found) == ({}, {})
    assert len(leaves) == len(USAGES) * 14 * 3 * len(KEYS)


@pytest.mark.timeout(300)
def test_zlint_finds_what_is_for_public_certificates_only(
    leaves: Sequence[ProfiledLeaf], tmp_path: Path
) -> None:
    require("zlint")

    found = errors_by_zlint([leaf.artefact for leaf in leaves], tmp_path)

    assert {code for codes in found.values() for code in codes} == set(_ZLINT)


@pytest.mark.filterwarnings("ignore:Attribute's length")
@pytest.mark.parametrize(("attribute", "value"), _OF_SYNTAX)
def test_what_saving_refuses_for_its_syntax_is_an_error(
    authority: Authority, attribute: str, value: str
) -> None:
    fixed = list(rule_problems({attribute: SubjectRule(fixed=value)}))
    given = list(given_problems({attribute: SubjectRule(allowed="*")}, {attribute: value}))

    assert fixed
    assert given
    assert errors_in(leaf_with(authority, attribute, value)) != []


@pytest.mark.parametrize(("attribute", "value"), _REFUSED_BY_THE_LIBRARY)
def test_what_is_no_printable_string_is_refused_and_cannot_be_made(
    authority: Authority, attribute: str, value: str
) -> None:
    assert list(rule_problems({attribute: SubjectRule(fixed=value)}))
    with pytest.raises(ValueError, match="PrintableString"):
        leaf_with(authority, attribute, value)


def test_the_key_usages_of_the_table_are_the_only_ones_that_pkilint_allows(authority: Authority) -> None:
    """keyEncipherment is an error with any key but RSA, so the table has it for RSA alone."""
    enciphering = key_usage("digital_signature", "key_encipherment")

    wrong = {key for key in KEYS if errors_in(leaf_with_key_usage(authority, key, enciphering))}

    assert wrong == {"ECDSA-P256", "ECDSA-P384", "Ed25519"}
    assert {algorithm for rows in KEY_USAGES.values() for algorithm in rows} == {KeyAlgorithm.RSA}
    assert {usage for rows in KEY_USAGES.values() for usage in rows.values()} == {KeyUsage.KEY_ENCIPHERMENT}
