"""What a provider, a page of another site or another person can send: none of it gives a session."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from tests.support.client.server import HANG_UP, Reply, json_reply
from tests.support.identity.issuers import jwk
from tests.support.identity.sign_in import (
    ATTEMPT,
    CALLBACK,
    IDP,
    LOGIN,
    PROVIDERS,
    SESSION_COOKIE,
    Browser,
    SignIns,
    error_of,
)
from tests.support.identity.sign_in_provider import CLIENT_ID

EVIL = "http://evil.example"


def refused(signs: SignIns, browser: Browser | None = None) -> str | None:
    """The error of a sign-in, which left no session."""
    browser = browser or signs.browser()
    answer = signs.sign_in(browser)
    assert SESSION_COOKIE not in browser.cookies
    assert ATTEMPT not in browser.cookies
    return error_of(answer)


BAD_ID_TOKENS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "two audiences": {"aud": [CLIENT_ID, "another"]},
    "no audience": {"aud": None},
    "another azp": {"azp": "another"},
    "another issuer": {"iss": "https://other.example"},
    "expired": {"exp": 1},
    "of the future": {"iat": 9_999_999_999},
    "no sub": {"sub": None},
    "a number as sub": {"sub": 7},
    "auth_time of the future": {"auth_time": 9_999_999_999},
}


def test_a_bad_id_token_is_refused(signs: SignIns) -> None:
    for name, claims in BAD_ID_TOKENS.items():
        signs.provider.token_claims = claims
        assert refused(signs) == "not_verified", name


def test_an_unsigned_or_differently_signed_id_token_is_refused(signs: SignIns) -> None:
    for header in ({"alg": "none"}, {"alg": "HS256"}, {"kid": "k9"}, {"typ": "at+jwt"}):
        signs.provider.token_header = header
        signs.stack.clock.advance(timedelta(seconds=61))
        assert refused(signs) == "not_verified", header
    signs.provider.token_header, signs.provider.key = {}, "RSA-other"
    assert refused(signs) == "not_verified"


BAD_TOKEN_REPLIES = {
    "an error": (json_reply({"error": "invalid_client", "error_description": "<b>"}, 401), "provider_error"),
    "no ID token": (json_reply({"access_token": "a", "token_type": "Bearer"}), "provider_error"),
    "an ID token that is no text": (json_reply({"id_token": {"sub": "ada"}}), "provider_error"),
    "no JSON": (Reply(200, b"<html>"), "provider_error"),
    "a redirect": (Reply(302, b"", {"Location": "/token"}), "provider_error"),
    "over 256 KiB": (Reply(200, b'{"id_token":"' + b"a" * (256 * 1024) + b'"}'), "provider_error"),
    "an outage": (Reply(503), "unavailable"),
    "nothing": (HANG_UP, "unavailable"),
}


def test_a_bad_token_response_leads_back_without_its_text(signs: SignIns) -> None:
    for name, (reply, fault) in BAD_TOKEN_REPLIES.items():
        signs.provider.token_reply = reply
        assert refused(signs) == fault, name


def test_userinfo_about_somebody_else_is_refused(signs: SignIns) -> None:
    del signs.provider.claims["groups"]
    signs.provider.userinfo_claims = {"sub": "eve", "groups": ["admins"]}
    assert refused(signs) == "not_verified"


def test_an_endpoint_at_an_internal_address_is_never_called(signs: SignIns) -> None:
    del signs.provider.claims["groups"]
    for document in (
        {"userinfo_endpoint": "http://169.254.169.254/latest"},
        {"token_endpoint": "http://10.0.0.1/token"},
    ):
        signs.provider.document = document
        signs.stack.clock.advance(timedelta(hours=1))
        assert refused(signs) == "unavailable", document


BAD_ENDPOINTS = ("javascript:alert(1)", "ftp://a.example/", "//evil.example", 5, None, "data:text/html,x")


def test_a_browser_is_sent_to_no_endpoint_that_is_no_url(signs: SignIns) -> None:
    for url in BAD_ENDPOINTS:
        signs.provider.document = {"authorization_endpoint": url}
        signs.stack.clock.advance(timedelta(seconds=61))
        assert error_of(signs.browser().get(LOGIN)) == "unavailable", url


def test_group_overage_is_refused(signs: SignIns) -> None:
    del signs.provider.claims["groups"]
    for claims in ({"_claim_names": {"groups": "src1"}}, {"hasgroups": True}):
        signs.provider.token_claims = claims
        answer = signs.sign_in()
        assert answer.status == 403
        assert "too many values" in answer.text


BAD_RESPONSES: dict[str, tuple[dict[str, str | None], str]] = {
    "another issuer": ({"iss": EVIL}, "not_verified"),
    "no issuer although promised": ({"iss": None}, "not_verified"),
    "an error of another issuer": ({"iss": EVIL, "code": None, "error": "access_denied"}, "not_verified"),
    "another state": ({"state": "another"}, "expired"),
    "no state": ({"state": None}, "expired"),
    "no code": ({"code": None}, "provider_error"),
    "another code": ({"code": "stolen"}, "provider_error"),
    "access denied": ({"code": None, "error": "access_denied"}, "cancelled"),
    "an error with a text": ({"code": None, "error": "<script>"}, "provider_error"),
}


def test_a_bad_authorization_response_leads_back(signs: SignIns) -> None:
    for name, (changes, fault) in BAD_RESPONSES.items():
        browser = signs.browser()
        answer = browser.get(CALLBACK, signs.provider.authorize(signs.begin(browser), **changes))
        assert error_of(answer) == fault, name
        assert browser.cookies == {}, name


def test_a_code_works_once_and_in_its_browser_only(signs: SignIns) -> None:
    mine, other = signs.browser(), signs.browser()
    sent = signs.provider.authorize(signs.begin(mine))
    signs.begin(other)
    kept = dict(mine.cookies)
    assert error_of(other.get(CALLBACK, sent)) == "expired"
    assert error_of(mine.get(CALLBACK, sent)) is None
    assert SESSION_COOKIE in mine.cookies
    replayed = Browser(signs.stack, kept)
    assert error_of(replayed.get(CALLBACK, sent)) == "provider_error"
    assert SESSION_COOKIE not in replayed.cookies


def test_a_code_with_another_verifier_is_refused_by_the_provider(signs: SignIns) -> None:
    mine, other = signs.browser(), signs.browser()
    sent = signs.provider.authorize(signs.begin(mine))
    theirs = signs.provider.authorize(signs.begin(other))
    assert error_of(other.get(CALLBACK, theirs | {"code": sent["code"]})) == "provider_error"


def test_login_csrf_gives_nobody_the_session_of_an_attacker(signs: SignIns) -> None:
    """A page sends its visitor to the callback, with the attacker's own code and state."""
    attackers = signs.provider.authorize(signs.begin(signs.browser()))
    victim = signs.browser()
    assert error_of(victim.get(CALLBACK, attackers, {"sec-fetch-site": "cross-site"})) == "expired"
    assert victim.cookies == {}


