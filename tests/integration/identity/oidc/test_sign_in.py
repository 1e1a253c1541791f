"""Sign-in with a provider on real HTTP: who gets a session, what is recorded, and what is shown to whom."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.audit.events import FIELDS, STACK_ADMIN
from certctl.domain.catalog.entries import Entry
from certctl.domain.errors import Conflict
from certctl.domain.identity.accounts import User
from certctl.services.identity.oidc.users import REFUSALS_PER_HOUR
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.store.identity.users import UserStore
from certctl.store.quotas import audit_samples
from tests.support.client.server import Reply
from tests.support.costs.write_units import metered
from tests.support.identity.sign_in import (
    ATTEMPT,
    CALLBACK,
    IDP,
    LOGIN,
    PROVIDERS,
    PUBLIC_URL,
    SESSION_COOKIE,
    SignIns,
    admit,
    error_of,
)


def user(signs: SignIns, subject: str = "ada") -> Entry[User] | None:
    database = signs.stack.database
    return UserStore(database, CatalogStore(database)).find(signs.provider.issuer, subject)


def events(signs: SignIns, action: str) -> list[dict[str, object]]:
    found = signs.stack.admin("insights_api").get("/api/v1/audit", action=action)
    assert found.status == 200, found.text
    listed: list[dict[str, object]] = found.body["data"]
    return listed


def test_a_person_whom_a_rule_admits_signs_in(signs: SignIns) -> None:
    browser = signs.browser()
    answer = signs.sign_in(browser, return_to="/certificates?page=2")
    assert (answer.status, answer.headers["Location"]) == (302, "/certificates?page=2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert list(browser.cookies) == [SESSION_COOKIE]
    session = browser.session().body
    assert (session["role"], session["sign_in"]["provider_id"]) == ("admin", "idp-corp")
    assert (session["name"], session["key_id"]) == ("Ada", None)
    record = user(signs)
    assert record is not None
    assert (record.name, record.content.email, session["subject_id"]) == (
        "Ada",
        "ada@corp.example",
        record.id,
    )


def test_the_authorization_request_is_of_a_confidential_client_with_pkce(signs: SignIns) -> None:
    url = urlsplit(signs.begin(signs.browser()))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert query["response_type"] == "code"
    assert query["scope"] == "openid profile email"
    assert query["redirect_uri"] == f"{PUBLIC_URL}{CALLBACK}"
    assert (query["code_challenge_method"], len(query["code_challenge"])) == ("S256", 43)
    assert not {"client_secret", "max_age", "prompt"} & set(query)


def test_the_first_cookie_can_be_read_by_no_page_and_ends_soon(signs: SignIns) -> None:
    browser = signs.browser()
    signs.begin(browser)
    assert browser.attributes[ATTEMPT] == "Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"


def test_the_host_header_decides_nothing(signs: SignIns) -> None:
    answer = signs.browser().get(LOGIN, headers={"host": "evil.example", "x-forwarded-host": "evil.example"})
    assert "evil" not in answer.headers["Location"]


def test_a_second_sign_in_brings_the_record_up_to_date(signs: SignIns) -> None:
    admit(signs.stack, "viewers", "viewer", "t-default")
    signs.signed_in()
    first = user(signs)
    signs.provider.claims |= {"name": "Ada King", "groups": ["viewers"], "email": None}
    signs.stack.clock.advance(timedelta(hours=1))
    browser = signs.signed_in()
    again = user(signs)
    assert first is not None
    assert again is not None
    assert (again.id, again.name, again.content.email) == (first.id, "Ada King", None)
    assert browser.session().body["role"] == "viewer"


def test_a_person_whom_no_rule_admits_sees_their_claims_and_nobody_else_does(signs: SignIns) -> None:
    signs.provider.claims |= {"groups": ["<b>interns</b>"], "name": '"><script>alert(1)</script>'}
    browser = signs.browser()
    answer = signs.sign_in(browser)
    assert answer.status == 403
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "&lt;b&gt;interns&lt;/b&gt;" in answer.text
    assert "<script" not in answer.text
    assert browser.cookies == {}
    assert user(signs) is None
    refusals = events(signs, "sign_in_refused")
    assert [each["details"] for each in refusals] == [
        {"fault": "not_admitted", "detail": "No access rule admits the person."}
    ]


def test_a_disabled_user_does_not_sign_in(signs: SignIns) -> None:
    signs.signed_in()
    record = user(signs)
    assert record is not None
    disabled = signs.stack.admin("catalog_api").put(
        f"/api/v1/users/{record.id}", {"name": record.name, "enabled": False}
    )
    assert disabled.status == 200, disabled.text
    assert error_of(signs.sign_in()) == "disabled"


def test_both_events_are_in_the_trail_without_names(signs: SignIns) -> None:
    signs.signed_in()
    (event,) = events(signs, "signed_in")
    record = user(signs)
    assert record is not None
    assert (event["actor"], event["resource_type"], event["resource_id"]) == (record.id, "user", record.id)
    recorded = str({name: event[name] for name in FIELDS})
    assert "ada@corp.example" not in recorded
    assert "Ada" not in recorded
    assert event["sentence"] == "Ada signed in"


def test_the_trail_takes_a_hundred_refusals_of_an_hour(signs: SignIns) -> None:
    quota = audit_samples(signs.stack.database)
    for _ in range(REFUSALS_PER_HOUR - 1):
        assert quota.take(f"sign-in#{IDP}", REFUSALS_PER_HOUR, signs.stack.clock())
    for _ in range(3):
        assert error_of(signs.browser().get(CALLBACK, {"state": "x", "code": "y"})) == "expired"
    assert len(events(signs, "sign_in_refused")) == 1


def test_the_first_sign_in_of_an_administrator_costs_22_units_and_another_16(signs: SignIns) -> None:
    costs = []
    for _ in range(2):
        browser = signs.browser()
        sent = signs.provider.authorize(signs.begin(browser))
        with metered(signs.stack.database.client) as meter:
            browser.get(CALLBACK, sent)
        costs.append(meter.units)
    assert costs == [22, 16]


def test_required_claims_are_required(signs: SignIns) -> None:
    signs.configure(required_claims={"hd": ["corp.example"], "amr": ["mfa"]})
    assert error_of(signs.sign_in()) == "required_claim"
    signs.provider.claims |= {"hd": "corp.example", "amr": ["pwd", "mfa"]}
    signs.signed_in()


def test_claims_that_the_id_token_lacks_come_from_userinfo(signs: SignIns) -> None:
    del signs.provider.claims["groups"]
    signs.provider.userinfo_claims = {"groups": ["admins"], "sub": "ada"}
    signs.signed_in()


def test_userinfo_is_not_asked_for_what_is_there(signs: SignIns) -> None:
    signs.signed_in()
    assert [asked.path for asked in signs.server.asked].count("/userinfo") == 0


def test_a_provider_without_the_form_of_basic_gets_the_secret_in_the_form(signs: SignIns) -> None:
    signs.provider.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    signs.signed_in()
    (asked,) = signs.provider.redeemed
    assert asked.form["client_secret"] == "a+secret with/odd%characters"
    assert "authorization" not in asked.headers


def test_the_secret_is_form_encoded_within_basic(signs: SignIns) -> None:
    signs.signed_in()
    (asked,) = signs.provider.redeemed
    assert asked.headers["authorization"] == "Basic Y2VydGN0bDphJTJCc2VjcmV0K3dpdGglMkZvZGQlMjVjaGFyYWN0ZXJz"
    assert "client_secret" not in asked.form


def test_a_person_can_be_asked_to_sign_in_again(signs: SignIns) -> None:
    earlier = int(signs.stack.clock().timestamp()) - 3600
    signs.provider.token_claims = {"auth_time": earlier}
    url = signs.begin(signs.browser(), max_age="0")
    assert "max_age=0" in url
    assert "prompt=login" in url
    assert error_of(signs.sign_in(max_age="0")) == "too_old"
    browser = signs.signed_in()
    signed_in_at = browser.session().body["sign_in"]["signed_in_at"]
    assert signed_in_at < signs.stack.clock().isoformat()


def test_anybody_may_list_the_providers_and_sees_id_and_name(signs: SignIns) -> None:
    admin = signs.stack.admin("catalog_api")
    other = {"name": "GitHub", "type": "GitHub", "issuer": "https://token.actions.githubusercontent.com"}
    assert admin.post(PROVIDERS, other).status == 201
    path = "/api/v1/auth/providers"
    assert signs.browser().get(path).body == {"data": [{"id": "idp-corp", "name": "Corp"}]}
    signs.configure(enabled=False)
    assert signs.browser().get(path).body == {"data": []}


def test_a_provider_that_offers_no_sign_in_leads_back(signs: SignIns) -> None:
    signs.configure(enabled=False)
    assert error_of(signs.browser().get(LOGIN)) == "not_offered"
    assert error_of(signs.browser().get(CALLBACK, {"state": "x", "code": "y"})) == "not_offered"
    assert error_of(signs.browser().get("/api/v1/auth/login/idp-none")) == "not_offered"


def test_a_sign_in_outlives_an_outage_of_discovery(signs: SignIns) -> None:
    signs.signed_in()
    signs.provider.discovery = Reply(500)
    signs.stack.clock.advance(timedelta(hours=23))
    signs.signed_in()


def test_endpoints_are_read_once_an_hour(signs: SignIns) -> None:
    for _ in range(3):
        signs.signed_in()
        signs.stack.restart()
    discovered = [asked for asked in signs.server.asked if asked.path.endswith("openid-configuration")]
    assert len(discovered) == 1


def test_once_an_administrator_has_signed_in_no_first_admin_key_is_made(signs: SignIns) -> None:
    first = StackAdmin(signs.stack.overrides).api_keys
    assert not AdminSignInStore(signs.stack.database).any()

    signs.sign_in(signs.browser())

    with pytest.raises(Conflict, match="signed in with an identity provider"):
        first.mint_first_admin(STACK_ADMIN, None)


def test_a_mail_rule_takes_no_address_that_another_source_verified(signs: SignIns) -> None:
    body = {"name": "ceo", "provider_id": IDP, "claim_path": ["email"], "values": ["ceo@corp.example"]}
    admin = signs.stack.admin("catalog_api")
    made = admin.post("/api/v1/access-rules", body | {"role": "viewer", "teams": ["t-default"]})
    assert made.status == 201, made.text
    signs.provider.claims |= {"groups": ["staff"], "email": "ceo@corp.example", "name": None}
    signs.provider.userinfo_claims = {"name": "A", "email": "a@corp.example", "email_verified": True}
    assert signs.sign_in().status == 403
    signs.provider.claims |= {"email": None}
    signs.provider.userinfo_claims |= {"email": "ceo@corp.example"}
    signs.signed_in()


def test_a_restore_finds_nothing_to_change_in_people_who_sign_in(signs: SignIns) -> None:
    signs.signed_in()
    stack = signs.stack
    limited = {"name": "ci", "grants": [{"role": "viewer", "teams": "*"}], "issues_per_day": 5}
    made = stack.admin("catalog_api").post("/api/v1/service-accounts", limited)
    assert made.status == 201, made.text
    assert StackAdmin(stack.overrides).account_recovery.bring_in_line().outcomes == {}
