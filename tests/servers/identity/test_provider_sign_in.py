"""Sign-in with a real OpenID provider (`oidc-provider`, certified), over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed
from tests.support.identity.openid_provider import OpenIdProvider, openid_provider, person
from tests.support.identity.sign_in import (
    CALLBACK,
    LOGIN,
    PUBLIC_URL,
    Browser,
    admit,
    error_of,
    offer_sign_in,
)


@pytest.fixture
def provider(stack: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenIdProvider]:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    stack.clock.time = datetime.now(UTC)  # a sign-in in progress ends after ten minutes of either clock
    with openid_provider(tmp_path) as provider:
        provider.allow(f"{PUBLIC_URL}{CALLBACK}")
        offer_sign_in(stack, provider.issuer, provider.client_id, provider.client_secret)
        admit(stack, "admins", "admin")
        admit(stack, "viewers", "viewer", "t-default")
        yield provider


def sign_in(stack: Deployed, provider: OpenIdProvider, browser: Browser, who: str, **query: str) -> Answer:
    """The answer to the callback. The provider has a clock of its own: the stack follows it."""
    stack.clock.time = datetime.now(UTC)
    answer = browser.get(LOGIN, query)
    assert answer.status == 302, answer.text
    back = provider.sign_in(answer.headers["Location"], who)
    return finish(stack, browser, back)


def finish(stack: Deployed, browser: Browser, back: str) -> Answer:
    assert back.startswith(f"{PUBLIC_URL}{CALLBACK}?")
    stack.clock.time = datetime.now(UTC)
    return browser.get(CALLBACK, dict(parse_qsl(urlsplit(back).query)))


def test_people_sign_in_and_have_the_roles_of_their_groups(stack: Deployed, provider: OpenIdProvider) -> None:
    for who, role in (("ada", "admin"), ("vera", "viewer")):
        browser = Browser(stack)
        answer = sign_in(stack, provider, browser, who, return_to="/certificates")
        assert (answer.status, answer.headers["Location"]) == (302, "/certificates")
        session = browser.session().body
        assert (session["role"], session["sign_in"]["provider_id"]) == (role, "idp-corp")
    answer = sign_in(stack, provider, Browser(stack), "nobody")
    assert answer.status == 403
    assert "nobody@corp.example" in answer.text


def test_algorithms_and_new_keys_of_the_provider_are_followed(
    stack: Deployed, provider: OpenIdProvider
) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        provider.sign_with(algorithm)
        assert error_of(sign_in(stack, provider, Browser(stack), "ada")) is None


def test_a_person_who_declines_comes_back(stack: Deployed, provider: OpenIdProvider) -> None:
    browser = Browser(stack)
    back = provider.cancel(browser.get(LOGIN).headers["Location"])
    assert error_of(finish(stack, browser, back)) == "cancelled"


def test_a_code_is_redeemed_once(stack: Deployed, provider: OpenIdProvider) -> None:
    browser = Browser(stack)
    back = provider.sign_in(browser.get(LOGIN).headers["Location"], "ada")
    kept = dict(browser.cookies)
    assert error_of(finish(stack, browser, back)) is None
    assert error_of(finish(stack, Browser(stack, kept), back)) == "provider_error"


def test_claims_come_from_userinfo(stack: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    with openid_provider(tmp_path, [person("ada", "admins")], only_userinfo=True) as provider:
        provider.allow(f"{PUBLIC_URL}{CALLBACK}")
        offer_sign_in(stack, provider.issuer, provider.client_id, provider.client_secret)
        admit(stack, "admins", "admin")
        assert error_of(sign_in(stack, provider, Browser(stack), "ada")) is None