@pytest.mark.parametrize("blank", ["\u2003", "\u00a0", "\u3000", "\u0085", "\x1c", "\x0b"])
def test_an_attempt_that_another_host_set_signs_nobody_in(signs: SignIns, blank: str) -> None:
    """A browser lets every host of the domain set a cookie with such a name."""
    attacker = signs.browser()
    sent = signs.provider.authorize(signs.begin(attacker))
    victim = Browser(signs.stack, {f"{blank}{ATTEMPT}": attacker.cookies[ATTEMPT]})
    assert error_of(victim.get(CALLBACK, sent)) == "expired"
    assert SESSION_COOKIE not in victim.cookies


def test_two_attempts_in_one_request_sign_nobody_in(signs: SignIns) -> None:
    mine, mallory = signs.browser(), signs.browser()
    signs.begin(mine)
    sent = signs.provider.authorize(signs.begin(mallory))
    both = "; ".join(f"{ATTEMPT}={each.cookies[ATTEMPT]}" for each in (mallory, mine))
    victim = signs.browser()
    assert error_of(victim.get(CALLBACK, sent, {"cookie": both})) == "two_cookies"
    assert SESSION_COOKIE not in victim.cookies


def test_a_provider_of_the_same_site_can_send_the_person_back(signs: SignIns) -> None:
    browser = signs.browser()
    sent = signs.provider.authorize(signs.begin(browser))
    assert error_of(browser.get(CALLBACK, sent, {"sec-fetch-site": "same-site"})) is None
    assert browser.session().status == 200


