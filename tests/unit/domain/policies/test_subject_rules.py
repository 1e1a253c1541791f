"""Which values the subject of a leaf may have, by its profile and by every rule."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from certctl.domain.policies.subjects import (
    SubjectAttribute,
    SubjectRule,
    given_problems,
    is_allowed,
    rule_problems,
    subject_of,
    value_problems,
)

_BOUNDS = {"ST": 128, "L": 128, "O": 64, "OU": 64, "serialNumber": 64}
GROUPS = [
    "system:masters",
    "SYSTEM:MASTERS",
    "System:Nodes",
    "system:",
    "\uff53\uff59\uff53\uff54\uff45\uff4d\uff1amasters",  # full-width letters and colon
    "\U0001d42c\U0001d432\U0001d42c\U0001d42d\U0001d41e\U0001d426:masters",  # mathematical bold
    "\u017fystem:masters",  # long s
    "sys\u200btem:masters",
    "\u2066system:masters",
    "system :masters",
    "system\ufe55masters",  # small colon
]
INVISIBLE = [
    *("\x00", "\x1b", "\x7f", "\u0085", "\u200b", "\u200e", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff"),
    *("\u00ad", "\u2028", "\u2029", "\ue000", "\uffff", "\u3164", "\U000e0041", "\ud800"),
]
RULES = {
    "O": SubjectRule(fixed="Example GmbH"),
    "OU": SubjectRule(allowed="Pay*|Web"),
    "C": SubjectRule(allowed="DE|AT"),
}
_PARTS = st.text(alphabet="ab*", max_size=6)


def _given(**values: str) -> list[str]:
    return [reason for _, reason in given_problems(RULES, values)]


def test_what_the_profile_allows_or_fixes_may_be_given() -> None:
    assert _given() == []
    assert _given(O="Example GmbH", OU="Payments", C="AT") == []
    assert _given(OU="Web") == []


def test_anything_else_is_refused_with_its_attribute() -> None:
    assert list(
        given_problems(RULES, {"O": "Other", "OU": "Webmail", "C": "DEU", "L": "Ulm", "UID": "x"})
    ) == [
        ("O", "the profile fixes O to 'Example GmbH'"),
        ("OU", "'Webmail' is no OU that the profile allows: Pay*|Web"),
        ("C", "C is a country's two letters (ISO 3166), such as DE"),
        ("C", "'DEU' is no C that the profile allows: DE|AT"),
        ("L", "the profile allows no L"),
        ("UID", "'UID' is not offered: C, ST, L, O, OU, serialNumber are"),
    ]


def test_a_leaf_has_what_is_fixed_and_what_is_given_in_the_order_of_a_subject() -> None:
    leaf = subject_of(RULES, {"OU": "Web", "C": "DE"})
    assert list(leaf.items()) == [("C", "DE"), ("O", "Example GmbH"), ("OU", "Web")]
    assert subject_of({}, {"OU": "Web"}) == {}
    assert subject_of(RULES, {"O": "Other"}) == {"O": "Example GmbH"}


@pytest.mark.parametrize("attribute", ["O", "OU"])
@pytest.mark.parametrize("value", GROUPS)
def test_groups_of_kubernetes_are_refused_in_any_case_and_spelling(attribute: str, value: str) -> None:
    assert any("Kubernetes" in reason for reason in value_problems(attribute, value))
    assert list(given_problems({attribute: SubjectRule(allowed="*")}, {attribute: value}))
    assert list(rule_problems({attribute: SubjectRule(fixed=value)}))


def test_what_only_looks_like_a_group_is_a_text() -> None:
    for text in ("Ecosystem: masters", "systems:x", "system", "File system"):
        assert list(value_problems("O", text)) == []
    assert list(value_problems("L", "system:x")) == []


@pytest.mark.parametrize("character", INVISIBLE)
@pytest.mark.parametrize("attribute", list(SubjectAttribute))
def test_no_value_has_a_character_that_nobody_sees(attribute: str, character: str) -> None:
    assert list(value_problems(attribute, f"a{character}b"))
    assert list(rule_problems({attribute: SubjectRule(allowed=f"a{character}*")}))


@pytest.mark.parametrize("attribute", _BOUNDS)
def test_values_have_the_upper_bounds_of_rfc_5280(attribute: str) -> None:
    most = _BOUNDS[attribute]
    assert list(value_problems(attribute, "x" * most)) == []
    assert list(value_problems(attribute, "x" * (most + 1))) == [f"{attribute} has 1 to {most} characters"]
    assert list(value_problems(attribute, "")) == [f"{attribute} has 1 to {most} characters"]


def test_bounds_count_characters_not_bytes() -> None:
    assert list(value_problems("O", "\u00fc" * 64)) == []


@pytest.mark.parametrize("value", ["de", "D1", "D", "DEU", "\u00c4\u00d6", "\uff24\uff25", "D E"])
def test_a_country_is_two_letters(value: str) -> None:
    assert list(value_problems("C", value))


@pytest.mark.parametrize("value", ["HRB_1", "a@b", "a*b", "\u00fc", "a&b", "#1"])
def test_a_serial_number_is_a_printable_string(value: str) -> None:
    assert list(value_problems("serialNumber", value))
    assert list(value_problems("serialNumber", "HRB 1 (x)+,-./:=?'")) == []


@pytest.mark.parametrize("value", [" a", "a ", "a  b", "a\u00a0b", "a\u3000b", "A\u030a"])
def test_spaces_are_single_ones_between_words_and_texts_are_in_normal_form_c(value: str) -> None:
    assert list(value_problems("O", value))


@given(st.text(max_size=70))
def test_what_is_accepted_is_seen_and_is_encoded_as_it_is(value: str) -> None:
    if not list(value_problems("O", value)):
        assert value == unicodedata.normalize("NFC", value) == value.strip()
        assert value.encode().decode() == value
        assert not {unicodedata.category(each)[0] for each in value} & {"C"}
        assert not unicodedata.normalize("NFKC", value).casefold().startswith("system:")


@given(value=st.text(alphabet="ab", max_size=8), alternatives=st.lists(_PARTS, min_size=1, max_size=3))
@example(value="a", alternatives=["*a*a*"])
def test_a_pattern_means_what_the_expression_of_it_means(value: str, alternatives: list[str]) -> None:
    pattern = "|".join(alternatives)
    expression = "|".join(re.escape(each).replace(r"\*", ".*") for each in alternatives)
    assert is_allowed(value, pattern) is bool(re.fullmatch(expression, value))


def test_no_pattern_takes_long() -> None:
    begun = time.perf_counter()
    assert not is_allowed("a" * 128, "*a" * 127 + "*b")
    assert not is_allowed("a" * 128, "|".join(["*a*a*a*b"] * 28))
    assert time.perf_counter() - begun < 0.1


def test_a_rule_is_either_fixed_or_allowed() -> None:
    assert list(rule_problems({"O": SubjectRule()})) == [("subject.O", "needs either fixed or allowed")]
    assert list(rule_problems({"O": SubjectRule("a", "b")})) == [
        ("subject.O", "needs either fixed or allowed")
    ]
    assert list(rule_problems(RULES)) == []


@pytest.mark.parametrize("name", ["CN", "emailAddress", "DC", "UID", "o", "2.5.4.10", "organizationName", ""])
def test_no_other_attribute_is_offered(name: str) -> None:
    ((field, reason),) = rule_problems({name: SubjectRule(allowed="*")})
    assert field == "subject"
    assert "is not offered: C, ST, L, O, OU, serialNumber are" in reason


@pytest.mark.parametrize("pattern", ["", "|", "a||b", "a| ", "x" * 257])
def test_a_pattern_has_a_text_in_each_alternative(pattern: str) -> None:
    assert {field for field, _ in rule_problems({"O": SubjectRule(allowed=pattern)})} == {"subject.O.allowed"}


def test_an_alternative_that_no_leaf_may_have_is_refused_with_its_rule() -> None:
    ((field, reason),) = rule_problems({"C": SubjectRule(allowed="DE|Austria")})
    assert field == "subject.C.allowed"
    assert reason == "C is a country's two letters (ISO 3166), such as DE"
