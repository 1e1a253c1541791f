"""Domains and address ranges as name constraints, and back."""

from collections.abc import Sequence

import pytest
from cryptography import x509

from certctl.crypto.issuing.constraints import is_allowed
from certctl.crypto.names import parse_san
from certctl.crypto.permitted_names import name_constraints, permitted_names_of
from certctl.domain.errors import InvalidInput
from tests.support.authorities.authority import new_authority


@pytest.mark.parametrize(
    ("permitted", "inside", "outside"),
    [
        (
            ["example.com"],
            ["a.example.com", "x@example.com", "x@a.example.com", "spiffe://example.com/x"],
            [
                "example.org",
                "x@example.org",
                "8.8.8.8",
                "::1",
                "https://bank.test/",
                "urn:x:y",
                "https://8.8.8.8/",
            ],
        ),
        (["example.com", "10.0.0.0/8"], ["10.1.2.3"], ["11.0.0.1", "::1"]),
        (["example.com", "fd00::/8"], ["fd00::1"], ["10.1.2.3", "fe80::1"]),
        (["example.com", "10.0.0.0/8", "::/0"], ["10.1.2.3", "::1"], ["11.0.0.1"]),
        (["corp"], ["a.corp", "x@corp"], ["https://a.corp/", "https://bank.test/", "10.1.2.3"]),
        (["corp", "example.com"], ["spiffe://example.com/x"], ["spiffe://corp/x"]),
    ],
)
def test_domains_and_ranges_permit_their_names_and_leave_all_others_out(
    permitted: list[str], inside: list[str], outside: list[str]
) -> None:
    constraints = name_constraints(permitted)
    assert [text for text in inside if not is_allowed(parse_san(text), constraints)] == []
    assert [text for text in outside if is_allowed(parse_san(text), constraints)] == []


@pytest.mark.parametrize(
    ("permitted", "excluded"),
    [
        (["example.com"], ["0.0.0.0/0", "::/0"]),
        (["example.com", "10.0.0.0/8"], ["::/0"]),
        (["example.com", "10.0.0.0/8", "fd00::/8"], []),
    ],
)
def test_each_version_of_ip_without_a_range_is_excluded(permitted: list[str], excluded: list[str]) -> None:
    found: Sequence[x509.GeneralName] = name_constraints(permitted).excluded_subtrees or ()
    assert [str(base.value) for base in found] == excluded


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("10.0.0.1/8", "has host bits set; a range is written as 10.0.0.0/8"),
        ("example.com/24", "a range is written as"),
        ("10.0.0.0", "allowed are domains and address ranges"),
        ("*.example.com", "without *"),
        ("https://example.com", "a range is written as"),
    ],
)
def test_what_is_neither_a_domain_nor_a_range_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        name_constraints(["example.com", text])
    assert why in refused.value.reasons
    assert refused.value.problems[0].field == "permitted_domains"


def test_ranges_alone_are_refused_for_they_would_leave_all_domains_open() -> None:
    with pytest.raises(InvalidInput, match="need a domain too"):
        name_constraints(["10.0.0.0/8"])


def test_the_next_ca_reads_what_the_ca_before_was_made_for() -> None:
    permitted = ("example.com", "corp", "10.0.0.0/8", "fd00::/8")
    assert permitted_names_of(new_authority(permitted).issuing) == permitted
    assert permitted_names_of(new_authority().issuing) == ()
