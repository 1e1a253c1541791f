"""Who did what, for an auditor; the drawer of a user; a trust rule by its provider."""

from uuid import uuid4

from playwright.sync_api import Browser, expect

from tests.e2e.browser.pages import enter_key, signed_in, visit
from tests.e2e.journey import Journey
from tests.support.local.stack import LocalStack


def test_an_auditor_reads_who_did_what_in_sentences(
    chromium: Browser, local_stack: LocalStack, journey: Journey
) -> None:
    journey.issued()
    body = {"name": f"anna {uuid4().hex[:8]}", "role": "auditor"}
    made = local_stack.call("POST", "/api/v1/api-keys", body)
    assert made.status_code == 201, made.text
    page = chromium.new_page(base_url=local_stack.url, viewport={"width": 390, "height": 844})
    page.goto("/")
    enter_key(page, made.json()["key"])
    visit(page, "/audit")
    expect(page.get_by_role("link", name="first admin requested").first).to_be_visible()
    page.get_by_text("Sign-ins", exact=True).click()
    expect(page.get_by_role("link", name="started a session").first).to_be_visible()
    page.context.close()


def test_a_user_is_shown_without_an_error_to_an_administrator_with_a_key(
    chromium: Browser, local_stack: LocalStack
) -> None:
    name = f"ada {uuid4().hex[:8]}"
    body = {"name": name, "email": "ada@example.com", "grants": [{"role": "viewer", "teams": "*"}]}
    user = local_stack.call("POST", "/api/v1/users", body)
    assert user.status_code == 201, user.text
    with signed_in(chromium, local_stack) as tab:
        visit(tab.page, f"/users?open={user.json()['id']}")
        drawer = tab.page.get_by_role("dialog", name=name)
        expect(drawer.get_by_text("Not listed in a session that began with an API key")).to_be_visible()
        expect(drawer.get_by_text("There is no such user.")).to_have_count(0)


def test_a_trust_rule_asks_for_the_claims_of_its_provider(chromium: Browser, local_stack: LocalStack) -> None:
    name = f"github {uuid4().hex[:8]}"
    issuer = f"https://tokens.example.com/{uuid4().hex}"
    provider = local_stack.call(
        "POST", "/api/v1/identity-providers", {"name": name, "type": "GitHub", "issuer": issuer}
    )
    assert provider.status_code == 201, provider.text
    with signed_in(chromium, local_stack) as tab:
        page = tab.page
        visit(page, "/trust-rules?new=1")
        form = page.get_by_role("dialog", name="New trust rule")
        form.get_by_role("combobox", name="Identity provider").fill(name)
        page.get_by_role("option", name=name).click()
        expect(form.get_by_text("Tokens of GitHub Actions")).to_be_visible()
        expect(form.get_by_role("textbox", name="Repository ID")).to_be_visible()
        expect(form.get_by_role("region", name="Preview")).to_be_visible()
