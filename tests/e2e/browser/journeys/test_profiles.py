"""A profile for the clients of one team, from its form to a certificate and the refusal of another team."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.browser.axe import grave_findings
from tests.e2e.browser.pages import signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack
from tests.support.openssl import openssl

pytestmark = pytest.mark.slow
_FITS = "() => document.documentElement.scrollWidth <= window.innerWidth"


def _made(stack: LocalStack, path: str, body: dict[str, Any]) -> Any:
    answer = stack.call("POST", f"/api/v1/{path}", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def _team(stack: LocalStack, domain: str) -> tuple[str, str]:
    """The id of a team with names of its own, and an operator's key."""
    team = _made(stack, "teams", {"name": f"Team {domain}", "allowed_names": [f"DNS:**.{domain}"]})["id"]
    key = _made(stack, "api-keys", {"name": f"Operator {domain}", "role": "operator", "teams": [team]})["key"]
    return team, key


def _chosen(page: Page, field: Locator, option: str) -> None:
    field.click()
    page.get_by_role("option", name=option).click()


def _create_profile(page: Page, name: str, team: str) -> None:
    """At 390 px, as on a phone: TLS clients with an organization that requests choose."""
    page.goto("/profiles?new=1")
    form = page.get_by_role("dialog", name="New profile")
    form.get_by_role("textbox", name=re.compile("^Name")).fill(name)
    usages = form.get_by_role("combobox", name=re.compile("^Extended key usage"))
    _chosen(page, usages, "TLS clients (clientAuth)")
    page.keyboard.press("Escape")
    form.get_by_role("button", name="Add attribute").click()
    _chosen(page, form.get_by_role("combobox", name="Attribute"), "Organization (O)")
    _chosen(page, form.get_by_role("combobox", name="Rule"), "may be requested as")
    form.get_by_role("textbox", name="Pattern").fill("eng-*")
    form.get_by_role("combobox", name="Teams").fill(team)
    page.get_by_role("option", name=re.compile(re.escape(team))).click()
    page.keyboard.press("Escape")
    assert page.evaluate(_FITS)
    assert grave_findings(page) == []
    form.get_by_role("button", name="Create profile").click()
    expect(form).to_have_count(0)


def _csr(journey: Journey, name: str) -> str:
    key, csr = journey.csr(name)
    openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}/O=eng-web/L=Berlin", "-out", str(csr))
    return csr.read_text()


def _to_details(page: Page, csr: str) -> None:
    visit(page, "/certificates/new")
    page.get_by_label(re.compile("^Certificate signing request")).fill(csr)
    expect(page.get_by_text("Subject: O=eng-web, L=Berlin")).to_be_visible()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()


def _choose_profile(page: Page, name: str) -> None:
    profile = page.get_by_role("combobox", name=re.compile("^Profile"))
    profile.fill(name)
    page.get_by_role("option", name=re.compile(re.escape(name))).click()


def test_a_team_gets_a_profile_with_a_subject_and_another_team_does_not(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    word = uuid4().hex[:8]
    profile, ours, theirs = f"Clients {word}", f"ours-{word}.example.com", f"theirs-{word}.example.com"
    team, operator = _team(local_stack, ours)
    _, other = _team(local_stack, theirs)

    with signed_in(chromium, local_stack, width=390) as tab:
        _create_profile(tab.page, profile, f"Team {ours}")

    with signed_in(chromium, local_stack, key=operator) as tab:
        page = tab.page
        _to_details(page, _csr(journey, f"app.{ours}"))
        _choose_profile(page, profile)
        expect(page.get_by_role("textbox", name="Organization (O)")).to_have_value("eng-web")
        expect(page.get_by_text("because the profile does not allow it: L")).to_be_visible()
        assert grave_findings(page) == []
        page.get_by_role("button", name="Create certificate").click()
        expect(page.get_by_text("Ignored in the CSR: L.")).to_be_visible()
        expect(page.get_by_role("list", name="Subject")).to_have_text("O=eng-web")
        expect(page.get_by_role("main").get_by_text("Active", exact=True).first).to_be_visible()
        (made,) = local_stack.get(f"/api/v1/certificates?team_id={team}")["data"]
        subject = openssl("x509", "-in", str(journey.exported(made["id"])), "-noout", "-subject")
        assert "O = eng-web" in subject.replace("O=", "O = ")
        assert "Berlin" not in subject

    with signed_in(chromium, local_stack, key=other, width=390) as tab:
        page = tab.page
        _to_details(page, _csr(journey, f"app.{theirs}"))
        _choose_profile(page, profile)
        expect(page.get_by_text(f"This profile is for certificates of other teams: {team}.")).to_be_visible()
        page.get_by_role("button", name="Create certificate").click()
        expect(page.get_by_role("heading", level=1, name="New certificate")).to_be_visible()
        assert page.evaluate(_FITS)
        visit(page, f"/profiles?name={profile.replace(' ', '%20')}")
        expect(page.get_by_role("link", name=profile)).to_be_visible()
        assert local_stack.get(f"/api/v1/certificates?name=app.{theirs}")["data"] == []
