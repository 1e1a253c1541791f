"""A stack that trusts an issuer: a provider, a service account, a rule, and exchanges with it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.identity.exchanged_tokens import JWT_BEARER
from tests.support.api.http import Answer
from tests.support.functions.deployed import Deployed
from tests.support.identity.accounts import store_account
from tests.support.identity.issuers import Issuer

TOKEN = "/api/v1/auth/token"
PROVIDERS = "/api/v1/identity-providers"
RULES = "/api/v1/trust-rules"
AUDIENCE = "https://certs.example.com"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Trust:
    """`rule` is the body of the rule `tr-ci`, which admits tokens of `repository_id` 1234."""

    stack: Deployed
    issuer: Issuer
    account: Subject
    rule: dict[str, Any] = field(default_factory=dict)

    def write(self, **changes: Any) -> None:
        """Writes the rule again, with changes."""
        self.rule |= changes
        answer = self.stack.admin("catalog_api").put(f"{RULES}/tr-ci", self.rule)
        assert answer.status == 200, answer.text

    def exchange(self, assertion: str, **fields: str) -> Answer:
        sent = {"grant_type": JWT_BEARER, "client_id": "tr-ci", "assertion": assertion} | fields
        return self.send(urlencode(sent))

    def send(self, body: str) -> Answer:
        return self.stack.client("identity_api").send("POST", TOKEN, body, headers=FORM)

    def token(self, **claims: Any) -> str:
        return self.issuer.token(self.stack.clock(), **({"repository_id": "1234"} | claims))

    def credential(self, **claims: Any) -> str:
        answer = self.exchange(self.token(**claims))
        assert answer.status == 200, answer.text
        text: str = answer.body["access_token"]
        return text


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and error code of RFC 6749."""
    assert answer.headers["Content-Type"] == "application/json"
    return answer.status, answer.body["error"]


def trusting(stack: Deployed, issuer: Issuer, provider: str = "GitHub", **rule: Any) -> Trust:
    account = new_subject(SubjectKind.SERVICE_ACCOUNT, [Grant(Role.OPERATOR, ("t-ci",))], stack.clock())
    store_account(stack, account, "t-ci")
    admin = stack.admin("catalog_api")
    made = admin.post(PROVIDERS, {"id": "idp-ci", "name": "CI", "type": provider, "issuer": issuer.url})
    assert made.status == 201, made.text
    body = {
        "id": "tr-ci",
        "name": "CI",
        "provider_id": "idp-ci",
        "service_account_id": account.id,
        "audience": AUDIENCE,
        "claims": [{"path": ["repository_id"], "values": ["1234"]}],
    } | rule
    made = admin.post(RULES, body)
    assert made.status == 201, made.text
    return Trust(stack, issuer, account, body)
