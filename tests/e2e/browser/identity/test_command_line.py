"""`certctl login` by a person of a real provider, in a real browser against the running stack."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.axe import faults
from tests.e2e.browser.chromium import opened
from tests.e2e.browser.identity.company import Company, Employee, expect_page, expect_sign_in_page
from tests.support.client.terminal import Terminal, certctl_in_a_terminal
from tests.support.local.stack import LocalStack

_CONSENT = "Sign in on the command line"


@dataclass(frozen=True)
class Computer:
    """Where `certctl` runs: it stores what it gets in a file of its own, and opens no browser."""

    stack: LocalStack
    directory: Path

    @contextmanager
    def certctl(self, *arguments: str) -> Iterator[Terminal]:
        environment = {"HOME": str(self.directory), "BROWSER": "true", "CERTCTL_CONFIG": str(self._file)}
        with certctl_in_a_terminal(*arguments, environment=environment) as terminal:
            yield terminal

    def caller(self) -> Any:
        """Whom the stack takes the stored credential for."""
        return self.stack.call("GET", "/api/v1/auth/session", key=self.stored()).json()

    def stored(self) -> str:
        (context,) = tomllib.loads(self._file.read_text())["contexts"].values()
        return str(context["api_key"])

    def page(self, terminal: Terminal) -> str:
        """The address that certctl opens or shows."""
        return terminal.read_until(rf"({self.stack.url}/cli\?\S+)\s")[1]

    @property
    def _file(self) -> Path:
        return self.directory / "certctl.toml"


@pytest.fixture
def computer(local_stack: LocalStack, tmp_path: Path) -> Computer:
    return Computer(local_stack, tmp_path)


def test_the_browser_brings_the_consent_of_a_person_who_signed_in_at_the_provider(
    chromium: Browser, local_stack: LocalStack, company: Company, computer: Computer
) -> None:
    otto = company.employ(company.group("operator"))
    with (
        computer.certctl("login", "--url", local_stack.url) as terminal,
        opened(chromium, local_stack.url) as tab,
    ):
        _open(tab.page, computer.page(terminal), company, otto)
        assert faults(tab.page) == []
        tab.page.get_by_role("button", name="Allow").click()
        expect(tab.page.get_by_text("The code has arrived.")).to_be_visible()
        terminal.read_until("Signed in to")
        assert terminal.ended() == 0
        caller = computer.caller()
        assert (caller["role"], caller["sign_in"]["provider_id"]) == ("operator", company.idp)
        session = computer.stored()
        assert session not in terminal.shown

        with computer.certctl("logout") as leaving:
            assert leaving.ended() == 0
        ended = local_stack.call("DELETE", "/api/v1/auth/session", key=session)
        assert ended.status_code == 401
        tab.page.goto("/")
        expect_page(tab.page, "Overview")


def test_a_code_is_pasted_where_there_is_no_browser(
    chromium: Browser, local_stack: LocalStack, company: Company, computer: Computer
) -> None:
    vera = company.employ(company.group("viewer"))
    with (
        computer.certctl("login", "--url", local_stack.url, "--no-browser") as terminal,
        opened(chromium, local_stack.url) as tab,
    ):
        _open(tab.page, computer.page(terminal), company, vera)
        terminal.read_until("Code: ")  # the blank comes once the terminal's echo is off
        tab.page.get_by_role("button", name="Allow").click()
        code = tab.page.get_by_label("Code for certctl login").input_value()
        terminal.type(code)
        terminal.read_until("Signed in to")
        assert terminal.ended() == 0
        assert code not in terminal.shown
        caller = computer.caller()
        assert (caller["role"], caller["sign_in"]["provider_id"]) == ("viewer", company.idp)


def _open(page: Page, address: str, company: Company, employee: Employee) -> None:
    """The page of the consent, which leads over the provider and back."""
    page.goto(address)
    expect_sign_in_page(page)
    company.sign_in(page, employee)
    expect_page(page, _CONSENT)
