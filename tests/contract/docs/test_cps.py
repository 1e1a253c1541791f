"""docs/cps.md has the outline of RFC 3647, and each of its figures is a constant of the code or the template:
who changes one is told which section says it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from certctl.crypto.ca_keys import signature_algorithm, throwaway_key
from certctl.domain.access.permissions import GRANTS, Permission, Role, Scope
from certctl.domain.authorities.key_specs import ISSUING_KEY_SPECS, ROOT_KEY_SPECS, KeyFamily, KeySpec
from certctl.domain.policies import subjects, usages
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.domain.policies.subjects import SubjectAttribute
from certctl.domain.policies.usages import KeyAlgorithm, KeyUsage, is_critical, key_usages, usage_oid
from certctl.domain.revocation.reasons import REASON_CODES
from tests.support.docs.cps.extensions import extensions_of_certificates, extensions_of_crls
from tests.support.docs.cps.figure import Figure
from tests.support.docs.cps.page import PAGE, sections, sentences, table
from tests.support.docs.cps.record_figures import record_figures
from tests.support.docs.cps.signers import functions_that_sign_with
from tests.support.docs.cps.status_figures import status_figures

_FIGURES = [*status_figures(), *record_figures()]
_SUBSECTIONS: Mapping[int, Sequence[int]] = {
    1: (0, 0, 5, 2, 4, 0),
    2: (0, 0, 0, 0),
    3: (6, 6, 2, 0),
    4: (2, 3, 2, 3, 2, 7, 7, 7, 16, 3, 0, 2),
    5: (8, 4, 8, 8, 7, 0, 4, 0),
    6: (7, 11, 2, 3, 2, 3, 0, 0),
    7: (9, 2, 2),
    8: (0, 0, 0, 0, 0, 0),
    9: (5, 3, 3, 7, 0, 5, 0, 0, 0, 3, 0, 3, 0, 0, 0, 5, 0),
}
"""How many sections are below each section of a chapter, in RFC 3647, section 6."""
_MEASURED = re.compile(
    r"(?<![.\d])\b\d[\d,]*(?= "
    r"(?:seconds?|minutes?|hours?|days?|years?|bits?|octets|KiB|names|characters|people|approvals|"
    r"certificates|requests)\b)"
)
_CELLS = {Scope.ALL: "all", Scope.TEAMS: "teams", None: "-"}
_CAPTIONS = {KeyFamily.ECDSA: "P-256 below an ECDSA CA", KeyFamily.RSA: "RSA-2048 below an RSA CA"}


def missing(figure: Figure) -> str:
    """What is wrong with the page; empty if it says the figure."""
    if figure.sentence in sentences(figure.section):
        return ""
    return f"{PAGE}, {figure.section}, does not say {figure.sentence!r}: {figure.source} is {figure.values}"


def test_the_page_has_the_outline_of_rfc_3647() -> None:
    expected = [
        number
        for chapter, counts in _SUBSECTIONS.items()
        for number in (f"{chapter}", *_numbers_below(chapter, counts))
    ]

    assert list(sections()) == expected


def _numbers_below(chapter: int, counts: Sequence[int]) -> list[str]:
    return [
        number
        for place, count in enumerate(counts, 1)
        for number in (
            f"{chapter}.{place}",
            *(f"{chapter}.{place}.{below}" for below in range(1, count + 1)),
        )
    ]


def test_no_section_is_empty() -> None:
    parents = {number.rpartition(".")[0] for number in sections()}

    assert [number for number, text in sections().items() if number not in parents and not text.strip()] == []


@pytest.mark.parametrize("figure", _FIGURES, ids=str)
def test_a_figure_is_that_of_the_code(figure: Figure) -> None:
    assert missing(figure) == ""


def test_a_constant_that_changes_is_found_with_its_section() -> None:
    (figure,) = (each for each in _FIGURES if "CRL_LATE_WITH" in each.source)

    said = missing(replace(figure, values=figure.values | {"issuing": 36}))

    assert "docs/cps.md, 4.9.8" in said
    assert "CRL_LATE_WITH" in said
    assert "36 hours" in said


def test_no_figure_of_the_page_is_without_a_constant() -> None:
    found = {number: _MEASURED.findall(_without_figures(number)) for number in sections()}

    assert {number: figures for number, figures in found.items() if figures} == {}


def _without_figures(number: str) -> str:
    text = sentences(number)
    for figure in _FIGURES:
        text = text.replace(figure.sentence, "") if figure.section == number else text
    return text


def test_built_in_profiles_are_those_of_the_page() -> None:
    assert table("1.4.1") == [
        [f"`{name}`", ", ".join(profile.extended_key_usages), profile.description]
        for name, profile in BUILT_IN_PROFILES.items()
    ]
    assert not any(profile.needs_teams or profile.teams for profile in BUILT_IN_PROFILES.values())


def test_the_reasons_of_revocations_are_those_that_are_accepted() -> None:
    assert table("4.9.1") == [[f"`{reason}`", str(code)] for reason, code in REASON_CODES.items()]


@pytest.mark.parametrize("row", table("5.2.1"), ids=lambda row: row[1].strip("`"))
def test_roles_may_do_what_the_page_says(row: Sequence[str]) -> None:
    permission = Permission(row[1].strip("`"))

    assert row[2:] == [_CELLS[GRANTS[role].get(permission)] for role in Role]


def test_keys_are_used_by_the_functions_that_the_page_names() -> None:
    said = {
        re.findall(r"`(\w+)`", key)[0]: set(re.findall(r"`(\w+)`", who)) for key, who in table("5.2.1", 1)
    }

    assert said == {key: functions_that_sign_with(key) for key in said}


def test_keys_of_cas_are_those_that_the_code_lists() -> None:
    rows = {row[0]: row[1] for row in table("6.1.5")}

    assert rows["root"] == _listed(ROOT_KEY_SPECS)
    assert rows["issuing CA"] == _listed(ISSUING_KEY_SPECS)
    assert rows["OCSP responder"] == ", ".join(_CAPTIONS[family] for family in KeyFamily)


def _listed(specs: Sequence[KeySpec]) -> str:
    return ", ".join(f"`{spec}`" for spec in specs)


@pytest.mark.parametrize("row", table("7.1.2", 1), ids=lambda row: row[0])
def test_an_extended_key_usage_has_the_consequences_of_the_page(row: Sequence[str]) -> None:
    usage = usages.ExtendedKeyUsage(row[0])
    enciphers = KeyUsage.KEY_ENCIPHERMENT in key_usages([usage], KeyAlgorithm.RSA)

    assert row[1:] == [usage_oid(usage), _yes(enciphers), _yes(is_critical([usage]))]
    assert key_usages([usage], KeyAlgorithm.ECDSA) == {KeyUsage.DIGITAL_SIGNATURE}


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def test_all_usages_with_a_name_and_all_that_are_refused_are_on_the_page() -> None:
    _, _, refused = sentences("7.1.2").partition("Refused, by name and object identifier: ")

    assert [row[0] for row in table("7.1.2", 1)] == list(usages.ExtendedKeyUsage)
    assert set(re.findall(r"\d(?:\.\d+){4,}", refused)) == set(usages._REFUSED)


def test_attributes_of_subjects_have_the_bounds_and_encodings_of_the_page() -> None:
    encodings = {
        each: "PrintableString" if each in subjects.PRINTABLE else "UTF8String" for each in SubjectAttribute
    }

    assert table("7.1.4") == [
        [each, str(subjects._UPPER_BOUNDS[each]), encodings[each]] for each in SubjectAttribute
    ]


def test_each_key_signs_by_the_algorithm_that_the_page_names() -> None:
    rows = [(KeySpec(spec.strip("`")), oid) for spec, _, oid in table("7.1.3")]

    assert {spec for spec, _ in rows} == set(ISSUING_KEY_SPECS)
    for spec, oid in rows:
        assert _encoded(oid) in signature_algorithm(throwaway_key(spec).public_key()), spec


def _encoded(dotted: str) -> bytes:
    first, second, *others = (int(arc) for arc in dotted.split("."))
    return bytes([40 * first + second]) + b"".join(_base_128(arc) for arc in others)


def _base_128(arc: int) -> bytes:
    groups = [arc & 0x7F]
    while arc := arc >> 7:
        groups.append(arc & 0x7F | 0x80)
    return bytes(reversed(groups))


def test_certificates_have_the_extensions_that_the_page_lists() -> None:
    said = {row[0]: row[1:] for row in table("7.1.2")}

    assert said == extensions_of_certificates()


def test_crls_have_the_extensions_that_the_page_lists() -> None:
    assert {row[0]: row[1:] for row in table("7.2.2")} == extensions_of_crls()
