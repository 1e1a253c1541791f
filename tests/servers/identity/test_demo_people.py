"""`make run OIDC=1`: the demo people sign in by the records that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from certctl.store.notifications.public_url import PublicUrlStore
from local.demo.api import Api, DemoError
from local.emulator.secret_store import SecretStore
from local.oidc.demo import PROVIDER_ID, DemoSignIn
from local.oidc.process import ProviderProcess, ProviderSettings
from tests.support.api.http import Answer
from tests.support.aws.clients import client
from tests.support.functions.deployed import Deployed
from tests.support.identity.openid_provider import OpenIdProvider
from tests.support.identity.sign_in import PUBLIC_URL, Browser


@dataclass(frozen=True)
class InProcess(Api):
    """The same calls, of the functions of a stack in this process."""

    stack: Deployed

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        answer = self.stack.admin("catalog_api").send(method, f"/api/v1{path}", body=body)
        if answer.status >= 400:
            raise DemoError(answer.text)
        return dict(answer.body)


@pytest.fixture
def stack_of_people(stack: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    """In local mode, with its own address."""
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    PublicUrlStore(stack.database).save(PUBLIC_URL)
    return stack


def make_records(demo: DemoSignIn, stack: Deployed, provider: ProviderProcess) -> None:
    store = SecretStore("blue", client("ssm"), client("secretsmanager"))
    demo.make_records(InProcess("", "", stack), store, provider.issuer)


def sign_in(stack: Deployed, provider: ProviderProcess, browser: Browser, who: str) -> Answer:
    """The answer to the callback. The provider has a clock of its own: the stack follows it."""
    stack.clock.time = datetime.now(UTC)
    url = browser.get(f"/api/v1/auth/login/{PROVIDER_ID}").headers["Location"]
    back = OpenIdProvider(provider, ProviderSettings([], [])).sign_in(url, who)
    stack.clock.time = datetime.now(UTC)
    parts = urlsplit(back)
    return browser.get(parts.path, dict(parse_qsl(parts.query)))


def test_each_demo_person_has_a_role_and_one_is_not_admitted(
    stack_of_people: Deployed, tmp_path: Path
) -> None:
    demo, stack = DemoSignIn(tmp_path, PUBLIC_URL, 0), stack_of_people
    provider = demo.start()
    try:
        make_records(demo, stack, provider)
        for role in ("admin", "team-admin", "operator", "viewer", "auditor"):
            browser = Browser(stack)
            assert sign_in(stack, provider, browser, role).status == 302
            assert browser.session().body["role"] == role
        assert "nina@demo.example" in sign_in(stack, provider, Browser(stack), "nobody").text
    finally:
        provider.stop()


def test_a_later_run_finds_its_records_and_its_people(stack_of_people: Deployed, tmp_path: Path) -> None:
    demo, stack, users = DemoSignIn(tmp_path, PUBLIC_URL, 0), stack_of_people, []
    for _ in range(2):
        provider = demo.start()
        try:
            make_records(demo, stack, provider)
            browser = Browser(stack)
            assert sign_in(stack, provider, browser, "viewer").status == 302
            users.append(browser.session().body["subject_id"])
        finally:
            provider.stop()
    assert users[0] == users[1]
