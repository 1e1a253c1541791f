"""A company whose people sign in to the running stack with its identity provider, in their browsers."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page, expect

from local.settings import STACK
from tests.support.identity.openid_provider import OpenIdProvider, openid_provider, person
from tests.support.local.stack import LocalStack

_WHO = """fetch("/api/v1/auth/session", { headers: { "X-Certctl-Request": "1" } }).then((it) => it.json())"""


@dataclass(frozen=True)
class Employee:
    """`sub` is who the provider says that they are, `name` what its sign-in page calls them."""

    sub: str
    name: str


@dataclass(frozen=True)
class Company:
    """The provider is on another site than the stack, as browsers see it."""

    stack: LocalStack
    provider: OpenIdProvider
    idp: str
    record: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.record["name"])

    def group(self, role: str) -> str:
        """A new group whose people have the role in all teams. No administrators on a stack that other tests
        use too: the first one who signs in changes the rules of all of it."""
        group = f"{role}s-{uuid4().hex[:8]}"
        rule = {"name": group, "provider_id": self.idp, "claim_path": ["groups"], "values": [group]}
        self.made("access-rules", rule | {"role": role, "teams": "*"})
        return group

    def employ(self, *groups: str) -> Employee:
        """Somebody new."""
        sub = f"p-{uuid4().hex[:8]}"
        self.provider.add(person(sub, *groups, name=f"Person {sub}"))
        return Employee(sub, f"Person {sub}")

    def move(self, employee: Employee, *groups: str) -> None:
        """Into other groups, which certctl learns at the next sign-in."""
        self.provider.change(employee.sub, groups=list(groups))

    def disable(self, user_id: str) -> None:
        path = f"/api/v1/users/{user_id}"
        user = self.stack.get(path)
        answer = self.stack.call("PUT", path, {"name": user["name"], "enabled": False})
        assert answer.status_code == 200, answer.text

    def sign_in(self, page: Page, employee: Employee) -> None:
        """From certctl's sign-in page, as somebody whom the provider does not know yet."""
        self.go_to_provider(page)
        page.get_by_role("button", name=employee.name).click()

    def go_to_provider(self, page: Page) -> None:
        """A browser that the provider remembers is sent back by it at once."""
        page.get_by_role("link", name=f"Sign in with {self.name}").click()

    def made(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.stack.call("POST", f"/api/v1/{path}", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def close(self) -> None:
        """Ends the offer of the company's provider."""
        changed = {**self.record, "sign_in": self.record["sign_in"] | {"enabled": False}}
        self.stack.call("PUT", f"/api/v1/identity-providers/{self.idp}", changed).raise_for_status()


@contextmanager
def opened_company(stack: LocalStack, folder: Path) -> Iterator[Company]:
    """Until the end of the block: then its provider is not offered any more."""
    with founded_company(stack, folder) as company:
        try:
            yield company
        finally:
            company.close()


@contextmanager
def founded_company(stack: LocalStack, folder: Path) -> Iterator[Company]:
    """On a stack that ends with the test: the provider's record stays."""
    number = uuid4().hex[:8]
    idp, name, secret = f"idp-{number}", f"Corp {number}", f"certctl/{STACK}/identity/{number}"
    with openid_provider(folder, [], host="localhost") as provider:
        provider.allow(f"{stack.url}/api/v1/auth/callback/{idp}")
        stack.client("secretsmanager").create_secret(Name=secret, SecretString=provider.client_secret)
        sign_in = {"client_id": provider.client_id, "client_secret": secret}
        record = {"name": name, "type": "OIDC", "issuer": provider.issuer, "sign_in": sign_in}
        company = Company(stack, provider, idp, record)
        company.made("identity-providers", {"id": idp} | record)
        yield company


def who_is_signed_in(page: Page) -> Any:
    """What the API says of the session in the browser's cookie."""
    return page.evaluate(_WHO)


def session_cookie(page: Page, stack: LocalStack) -> Any:
    (found,) = (each for each in page.context.cookies(stack.url) if each["value"].startswith("certctl_ses_"))
    return found


def come_back_to(page: Page) -> None:
    """From another tab. Chromium without a window takes every tab for a visible one."""
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")


def expect_sign_in_page(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def expect_page(page: Page, title: str | re.Pattern[str]) -> None:
    """One of the pages behind the sign-in."""
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
