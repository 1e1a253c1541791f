"""The text of credentials: what it names, and what a checksum refuses."""

import re
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.access.credentials import (
    CredentialKind,
    credential_in,
    is_earlier_text,
    key_hash,
    new_credential_text,
)
from certctl.domain.ids import new_ulid
from certctl.domain.times import from_wire

ULID = new_ulid(from_wire("2026-11-27T07:00:00Z"))
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def test_a_text_names_its_kind_and_its_subject() -> None:
    for kind in set(CredentialKind) - {CredentialKind.ACME_ACCOUNT}:
        text = new_credential_text(kind, ULID)
        assert re.fullmatch(rf"certctl_{kind}_{ULID}_[0-9A-Za-z]{{49}}", text)
        presented = credential_in(text)
        assert presented is not None
        assert (presented.digest, presented.subject_ulid) == (key_hash(text), ULID)


def test_an_acme_account_has_no_text() -> None:
    """The ACME account signs with a key of its own: what looks like a text is no credential."""
    assert credential_in(new_credential_text(CredentialKind.ACME_ACCOUNT, ULID)) is None


def test_the_last_six_characters_are_the_crc_32_of_all_before_them() -> None:
    text = new_credential_text(CredentialKind.KEY, ULID)
    value = 0
    for digit in text[-6:]:
        value = value * 62 + BASE62.index(digit)
    assert value == crc32(text[:-6].encode())


def test_two_texts_of_a_subject_differ() -> None:
    texts = {new_credential_text(CredentialKind.KEY, ULID) for _ in range(100)}
    assert len(texts) == 100


@given(st.integers(0, 87), st.sampled_from(BASE62 + "_-"))
def test_a_text_with_one_other_character_is_no_credential(place: int, character: str) -> None:
    text = new_credential_text(CredentialKind.KEY, ULID)
    other = text[:place] + character + text[place + 1 :]
    assert (credential_in(other) is None) == (other != text)


@given(st.text(max_size=100))
def test_other_texts_are_no_credentials(text: str) -> None:
    assert credential_in(text) is None


def test_a_text_of_an_earlier_release_names_no_subject() -> None:
    text = "certctl_" + "a-_Z0" * 8 + "xyz"
    presented = credential_in(text)
    assert is_earlier_text(text)
    assert presented is not None
    assert presented.subject_ulid is None
    assert [credential_in(other) for other in (text + "a", text[:-1], f"{text}\n", f" {text}")] == [None] * 4


def test_a_credential_is_no_text_of_an_earlier_release() -> None:
    assert not is_earlier_text(new_credential_text(CredentialKind.KEY, ULID))
