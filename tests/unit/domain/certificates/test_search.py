"""What a certificate is found by, and what was typed, in one spelling."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.certificates.search import MAX_STARTS, sought, texts_of
from certctl.store.search_keys import search_key, search_prefix
from tests.support.agents.fleet import certificate

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SERIAL = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


def _texts(**fields: Any) -> set[str]:
    """Without those of the id."""
    return set(texts_of(certificate("mc-1", NOW, **{"name": "-", "sans": ()} | fields))) - {"mc-1", "-"}


def test_a_name_is_found_by_each_of_its_labels() -> None:
    texts = _texts(common_name="svc-0042.prod.example.com")
    labels = {"svc-0042.prod.example.com", "prod.example.com", "example.com", "com"}
    assert texts == {*labels, "0042.prod.example.com"}


def test_every_kind_of_name_is_found() -> None:
    sans = ("IP:10.0.0.1", "IP:2001:db8::1", "email:Ops@Example.com", "URI:spiffe://mesh/ns/web")
    texts = _texts(common_name="*.apps", sans=sans)
    assert texts == {
        *("*.apps", "apps", "10.0.0.1", "2001:db8::1"),
        *("ops@example.com", "example.com", "com"),
        *("spiffe://mesh/ns/web", "mesh/ns/web", "ns/web", "web"),
    }


def test_an_internationalised_name_is_found_in_both_forms() -> None:
    texts = _texts(common_name="xn--bcher-kva.example")
    assert texts == {"xn--bcher-kva.example", "bücher.example", "example"}


def test_a_display_name_is_found_by_each_word_and_a_tag_by_its_beginning() -> None:
    texts = _texts(common_name="a", name="Payments  (Zürich) pre-prod", tags={"Cost": "42 EUR", "team": ""})
    words = {"payments (zürich) pre-prod", "zürich) pre-prod", "pre-prod", "prod"}
    assert texts == {"a", *words, "cost=42 eur", "team="}


def test_a_name_has_a_bounded_number_of_beginnings() -> None:
    assert len(_texts(common_name=".".join("x" * 120))) == MAX_STARTS
    assert len(_texts(common_name="-".join("xy" * 60))) == MAX_STARTS


@pytest.mark.parametrize(
    "typed",
    [
        SERIAL,
        SERIAL.upper(),
        f"0x{SERIAL}",
        f"  {SERIAL[1:]} ",
        f"00{SERIAL}",
        f"serial={SERIAL.upper()}",
        ":".join(SERIAL[i : i + 2] for i in range(0, 40, 2)),
        " ".join(SERIAL[i : i + 2] for i in range(0, 40, 2)),
        "-".join(SERIAL[i : i + 2] for i in range(0, 40, 2)),
        f"Serial Number: {SERIAL}",
        f"\N{LEFT-TO-RIGHT MARK}{SERIAL}",
    ],
)
def test_a_serial_is_the_same_in_every_spelling(typed: str) -> None:
    assert sought(typed).serial == SERIAL[1:]


def test_a_serial_may_be_in_decimal() -> None:
    assert sought(str(int(SERIAL, 16))).decimal_serial == SERIAL[1:]
    assert sought(f"serial: {int(SERIAL, 16)}").decimal_serial == SERIAL[1:]


@pytest.mark.parametrize(
    "typed",
    [
        "sha256 Fingerprint=AA:BB:CC:DD",
        "SHA-256 Fingerprint: AA BB CC DD",
        "sha256:aabbccdd",
        "aa bb cc dd",
        "AABBCCDD",
    ],
)
def test_a_fingerprint_is_the_same_in_every_spelling(typed: str) -> None:
    assert sought(typed).digits == "aabbccdd"


@pytest.mark.parametrize(
    "typed",
    [
        " SSO.Example.com. ",
        "sso.example.com",
        ".SSO.example.com",
        "\N{FULLWIDTH LATIN SMALL LETTER S}so.example.com",
        "https://sso.example.com/login?next=/",
        "https://user@sso.example.com:8443",
        "sso.example.com:443",
        "DNS:sso.example.com",
        "CN = sso.example.com",
        "\N{RIGHT-TO-LEFT OVERRIDE}sso.example.com",
    ],
)
def test_a_name_is_the_same_in_every_spelling(typed: str) -> None:
    assert sought(typed).text == "sso.example.com"


@pytest.mark.parametrize(
    "typed", ["spiffe://mesh/ns/web", "2001:db8::8080", "cost=42", "https://", "ops@example.com"]
)
def test_what_is_no_location_stays_as_it_was_typed(typed: str) -> None:
    assert sought(typed).text == typed


def test_the_host_of_a_location_may_be_an_address() -> None:
    assert sought("https://[2001:db8::1]:8443/").text == "2001:db8::1"


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_key_of_printable_ascii(typed: str) -> None:
    found = sought(typed)
    key = search_key("t", found.text, "mc-1")
    assert key.isascii()
    assert key.isprintable()
    assert len(key) < 300
    assert len(found.decimal_serial) <= 40


@given(st.text(max_size=60), st.integers(min_value=0, max_value=60))
def test_a_beginning_of_a_text_is_one_of_its_key(text: str, length: int) -> None:
    assert search_key("t", text, "mc-1").startswith(search_prefix("t", text[:length]))
