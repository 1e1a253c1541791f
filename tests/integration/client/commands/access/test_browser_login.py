"""`certctl login` by the browser, by a pasted code, and `certctl logout`."""

import os
import webbrowser
from typing import Any

import pytest
import requests
import typer

from certctl.domain.access.permissions import Role
from certctl_client.commands.access import browser_login, login
from certctl_client.contexts import load_contexts
from tests.integration.client.conftest import Certctl
from tests.support.client.browsers import ConsentingBrowser
from tests.support.client.stack import BridgedStack
from tests.support.identity.sign_ins import new_user, signed_in


@pytest.fixture
def person(
    stack: BridgedStack, environment: pytest.MonkeyPatch, monkeypatch: pytest.MonkeyPatch
) -> ConsentingBrowser:
    """An administrator at a terminal without a key, signed in to the dashboard."""
    deployed = stack.issuing.stack
    browser = ConsentingBrowser(stack, signed_in(deployed, new_user(deployed, Role.ADMIN)))
    for name in ("CERTCTL_URL", "CERTCTL_API_KEY"):
        environment.delenv(name, raising=False)
    monkeypatch.setattr(webbrowser, "open", browser.open)
    monkeypatch.setattr(browser_login, "has_providers", lambda *_: True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    return browser


def stored() -> str:
    return load_contexts(os.environ).named("default").api_key


def caller(stack: BridgedStack) -> Any:
    client = stack.issuing.stack.client("identity_api", stored())
    return client.get("/api/v1/auth/session").body


def test_the_browser_brings_the_code_and_the_session_is_stored(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser
) -> None:
    ran = certctl("login", "--url", stack.url)
    assert ran.code == 0, ran.err
    assert stored().startswith("certctl_ses_")
    assert stored() not in ran.out + ran.err
    assert (caller(stack)["role"], caller(stack)["sign_in"]["provider_id"]) == ("admin", "idp-corp")
    (page,) = person.pages
    assert page.startswith(f"{stack.url}/cli?")
    assert person.asked(page).keys() == {"code_challenge", "state", "host", "redirect_uri"}
    assert certctl("certs", "list").code == 0
    assert "Session" in certctl("whoami").out


def test_answers_that_it_did_not_ask_for_are_refused(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser
) -> None:
    """A page of a stranger sends its own code: with it the person would act in the stranger's name."""
    statuses: list[int] = []

    def strangers(uri: str) -> None:
        for path in ("?code=theirs&state=other", "?code=theirs", "?state=other", "other?code=theirs", ""):
            statuses.append(requests.get(uri + path, timeout=30).status_code)

    person.strangers = strangers
    assert certctl("login", "--url", stack.url).code == 0
    assert statuses == [400] * 5
    assert caller(stack)["role"] == "admin"


def test_a_pasted_code_gives_a_session_that_is_no_administrators(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    messages: list[str] = []
    monkeypatch.setattr(browser_login, "say", messages.append)

    def paste(*_: Any, **__: Any) -> str:
        page = next(word for text in messages for word in text.split() if word.startswith(stack.url))
        assert "redirect_uri" not in person.asked(page)
        code: str = person.consent(page)["code"]
        return code

    monkeypatch.setattr(typer, "prompt", paste)
    ran = certctl("login", "--url", stack.url, "--no-browser")
    assert ran.code == 0, ran.err
    assert caller(stack)["role"] == "operator"


def test_a_wrong_code_is_refused_and_nothing_is_stored(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: "wrong")
    ran = certctl("login", "--url", stack.url, "--no-browser")
    assert ran.code == 1
    assert "code" in ran.err
    assert load_contexts(os.environ).contexts == {}


def test_logout_ends_the_session_and_a_key_stays_valid(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert certctl("login", "--url", stack.url).code == 0
    session, deployed = stored(), stack.issuing.stack
    assert certctl("logout").code == 0
    assert load_contexts(os.environ).contexts == {}
    assert deployed.client("identity_api", session).delete("/api/v1/auth/session").status == 401
    key = deployed.new_key(Role.VIEWER)
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: key)
    assert certctl("login", "--url", stack.url, "--ask-key").code == 0
    assert stored() == key
    assert certctl("logout").code == 0
    assert deployed.client("catalog_api", key).get("/api/v1/teams").status == 200


def test_a_session_that_has_ended_is_forgotten_without_a_word(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser
) -> None:
    assert certctl("login", "--url", stack.url).code == 0
    assert stack.issuing.stack.client("identity_api", stored()).delete("/api/v1/auth/session").status == 204
    ran = certctl("logout")
    assert ran.code == 0
    assert "could not" not in ran.err


def test_a_stack_without_providers_asks_for_a_key(
    certctl: Certctl, stack: BridgedStack, person: ConsentingBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_login, "has_providers", lambda *_: False)
    key = stack.issuing.stack.new_key(Role.VIEWER)
    monkeypatch.setattr(login, "_require_person", lambda _: None)
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: key)
    ran = certctl("login", "--url", stack.url)
    assert ran.code == 0, ran.err
    assert person.pages == []


def test_two_ways_at_once_are_one_too_many(certctl: Certctl, stack: BridgedStack) -> None:
    ran = certctl("login", "--url", stack.url, "--ask-key", "--no-browser")
    assert ran.code == 2
    assert "exclude one another" in ran.err


def test_without_a_terminal_no_code_is_asked_for(certctl: Certctl, stack: BridgedStack) -> None:
    ran = certctl("login", "--url", stack.url, "--no-browser")
    assert ran.code == 2
    assert "--key-stdin" in ran.err
