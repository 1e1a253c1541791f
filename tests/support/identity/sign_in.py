"""A stack whose people sign in with a provider, and a browser that keeps cookies."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from certctl.store.notifications.public_url import PublicUrlStore
from tests.support.api.http import Answer
from tests.support.aws.clients import client
from tests.support.client.server import LoopbackServer
from tests.support.functions.deployed import Deployed
from tests.support.identity.sign_in_provider import CLIENT_ID, CLIENT_SECRET, SignInProvider

IDP = "idp-corp"
PROVIDERS = "/api/v1/identity-providers"
RULES = "/api/v1/access-rules"
LOGIN = f"/api/v1/auth/login/{IDP}"
CALLBACK = f"/api/v1/auth/callback/{IDP}"
SESSION = "/api/v1/auth/session"
SECRET = "certctl/blue/identity/corp"  # a name
PUBLIC_URL = "https://certs.example.com"
ATTEMPT = "__Host-certctl-sign-in"
SESSION_COOKIE = "__Host-certctl"
OWN_PAGE = {"x-certctl-request": "1"}


@dataclass
class Browser:
    """Sends the cookies that it was given, and forgets those that end."""

    stack: Deployed
    cookies: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def get(
        self, path: str, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        return self.send("GET", path, query=query or {}, headers=headers or {})

    def session(self) -> Answer:
        """Who is signed in."""
        return self.get(SESSION, headers=OWN_PAGE)

    def send(self, method: str, path: str, **parts: Any) -> Answer:
        caller = replace(self.stack.client("identity_api"), cookies=dict(self.cookies))
        answer = caller.send(method, path, **parts)
        for text in answer.cookies:
            self._keep(text)
        return answer

    def _keep(self, text: str) -> None:
        pair, _, attributes = text.partition("; ")
        name, _, value = pair.partition("=")
        self.attributes[name] = attributes
        self.cookies.pop(name, None)
        if value and "Max-Age=0" not in attributes:
            self.cookies[name] = value


@dataclass
class SignIns:
    """`provider` is one on loopback. `record` is the body of its record."""

    stack: Deployed
    provider: SignInProvider
    server: LoopbackServer
    record: dict[str, Any] = field(default_factory=dict)

    def configure(self, **sign_in: Any) -> None:
        """Writes the provider's record again, with changes."""
        self.record["sign_in"] |= sign_in
        answer = self.stack.admin("catalog_api").put(f"{PROVIDERS}/{IDP}", self.record)
        assert answer.status == 200, answer.text

    def browser(self) -> Browser:
        return Browser(self.stack)

    def begin(self, browser: Browser, **query: str) -> str:
        """The provider's URL, to which the browser is sent."""
        answer = browser.get(LOGIN, query)
        assert answer.status == 302, answer.text
        return answer.headers["Location"]

    def sign_in(self, browser: Browser | None = None, **query: str) -> Answer:
        """The answer to the callback."""
        browser = browser or self.browser()
        return browser.get(CALLBACK, self.provider.authorize(self.begin(browser, **query)))

    def signed_in(self, **query: str) -> Browser:
        browser = self.browser()
        answer = self.sign_in(browser, **query)
        assert (answer.status, error_of(answer)) == (302, None), answer.headers
        return browser


def error_of(answer: Answer) -> str | None:
    """The code with which a sign-in leads back to the sign-in page."""
    parts = urlsplit(answer.headers.get("Location", ""))
    return dict(parse_qsl(parts.query)).get("error") if parts.path == "/sign-in" else None


def offer_sign_in(stack: Deployed, issuer: str, client_id: str, secret: str) -> dict[str, Any]:
    """The body of the record of a new provider, `idp-corp`."""
    PublicUrlStore(stack.database).save(PUBLIC_URL)
    client("secretsmanager").create_secret(Name=SECRET, SecretString=secret)
    sign_in = {"client_id": client_id, "client_secret": SECRET}
    record = {"id": IDP, "name": "Corp", "type": "OIDC", "issuer": issuer, "sign_in": sign_in}
    answer = stack.admin("catalog_api").post(PROVIDERS, record)
    assert answer.status == 201, answer.text
    return record


def admit(stack: Deployed, group: str, role: str, *teams: str) -> str:
    """The id of a new access rule: people of the group get the role, in all teams if none is named."""
    body = {
        "name": f"{group} {role}",
        "provider_id": IDP,
        "claim_path": ["groups"],
        "values": [group],
        "role": role,
        "teams": list(teams) or "*",
    }
    answer = stack.admin("catalog_api").post(RULES, body)
    assert answer.status == 201, answer.text
    rule_id: str = answer.body["id"]
    return rule_id


def signing_in(stack: Deployed, provider: SignInProvider, server: LoopbackServer) -> SignIns:
    """Administrators are those of the group `admins`."""
    record = offer_sign_in(stack, provider.issuer, CLIENT_ID, CLIENT_SECRET)
    admit(stack, "admins", "admin")
    return SignIns(stack, provider, server, record)
