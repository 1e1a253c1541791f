"""What claims must have for a sign-in, and what a user's record takes from them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from certctl.domain.identity.identity_providers import AuthTime, SignInSettings
from certctl.domain.identity.oidc.attempts import SignInAttempt, new_attempt
from certctl.domain.identity.oidc.people import (
    absent,
    check_id_token,
    completed,
    person_of,
    proved_at,
    require_claims,
    shown_claims,
)
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
SECOND = int(NOW.timestamp())


def attempt(max_age: int | None = None) -> SignInAttempt:
    return new_attempt("idp-okta", "/", max_age, NOW)


def id_token(begun: SignInAttempt, **changes: Any) -> dict[str, Any]:
    claims = {"sub": "ada", "nonce": begun.nonce} | changes
    return {name: value for name, value in claims.items() if value is not None}


def proved(
    claims: dict[str, Any],
    begun: SignInAttempt,
    auth_time: AuthTime = AuthTime.REQUIRED,
    now: datetime = NOW,
) -> datetime | None:
    return proved_at(claims, begun, auth_time, now)


def test_an_id_token_of_the_attempt_is_taken() -> None:
    begun = attempt()
    check_id_token(id_token(begun), begun, "certctl")
    check_id_token(id_token(begun, azp="certctl"), begun, "certctl")


@pytest.mark.parametrize(
    "changes",
    [
        {"azp": "another"},
        {"azp": ["certctl"]},
        {"azp": ""},
        {"nonce": None},
        {"nonce": "another"},
        {"nonce": 1},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 256},
        {"sub": "a\nb"},
    ],
)
def test_another_id_token_is_refused(changes: Mapping[str, Any]) -> None:
    begun = attempt()
    with pytest.raises(SignInRefused) as refused:
        check_id_token(id_token(begun, **changes), begun, "certctl")
    assert refused.value.fault is SignInFault.NOT_VERIFIED


def test_a_person_proved_it_at_auth_time() -> None:
    earlier = NOW - timedelta(hours=6)
    assert proved({"auth_time": int(earlier.timestamp())}, attempt()) == earlier
    assert proved({"auth_time": int(earlier.timestamp())}, attempt(), AuthTime.ABSENT) == earlier


def test_without_auth_time_nothing_is_known_of_when() -> None:
    assert proved({}, attempt()) is None
    assert proved({}, attempt(max_age=0), AuthTime.ABSENT) is None


def test_an_auth_time_that_was_asked_for_must_be_there() -> None:
    with pytest.raises(SignInRefused, match="let the provider send it") as refused:
        proved({}, attempt(max_age=0))
    assert refused.value.fault is SignInFault.TOO_OLD


def test_a_clock_that_is_a_little_ahead_is_now() -> None:
    assert proved({"auth_time": SECOND + 30}, attempt()) == NOW


@pytest.mark.parametrize("moment", ["1", True, -1, SECOND + 3600, 1e300, [SECOND]])
def test_an_impossible_auth_time_is_refused(moment: Any) -> None:
    with pytest.raises(SignInRefused) as refused:
        proved({"auth_time": moment}, attempt())
    assert refused.value.fault is SignInFault.NOT_VERIFIED


def test_a_provider_must_ask_again_if_it_was_asked_to() -> None:
    begun, finished = attempt(max_age=0), NOW + timedelta(minutes=5)
    assert proved({"auth_time": SECOND}, begun, now=finished) == NOW
    assert proved({"auth_time": SECOND + 200}, begun, now=finished) == NOW + timedelta(seconds=200)
    with pytest.raises(SignInRefused) as refused:
        proved({"auth_time": SECOND - 61}, begun, now=finished)
    assert refused.value.fault is SignInFault.TOO_OLD


def test_userinfo_adds_claims_and_replaces_none() -> None:
    claims = {"sub": "ada", "email": "ada@corp.example"}
    found = {"sub": "ada", "email": "other@corp.example", "groups": ["admins"], "iss": "x"}
    assert absent(claims, {"groups", "email"}) == {"groups"}
    assert completed(claims, found)["groups"] == ["admins"]
    assert completed(claims, found)["email"] == "ada@corp.example"


def test_a_mail_address_and_whether_it_is_verified_are_of_one_source() -> None:
    userinfo = {"sub": "ada", "email": "ada@corp.example", "email_verified": True}
    signed = completed({"sub": "ada", "email": "ceo@corp.example"}, userinfo)
    assert (signed["email"], signed.get("email_verified")) == ("ceo@corp.example", None)
    claims = {"sub": "ada", "email_verified": True}
    asked = completed(claims, {"sub": "ada", "email": "ceo@corp.example"})
    assert (asked["email"], asked.get("email_verified")) == ("ceo@corp.example", None)
    assert completed({"sub": "ada"}, userinfo)["email_verified"] is True


@pytest.mark.parametrize("sub", ["eve", None, 1, ""])
def test_userinfo_about_somebody_else_is_refused(sub: Any) -> None:
    with pytest.raises(SignInRefused) as refused:
        completed({"sub": "ada"}, {"sub": sub, "groups": ["admins"]})
    assert refused.value.fault is SignInFault.NOT_VERIFIED


def test_each_required_claim_must_have_one_of_its_values() -> None:
    settings = SignInSettings("c", "s", required_claims={"hd": ("corp.example",), "amr": ("mfa", "hwk")})
    require_claims(settings, {"hd": "corp.example", "amr": ["pwd", "mfa"]})
    for claims in (
        {},
        {"hd": "corp.example"},
        {"hd": "evil.example", "amr": ["mfa"]},
        {"hd": "corp.example", "amr": []},
    ):
        with pytest.raises(SignInRefused) as refused:
            require_claims(settings, claims)
        assert refused.value.fault is SignInFault.REQUIRED_CLAIM


def test_a_user_has_name_and_mail_of_the_claims() -> None:
    person = person_of({"sub": "00u1", "name": "Ada  L.", "email": "ada@corp.example"})
    assert (person.id, person.name, person.mail) == ("00u1", "Ada  L.", "ada@corp.example")
    assert person_of({"sub": "00u1", "preferred_username": "ada"}).name == "ada"
    assert person_of({"sub": "00u1", "email": "ada@corp.example"}).name == "ada@corp.example"
    assert person_of({"sub": "00u1", "name": {"x": 1}, "email": 5}) == person_of({"sub": "00u1"})


def test_names_are_bounded_and_on_one_line() -> None:
    assert person_of({"sub": "00u1", "name": "A\nda\u202e" + "x" * 300}).name == ("Ada" + "x" * 300)[:128]
    assert person_of({"sub": "00u1", "name": "\u202e"}).name == "00u1"


def test_claims_of_the_protocol_are_not_shown() -> None:
    claims = {
        "sub": "ada",
        "iss": "i",
        "nonce": "n",
        "groups": ["a", "b"],
        "realm": {"roles": ["r"]},
        "x": None,
    }
    assert shown_claims(claims) == {"groups": ("a", "b"), "realm > roles": ("r",), "sub": ("ada",)}
