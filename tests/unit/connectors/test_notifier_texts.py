"""Texts that fit: within the limit, on a boundary, and saying that something is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.connectors.notifiers.texts import cut, cut_bytes, facts_of, heading, length_of
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.statuses import Action
from tests.support.notifications.messages import REVOKED, a_message

FAMILY = "👨‍👩‍👧"
WRITABLE = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(WRITABLE, st.integers(1, 90))
def test_a_cut_fits_and_keeps_the_beginning(text: str, limit: int) -> None:
    shorter = cut(text, limit)
    assert length_of(shorter) <= limit
    assert shorter == text or (shorter.endswith("…") and text.startswith(shorter[:-1]))
    assert (length_of(text) <= limit) == (shorter == text) or shorter == text


@given(WRITABLE, st.integers(0, 90))
def test_a_cut_by_bytes_fits_and_keeps_the_beginning(text: str, limit: int) -> None:
    shorter = cut_bytes(text, limit)
    assert len(shorter.encode()) <= limit
    assert shorter in (text, "") or (shorter.endswith("…") and text.startswith(shorter[:-1]))


def test_what_fits_exactly_is_not_cut() -> None:
    assert cut("a" * 10, 10) == "a" * 10
    assert cut("a" * 11, 10) == "a" * 9 + "…"
    assert cut_bytes("é" * 5, 10) == "é" * 5
    assert cut_bytes("é" * 6, 10) == "é" * 3 + "…"


def test_an_emoji_has_two_characters_as_the_providers_count() -> None:
    assert length_of("a🔒") == 3
    assert cut("🔒" * 6, 10) == "🔒" * 4 + "…"


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("ab" + FAMILY + "cd", 6, "ab…"),
        ("abe\u0301cd", 4, "ab…"),
        ("ab👍🏽cd", 5, "ab…"),
        ("ab cd", 4, "ab…"),
    ],
)
def test_a_sequence_is_not_parted(text: str, limit: int, kept: str) -> None:
    assert cut(text, limit) == kept


def test_a_name_of_nothing_but_accents_is_cut_all_the_same() -> None:
    assert len(cut("\u0301" * 200, 100)) == 100


def test_the_heading_is_one_line_with_the_severity() -> None:
    assert heading(REVOKED) == "[CRITICAL] shop.example was revoked"
    assert heading(a_message(subject="a\r\nBcc: b")) == "[CRITICAL] a Bcc: b"
    assert heading(a_message(action=Action.RESOLVE)) == "[RESOLVED] shop.example was revoked"


def test_facts_that_are_not_known_are_left_out() -> None:
    facts = CertificateFacts(name="shop", team="Payments")
    assert facts_of(a_message(certificate=facts)) == [("Certificate", "shop"), ("Team", "Payments")]
    assert [label for label, _ in facts_of(REVOKED)] == [
        "Certificate",
        "Common name",
        "Serial",
        "Expires",
        "Environment",
        "Owner",
        "Team",
    ]
