"""The preview of access rules, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from tests.support.api.http import Answer
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.identity.trust import Trust

PREVIEW = "/api/v1/auth/preview"
_SIGN_IN = {"client_id": "certctl", "client_secret": "certctl/blue/identity/corp"}  # a name


def previewed(stack: Deployed, provider_id: str = "idp-trusted", **claims: Any) -> Answer:
    return stack.admin("identity_api").post(PREVIEW, {"provider_id": provider_id, "claims": claims})


@pytest.fixture
def catalog(stack: Deployed) -> CatalogByHttp:
    catalog = CatalogByHttp(stack).with_defaults()
    catalog.made(Kind.ACCESS_RULE, id="ar-pki", name="PKI", role="operator", teams=["t-default"])
    catalog.made(Kind.ACCESS_RULE, id="ar-staff", name="Staff", values=["staff"])
    return catalog


def test_each_rule_says_why_it_matched_or_did_not(stack: Deployed, catalog: CatalogByHttp) -> None:
    answer = previewed(stack, groups=["pki"])

    assert answer.status == 200, answer.text
    matching, other = answer.body["rules"]
    assert matching == {
        "rule_id": "ar-pki",
        "name": "PKI",
        "role": "operator",
        "teams": ["t-default"],
        "matched": True,
        "reason": "groups has pki.",
    }
    assert (other["matched"], other["reason"]) == (False, "groups has none of the rule's values.")
    assert answer.body["grants"] == [{"role": "operator", "teams": ["t-default"]}]
    assert (answer.body["admitted"], answer.body["refusal"]) == (True, None)


def test_without_a_match_nobody_is_admitted(stack: Deployed, catalog: CatalogByHttp) -> None:
    body = previewed(stack, groups=["guests"]).body

    assert (body["admitted"], body["grants"], len(body["rules"])) == (False, [], 2)


def test_group_overage_is_refused_with_what_to_do(stack: Deployed, catalog: CatalogByHttp) -> None:
    body = previewed(stack, _claim_names={"groups": "src1"}).body

    assert (body["admitted"], body["grants"]) == (False, [])
    assert "app roles" in body["refusal"]


def test_rules_of_another_provider_do_not_count(stack: Deployed, catalog: CatalogByHttp) -> None:
    other = catalog.made(Kind.IDENTITY_PROVIDER, issuer="https://other.example")

    body = previewed(stack, other["id"], groups=["pki", "staff"]).body

    assert (body["admitted"], body["rules"]) == (False, [])


def test_a_deleted_rule_is_out_of_force_at_once(stack: Deployed, catalog: CatalogByHttp) -> None:
    assert catalog.admin.delete("/api/v1/access-rules/ar-pki").status == 204

    assert [rule["rule_id"] for rule in previewed(stack, groups=["pki"]).body["rules"]] == ["ar-staff"]


class TestTokens:
    """The provider's real keys, over HTTP."""

    @pytest.fixture
    def provider_id(self, catalog: CatalogByHttp, trust: Trust) -> str:
        catalog.made(Kind.ACCESS_RULE, id="ar-ci", provider_id="idp-ci")
        return "idp-ci"

    def asked(self, trust: Trust, provider_id: str, token: str) -> Answer:
        return trust.stack.admin("identity_api").post(PREVIEW, {"provider_id": provider_id, "token": token})

    def test_a_token_of_the_provider_is_verified_and_compared(self, trust: Trust, provider_id: str) -> None:
        body = self.asked(trust, provider_id, trust.token(aud="a-client", groups=["pki"])).body

        assert (body["admitted"], body["refusal"]) == (True, None)
        assert body["rules"][0]["reason"] == "groups has pki."

    def test_a_token_with_another_signature_is_refused_with_the_reason(
        self, trust: Trust, provider_id: str
    ) -> None:
        trust.issuer.kind = "RSA-other"

        body = self.asked(trust, provider_id, trust.token(groups=["pki"])).body

        assert (body["admitted"], body["rules"], body["grants"]) == (False, [], [])
        assert "signature" in body["refusal"]

    @pytest.mark.parametrize(("audience", "is_admitted"), [("certctl", True), ("another", False)])
    def test_a_token_for_another_client_is_refused_where_people_sign_in(
        self, catalog: CatalogByHttp, trust: Trust, audience: str, is_admitted: bool
    ) -> None:
        idp = catalog.made(Kind.IDENTITY_PROVIDER, issuer=trust.issuer.url, sign_in=_SIGN_IN)["id"]
        catalog.made(Kind.ACCESS_RULE, provider_id=idp)

        body = self.asked(trust, idp, trust.token(aud=audience, groups=["pki"])).body

        assert (body["admitted"], "aud" in (body["refusal"] or "")) == (is_admitted, not is_admitted)

    def test_a_token_of_another_issuer_is_refused(self, trust: Trust, provider_id: str) -> None:
        body = self.asked(trust, provider_id, trust.token(iss="https://evil.example", groups=["pki"])).body

        assert (body["admitted"], "iss" in body["refusal"]) == (False, True)

    def test_an_expired_token_is_refused(self, trust: Trust, provider_id: str) -> None:
        token = trust.token(groups=["pki"])
        trust.stack.clock.advance(timedelta(minutes=10))

        assert "expired" in self.asked(trust, provider_id, token).body["refusal"]


@pytest.mark.parametrize("given", [{}, {"claims": {}, "token": "x"}])
def test_either_claims_or_a_token_is_needed(
    stack: Deployed, catalog: CatalogByHttp, given: dict[str, Any]
) -> None:
    answer = stack.admin("identity_api").post(PREVIEW, {"provider_id": "idp-trusted"} | given)

    assert (answer.status, answer.body["errors"][0]["message"]) == (422, "give either token or claims")


def test_an_unknown_provider_is_not_found(stack: Deployed, catalog: CatalogByHttp) -> None:
    answer = previewed(stack, "idp-none")

    assert (answer.status, answer.body["detail"]) == (404, "There is no such identity provider.")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMIN, Role.TEAM_ADMIN)])
def test_only_those_who_may_write_rules_preview_them(
    stack: Deployed, catalog: CatalogByHttp, role: Role
) -> None:
    """A preview says which groups give which role."""
    client = stack.client("identity_api", stack.new_key(role))

    assert client.post(PREVIEW, {"provider_id": "idp-trusted", "claims": {}}).status == 403
