"""Patterns of claims: exact, but for a `*` within a segment, and never slow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.identity.claim_patterns import matches, pattern_problem


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("repo:org/app:ref:refs/heads/main", "repo:org/app:ref:refs/heads/main"),
        ("repo:org/app:ref:refs/heads/*", "repo:org/app:ref:refs/heads/main"),
        ("repo:org/app:ref:refs/heads/release-*", "repo:org/app:ref:refs/heads/release-"),
        ("repo:org/*-app:environment:*", "repo:org/the-app:environment:prod"),
        ("a*b*c", "abc"),
        ("a*b*c", "aXbYc"),
        ("*", ""),
        ("**", "x"),
    ],
)
def test_a_value_matches(pattern: str, value: str) -> None:
    assert matches(pattern, value)


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("repo:org/app", "repo:org/App"),
        ("repo:org/app", "repo:org/app:x"),
        ("repo:org/*", "repo:org/app:ref"),
        ("repo:org/*", "repo:org/app/x"),
        ("refs/heads/*", "refs/heads/a/b"),
        ("repo:org/*:ref", "repo:org:evil/x:ref"),
        ("a*a", "a"),
        ("ab*ba", "aba"),
        ("a*b*c", "acb"),
        ("a*bc*cd", "abcd"),
        ("x*", "yx"),
        ("*x", "xy"),
        ("[a-z]*", "b"),
        ("?", "a"),
    ],
)
def test_a_value_does_not(pattern: str, value: str) -> None:
    assert not matches(pattern, value)


@pytest.mark.parametrize("pattern", ["", "***", "a*b*c*d", "a\nb", "x" * 513])
def test_patterns_are_bounded(pattern: str) -> None:
    assert pattern_problem(pattern)


@given(st.text("ab", max_size=12), st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_what_a_star_stands_for_is_any_text_of_the_segment(first: str, inner: str, last: str) -> None:
    assert matches(f"{first}*{last}", first + inner + last)
    assert matches(f"x/{first}*{last}", f"x/{first}{inner}{last}")
    assert not matches(f"{first}*{last}", f"{first}/{last}")


@given(st.text("ab*", max_size=10).filter(lambda text: text.count("*") <= 2), st.text("ab", max_size=10))
def test_matching_is_what_a_regular_expression_says(pattern: str, value: str) -> None:
    import re

    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value)
    assert matches(pattern, value) is (expected is not None)
