"""An EAB key, from its form to the client that registers with the command that is shown, until the client's
ACME account is revoked."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import pytest
from acme import client, errors, messages
from cryptography import x509
from josepy.jwa import ES256
from josepy.jwk import JWKEC
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.accessibility.looks import faults_of_all_looks
from tests.e2e.browser.chromium import opened
from tests.e2e.browser.identity.company import Company, expect_page
from tests.e2e.browser.pages import signed_in, visit
from tests.support.acme_clients.raw import new_key
from tests.support.acme_clients.stack_site import TEAM, made
from tests.support.issuing.csr import csr_pem
from tests.support.local.stack import LocalStack

pytestmark = pytest.mark.slow
_UNAUTHORIZED = "urn:ietf:params:acme:error:unauthorized"


@dataclass(frozen=True)
class Registered:
    """A client with its ACME account."""

    acme: client.ClientV2
    url: str
    """The ACME account's."""

    def order(self, name: str) -> x509.Certificate:
        """The certificate that was issued for the name."""
        order = self.acme.new_order(csr_pem(name, [f"DNS:{name}"]).encode())
        chain: str = self.acme.poll_and_finalize(order).fullchain_pem
        return x509.load_pem_x509_certificate(chain.encode())


def _service_account(stack: LocalStack, name: str) -> None:
    grants = [{"role": "operator", "teams": [TEAM]}]
    made(stack, "/api/v1/service-accounts", {"name": name, "team_id": TEAM, "grants": grants})


def _fill_in(page: Page, name: str, service_account: str, pattern: str) -> None:
    page.get_by_role("button", name="New EAB key").click()
    form = page.get_by_role("dialog", name="New EAB key")
    form.get_by_role("textbox", name=re.compile("^Name")).fill(name)
    form.get_by_role("combobox", name=re.compile("^Service account")).fill(service_account)
    page.get_by_role("option", name=re.compile(f"^{service_account}")).click()
    names = form.get_by_role("combobox", name=re.compile("^Names"))
    names.fill(pattern)
    names.press("Enter")
    form.get_by_role("radio", name=re.compile("^Trusted")).check()


def _copied_command(page: Page, name: str) -> str:
    """The command that is shown with the secret, which is gone with its dialog."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = page.get_by_role("dialog", name="The new EAB key")
    secret = shown.get_by_role("textbox", name=f"Key of {name}").input_value()
    shown.get_by_role("button", name="Copy the command").click()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert secret in copied
    assert faults_of_all_looks(page) == {}
    shown.get_by_role("button", name="I have copied it").click()
    expect(shown).to_have_count(0)
    assert secret not in page.content()
    return copied


def _options(command: str) -> Mapping[str, str]:
    """Options of the command with their values, as a shell reads it."""
    program, verb, *words = shlex.split(command.replace("\\\n", ""))
    assert (program, verb) == ("certbot", "register")
    return {word: value for word, value in zip(words, [*words[1:], ""], strict=True) if word.startswith("--")}


def _registered(command: str, contact: str) -> Registered:
    """A client that was given what certbot would be given."""
    options = _options(command)
    key = JWKEC(key=new_key())
    net = client.ClientNetwork(key, alg=ES256)
    acme = client.ClientV2(client.ClientV2.get_directory(options["--server"], net), net)
    binding = messages.ExternalAccountBinding.from_data(
        key.public_key(), options["--eab-kid"], options["--eab-hmac-key"], acme.directory
    )
    wanted = messages.NewRegistration.from_data(
        email=contact, terms_of_service_agreed=True, external_account_binding=binding
    )
    return Registered(acme, acme.new_account(wanted).uri)


def _operators_key(stack: LocalStack) -> str:
    wanted = {"name": f"operator-{uuid4().hex[:8]}", "role": "operator", "teams": "*"}
    key: str = made(stack, "/api/v1/api-keys", wanted)["key"]
    return key


def _revoke(page: Page) -> None:
    page.get_by_role("button", name="Revoke", exact=True).click()
    question = page.get_by_role("dialog", name="Revoke this ACME account?")
    assert faults_of_all_looks(page) == {}
    question.get_by_role("button", name="Revoke ACME account").click()
    expect(question).to_have_count(0)


def test_a_client_registers_with_the_command_that_is_shown_and_orders_until_it_is_revoked(
    chromium: Browser, local_stack: LocalStack, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = uuid4().hex[:8]
    key, service_account, contact = f"web-{label}", f"shop-{label}", f"ops-{label}@example.com"
    name = f"www.{label}.example"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(local_stack.outputs["acme_root"]))
    _service_account(local_stack, service_account)

    ada = company.employ(company.group("team-admin"))
    with opened(chromium, local_stack.url) as tab:
        page = tab.page
        page.goto("/acme")
        company.sign_in(page, ada)
        expect_page(page, "ACME")
        _fill_in(page, key, service_account, f"**.{label}.example")
        assert faults_of_all_looks(page) == {}
        page.get_by_role("button", name="Create EAB key").click()
        command = _copied_command(page, key)

        registered = _registered(command, contact)
        certificate = registered.order(name)

        visit(page, "/acme")
        assert faults_of_all_looks(page) == {}
        page.get_by_role("link", name=key, exact=True).click()
        drawer = page.get_by_role("dialog", name=key, exact=True)
        expect(drawer.get_by_text("1 of 10")).to_be_visible()
        assert faults_of_all_looks(page) == {}
        drawer.get_by_role("link", name=f"mailto:{contact}").click()
        order = page.get_by_role("row").filter(has_text=name)
        expect(order.get_by_text("Valid", exact=True)).to_be_visible()
        assert faults_of_all_looks(page) == {}
        order.get_by_role("link").click()
        expect(page.get_by_text(f"{certificate.serial_number:x}").first).to_be_visible()

    with signed_in(chromium, local_stack, key=_operators_key(local_stack)) as tab:
        page = tab.page
        visit(page, f"/acme/accounts/{registered.url.rpartition('/')[2]}")
        _revoke(page)
        expect(page.get_by_role("main").get_by_text("Revoked", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Revoke", exact=True)).to_have_count(0)

    with pytest.raises((messages.Error, errors.Error)) as refused:
        registered.order(f"again.{label}.example")
    assert getattr(refused.value, "typ", "") == _UNAUTHORIZED
