"""Nonces: made without a write, valid for an hour, one text each."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.acme.nonces import bad_nonce, check_nonce, new_nonce
from certctl.domain.acme.problems import ProblemType
from certctl.domain.base64url import to_base64url
from certctl.domain.times import from_millis
from tests.support.acme.refusals import refusal_of, refused_as

KEY, NOW = b"k" * 32, datetime(2026, 12, 1, 5, tzinfo=UTC)
MOMENTS = st.integers(0, 7 * 10**12).map(from_millis)
# acme.sh looks for exactly this
WORDS = "JWS has an invalid anti-replay nonce"


@pytest.mark.parametrize(
    "age", [timedelta(), timedelta(minutes=59), timedelta(hours=1), timedelta(seconds=-5)]
)
def test_a_nonce_is_valid_for_an_hour_and_before_its_time_by_five_seconds(age: timedelta) -> None:
    check_nonce(KEY, new_nonce(KEY, NOW), NOW + age)


@pytest.mark.parametrize(
    "age", [timedelta(hours=1, milliseconds=1), timedelta(days=9), timedelta(seconds=-6)]
)
def test_a_nonce_of_another_time_is_refused(age: timedelta) -> None:
    assert refused_as(lambda: check_nonce(KEY, new_nonce(KEY, NOW), NOW + age)) is ProblemType.BAD_NONCE


def test_a_nonce_of_another_key_is_refused_in_the_words_that_clients_look_for() -> None:
    problem = refusal_of(lambda: check_nonce(b"other" * 7, new_nonce(KEY, NOW), NOW))
    assert (problem.type, problem.status) == (ProblemType.BAD_NONCE, 400)
    assert WORDS in problem.detail


def test_a_used_nonce_is_refused_in_the_same_words() -> None:
    assert WORDS in bad_nonce("it was used").detail


def test_nonces_of_one_moment_differ_by_their_random_bytes() -> None:
    assert len({new_nonce(KEY, NOW) for _ in range(100)}) == 100
    assert new_nonce(KEY, NOW, bytes) == new_nonce(KEY, NOW, bytes)


@given(st.binary(min_size=16, max_size=64), MOMENTS)
def test_a_nonce_is_44_characters_that_encode_whole_octets(key: bytes, moment: datetime) -> None:
    nonce = new_nonce(key, moment)
    assert len(nonce) == 44
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(nonce)).decode() == nonce
    check_nonce(key, nonce, moment)


@given(st.integers(0, 43), st.characters(max_codepoint=255))
def test_each_other_text_is_another_nonce(position: int, character: str) -> None:
    nonce = new_nonce(KEY, NOW)
    changed = nonce[:position] + character + nonce[position + 1 :]
    if changed != nonce:
        assert refused_as(lambda: check_nonce(KEY, changed, NOW)) is ProblemType.BAD_NONCE


@pytest.mark.parametrize("around", ["{}=", "{}\n", " {}", "{}A", "{}AAAA", "{0}{0}"])
def test_a_nonce_has_no_second_spelling(around: str) -> None:
    nonce = around.format(new_nonce(KEY, NOW))
    assert refused_as(lambda: check_nonce(KEY, nonce, NOW)) is ProblemType.BAD_NONCE


@given(st.text() | st.binary(max_size=80).map(to_base64url))
def test_no_text_of_a_stranger_is_a_nonce(text: str) -> None:
    assert refused_as(lambda: check_nonce(KEY, text, NOW)) is ProblemType.BAD_NONCE