def test_a_response_of_one_provider_is_not_taken_for_anothers(signs: SignIns) -> None:
    body = signs.record | {"id": "idp-evil", "name": "Evil"}
    assert signs.stack.admin("catalog_api").post(PROVIDERS, body).status == 201
    browser = signs.browser()
    sent = signs.provider.authorize(signs.begin(browser))
    answer = browser.get("/api/v1/auth/callback/idp-evil", sent)
    assert error_of(answer) == "expired"
    assert signs.provider.redeemed == []


def test_an_attempt_ends_after_ten_minutes(signs: SignIns) -> None:
    browser = signs.browser()
    sent = signs.provider.authorize(signs.begin(browser))
    signs.stack.clock.advance(timedelta(minutes=10, seconds=1))
    assert error_of(browser.get(CALLBACK, sent)) == "expired"


def test_a_sign_in_leads_to_no_other_site(signs: SignIns) -> None:
    for path in ("//evil.example", "/\\evil.example", "https://evil.example"):
        assert signs.sign_in(return_to=path).headers["Location"] == "/", path


def test_an_edited_cookie_leads_to_no_other_site(signs: SignIns) -> None:
    browser = signs.browser()
    sent = signs.provider.authorize(signs.begin(browser))
    text = browser.cookies[ATTEMPT]
    stored = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    edited = json.dumps(stored | {"return_to": "//evil.example"}).encode()
    browser.cookies[ATTEMPT] = base64.urlsafe_b64encode(edited).decode()
    assert error_of(browser.get(CALLBACK, sent)) == "expired"


def test_a_deployed_stack_sends_nobody_to_a_provider_on_loopback(
    signs: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CERTCTL_LOCAL")
    assert error_of(signs.browser().get(LOGIN)) == "unavailable"
    assert signs.server.asked == []


BAD_SETTINGS: tuple[dict[str, Any], ...] = (
    {"client_secret": "s3cret"},
    {"client_secret": "/certctl/blue/identity/corp"},
    {"client_secret": "certctl/green/identity/corp"},
    {"client_secret": "certctl/blue/issuers/acme"},
    {"scopes": ["profile"]},
    {"scopes": ["openid", "openid"]},
    {"scopes": ["openid", "a b"]},
    {"required_claims": {"hd": []}},
    {"unknown": 1},
)


def test_bad_settings_are_refused(signs: SignIns) -> None:
    for change in BAD_SETTINGS:
        record = signs.record | {"sign_in": signs.record["sign_in"] | change}
        assert signs.stack.admin("catalog_api").put(f"{PROVIDERS}/{IDP}", record).status == 422, change


def test_only_a_provider_of_people_offers_sign_in(signs: SignIns) -> None:
    for change in ({"type": "GitHub"}, {"jwks": {"keys": [jwk("RSA")]}}):
        body = signs.record | {"id": "idp-2", "name": "2"} | change
        assert signs.stack.admin("catalog_api").post(PROVIDERS, body).status == 422, change


def test_a_missing_secret_is_an_outage(signs: SignIns) -> None:
    signs.configure(client_secret="certctl/blue/identity/none")  # a name
    assert refused(signs) == "unavailable"
