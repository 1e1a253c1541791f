"""A provider of sign-in on real HTTP that does what a test says, also what no honest one does."""

import base64
import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.client.server import Asked, LoopbackServer, Reply, json_reply
from tests.support.clock import Clock
from tests.support.identity.issuers import Published, compact

CLIENT_ID = "certctl"
CLIENT_SECRET = "a+secret with/odd%characters"  # of a test's provider
AUTHORIZE = "/authorize"
TOKEN = "/token"  # a path
USERINFO = "/userinfo"


@dataclass(frozen=True)
class Consent:
    """What the person agreed to: the query of the authorization request."""

    query: Mapping[str, str]


@dataclass
class SignInProvider(Published):
    """`claims` are those of the person. `token_claims` change ID tokens: None takes one away. The replies, if
    set, are sent in place of the usual ones. `document` changes the discovery document."""

    clock: Clock = field(default_factory=Clock)
    claims: dict[str, Any] = field(default_factory=dict)
    token_claims: dict[str, Any] = field(default_factory=dict)
    token_header: dict[str, Any] = field(default_factory=dict)
    userinfo_claims: dict[str, Any] = field(default_factory=dict)
    token_reply: Reply | None = None
    userinfo_reply: Reply | None = None
    document: dict[str, Any] = field(default_factory=dict)
    key: str = "RSA"
    consents: dict[str, Consent] = field(default_factory=dict)
    redeemed: list[Asked] = field(default_factory=list)

    def authorize(self, url: str, **changes: str | None) -> dict[str, str]:
        """The query with which the provider sends the person back."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert url.startswith(self.url + AUTHORIZE), url
        code = f"code-{len(self.consents)}"
        self.consents[code] = Consent(query)
        sent: dict[str, str | None] = {"code": code, "state": query["state"], "iss": self.issuer}
        return {name: value for name, value in (sent | changes).items() if value is not None}

    def respond(self, asked: Asked) -> Reply:
        if asked.path == TOKEN:
            return self.token_reply or self._redeem(asked)
        if asked.path == USERINFO:
            return self.userinfo_reply or json_reply(self._userinfo(asked))
        if asked.path.endswith("openid-configuration") and self.discovery is None:
            return json_reply(self._document())
        return super().respond(asked)

    def _document(self) -> dict[str, Any]:
        usual = {
            "issuer": self.issuer,
            "jwks_uri": f"{self.url}/keys",
            "authorization_endpoint": self.url + AUTHORIZE,
            "token_endpoint": self.url + TOKEN,
            "userinfo_endpoint": self.url + USERINFO,
            "authorization_response_iss_parameter_supported": True,
        }
        return {name: value for name, value in (usual | self.document).items() if value is not None}

    def _redeem(self, asked: Asked) -> Reply:
        """Refuses what a provider must (RFC 6749 section 5.2, RFC 7636 section 4.6). A code works once."""
        self.redeemed.append(asked)
        consent = self.consents.pop(asked.form.get("code", ""), None)
        if consent is None or not _is_proved(consent, asked):
            return json_reply({"error": "invalid_grant"}, 400)
        return json_reply(
            {"access_token": "access-1", "token_type": "Bearer", "id_token": self._id_token(consent)}
        )

    def _id_token(self, consent: Consent) -> str:
        second = int(self.clock().timestamp())
        usual = {"iss": self.issuer, "aud": consent.query["client_id"], "nonce": consent.query["nonce"]}
        times = {"iat": second, "exp": second + 300, "auth_time": second}
        claims = usual | times | self.claims | self.token_claims
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": "k1", "typ": "JWT"} | self.token_header
        return compact(header, kept, self.key)

    def _userinfo(self, asked: Asked) -> dict[str, Any]:
        assert asked.headers["authorization"] == "Bearer access-1"
        return {"sub": self.claims["sub"]} | self.userinfo_claims


def _is_proved(consent: Consent, asked: Asked) -> bool:
    digest = hashlib.sha256(asked.form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (
        consent.query["code_challenge_method"] == "S256"
        and consent.query["code_challenge"] == challenge
        and consent.query["redirect_uri"] == asked.form.get("redirect_uri")
    )


@contextlib.contextmanager
def running_provider(clock: Clock) -> Iterator[tuple[SignInProvider, LoopbackServer]]:
    """On loopback, over http. The person is ada, of the groups admins and staff."""
    groups = ["admins", "staff"]
    claims = {"sub": "ada", "name": "Ada", "email": "ada@corp.example", "groups": groups}
    provider = SignInProvider(clock=clock, claims=claims)
    server = LoopbackServer(provider.respond)
    with server.running():
        provider.issuer = server.url
        yield provider, server
