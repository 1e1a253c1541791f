"""A sign-in between its redirects: its cookie, its end, and where it may lead."""

import base64
import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.identity.oidc.attempts import (
    SignInAttempt,
    attempt_in,
    attempt_text,
    new_attempt,
    own_path,
)

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)


def an_attempt(return_to: str = "/certificates?page=2", max_age: int | None = None) -> SignInAttempt:
    return new_attempt("idp-okta", return_to, max_age, NOW)


def encoded(**changes: object) -> str:
    text = json.dumps(asdict(an_attempt()) | changes)
    return base64.urlsafe_b64encode(text.encode()).decode()


def test_an_attempt_survives_its_cookie() -> None:
    attempt = an_attempt(max_age=0)
    assert attempt_in(attempt_text(attempt)) == attempt


def test_two_attempts_share_no_secret() -> None:
    one, other = an_attempt(), an_attempt()
    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert all(len(text) == 43 for text in (one.state, one.nonce, one.verifier))


def test_the_challenge_is_s256_of_the_verifier() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
    attempt = replace(an_attempt(), verifier=verifier)
    assert attempt.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "e30",
        "bnVsbA",
        "W10",
        "\u00e9",
        encoded(state=""),
        encoded(nonce=None),
        encoded(verifier=5),
        encoded(begun_at="1"),
        encoded(begun_at=True),
        encoded(max_age="0"),
        encoded(return_to="//evil.example"),
        encoded(more=1),
        "A" * 5000,
    ],
)
def test_another_text_is_no_attempt(text: str) -> None:
    assert attempt_in(text) is None


def test_an_attempt_ends_after_ten_minutes() -> None:
    attempt = an_attempt()
    assert not attempt.has_expired(NOW)
    assert not attempt.has_expired(NOW + timedelta(minutes=10))
    assert attempt.has_expired(NOW + timedelta(minutes=10, seconds=1))
    assert attempt.has_expired(NOW - timedelta(minutes=1))


@pytest.mark.parametrize(
    "path", ["/", "/certificates", "/certificates/mc-1?tab=versions&x=%20", "/a//b", "/~a"]
)
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "certificates",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/a\\b",
        "/a b",
        "/\u00e9",
        "/a\r\nSet-Cookie: a=b",
        "/" + "a" * 1024,
        "javascript:alert(1)",
    ],
)
def test_a_path_that_may_leave_this_site_leads_home(path: str) -> None:
    assert own_path(path) == "/"


def test_state_and_nonce_are_compared_whole() -> None:
    attempt = an_attempt()
    assert attempt.has_state(attempt.state)
    assert attempt.has_nonce(attempt.nonce)
    assert not attempt.has_state("")
    assert not attempt.has_state(attempt.state[:-1])
    assert not attempt.has_state("\u00e9")
    for nonce in (None, "", 5, [attempt.nonce], attempt.state):
        assert not attempt.has_nonce(nonce)
