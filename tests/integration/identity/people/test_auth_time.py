"""Step-up with providers that do not say when a person signed in: they remember people and ask nothing."""

from datetime import timedelta

import pytest

from certctl.store.identity.admin_sign_ins import AdminSignInStore
from tests.support.api.http import Answer
from tests.support.identity.sessions import browser as page
from tests.support.identity.sign_in import IDP, PROVIDERS, SESSION_COOKIE, Browser, SignIns, error_of
from tests.support.identity.sign_ins import with_provider

ADMIN = {"name": "Eve", "grants": [{"role": "admin", "teams": "*"}]}


@pytest.fixture
def silent(signs: SignIns) -> SignIns:
    signs.provider.token_claims = {"auth_time": None}
    return signs


@pytest.fixture
def weaker(silent: SignIns) -> SignIns:
    silent.configure(auth_time="absent")
    with_provider(silent.stack)
    return silent


def make_administrator(signs: SignIns, browser: Browser) -> Answer:
    return page(signs.stack, "catalog_api", browser.cookies[SESSION_COOKIE]).post("/api/v1/users", ADMIN)


def test_a_sign_in_without_a_time_makes_no_administrator(silent: SignIns) -> None:
    with_provider(silent.stack)
    browser = silent.signed_in()
    assert browser.session().body["sign_in"] == {"provider_id": IDP, "signed_in_at": None}
    refused = make_administrator(silent, browser)
    assert refused.status == 401
    assert refused.body["type"] == "urn:certctl:problem:sign-in-required"
    assert "let its ID tokens have auth_time" in refused.body["detail"]


def test_a_provider_that_ignores_max_age_signs_nobody_in_again(silent: SignIns) -> None:
    browser = silent.browser()
    assert error_of(silent.sign_in(browser, max_age="0")) == "too_old"
    assert SESSION_COOKIE not in browser.cookies


def test_a_provider_that_sends_no_auth_time_locks_no_key_out(silent: SignIns) -> None:
    """What nobody could do after its first sign-in goes on with keys, until a sign-in has a time."""
    silent.signed_in()
    assert silent.stack.admin("catalog_api").post("/api/v1/users", ADMIN).status == 201
    silent.configure(auth_time="absent")
    silent.signed_in()
    assert silent.stack.admin("catalog_api").post("/api/v1/users", ADMIN).status == 401


def test_a_session_without_a_time_makes_no_administrator_whoever_else_signed_in(silent: SignIns) -> None:
    """Nobody has signed in with a time in this stack, and nobody ever may."""
    browser = silent.signed_in()
    silent.stack.clock.advance(timedelta(hours=7))
    assert make_administrator(silent, browser).body["type"] == "urn:certctl:problem:sign-in-required"


def test_a_session_with_a_time_makes_an_administrator_for_a_quarter_of_an_hour(signs: SignIns) -> None:
    browser = signs.signed_in()
    assert make_administrator(signs, browser).status == 201
    signs.stack.clock.advance(timedelta(minutes=16))
    assert make_administrator(signs, browser).status == 401


def test_the_first_administrator_s_sign_in_counts_for_approvals_with_or_without_a_time(
    silent: SignIns,
) -> None:
    administrators = AdminSignInStore(silent.stack.database)
    assert not administrators.any()
    silent.signed_in()
    assert (administrators.any(), administrators.any_timed()) == (True, False)
    silent.provider.token_claims = {}
    silent.signed_in()
    assert (administrators.any(), administrators.any_timed()) == (True, True)


def test_the_weaker_setting_takes_a_sign_in_without_a_time(weaker: SignIns) -> None:
    browser = weaker.signed_in()
    assert make_administrator(weaker, browser).status == 201
    weaker.stack.clock.advance(timedelta(minutes=16))
    assert make_administrator(weaker, browser).status == 401


def test_with_the_weaker_setting_the_first_sign_in_counts_not_a_silent_one_later(weaker: SignIns) -> None:
    weaker.signed_in()
    weaker.stack.clock.advance(timedelta(hours=7))
    assert make_administrator(weaker, weaker.signed_in()).status == 401
    assert error_of(weaker.sign_in(max_age="0")) == "too_old"


def test_with_the_weaker_setting_a_sign_out_begins_again(weaker: SignIns) -> None:
    browser = weaker.signed_in()
    weaker.stack.clock.advance(timedelta(hours=1))
    assert browser.send("DELETE", "/api/v1/auth/session", headers={"x-certctl-request": "1"}).status == 204
    assert make_administrator(weaker, weaker.signed_in(max_age="0")).status == 201


def test_an_auth_time_counts_with_either_setting(weaker: SignIns) -> None:
    weaker.provider.token_claims = {"auth_time": int(weaker.stack.clock().timestamp()) - 3600}
    assert make_administrator(weaker, weaker.signed_in()).status == 401
    assert error_of(weaker.sign_in(max_age="0")) == "too_old"


def test_an_edit_without_the_setting_leaves_it(silent: SignIns) -> None:
    path, admin = f"{PROVIDERS}/{IDP}", silent.stack.admin("catalog_api")
    assert admin.get(path).body["sign_in"]["auth_time"] == "required"
    silent.configure(auth_time="absent")
    del silent.record["sign_in"]["auth_time"]
    silent.configure(keys_sleep_after_days=9)
    assert admin.get(path).body["sign_in"]["auth_time"] == "absent"
