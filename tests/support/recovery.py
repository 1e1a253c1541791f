"""What somebody does who has an administrator's key for an hour, and what of it works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from certctl.domain.access.permissions import Role
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.access.items import ApiKeyItem
from certctl.store.items import StateItem
from certctl.store.keys import API_KEY, JWKS, LOGIN_CODE
from certctl.store.writes import delete, put
from tests.support.agents.agents import AGENT, HOST, TOKENS
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS
from tests.support.client.server import LoopbackServer
from tests.support.functions.deployed import Deployed
from tests.support.identity.issuers import Issuer
from tests.support.identity.sessions import SESSIONS_OF_USER, browser, session_of
from tests.support.identity.sign_in import LOGIN, SESSION_COOKIE, error_of, signing_in
from tests.support.identity.sign_in_provider import SignInProvider
from tests.support.identity.trust import trusting

KEYS = "/api/v1/api-keys"
CERTIFICATES = "/api/v1/certificates"
_ADMIN = [{"role": "admin", "teams": "*"}]
_RULES = (Kind.TRUST_RULE, Kind.ACCESS_RULE, Kind.IDENTITY_PROVIDER)
_TOKEN = {"hostname_pattern": "*.example.com"}
_VIEWER = [{"role": "viewer", "teams": ["t-default"]}]

Way = Callable[[], int]
"""A call; its status, or whether it leads on."""


@dataclass(frozen=True)
class Before:
    """What the stack had: a service account that may read, with a key, an administrator with one, and a user
    who is an administrator."""

    viewer_id: str
    viewer_key: str
    admin_id: str
    admin_key: str
    person_id: str


def furnished(stack: Deployed) -> Before:
    viewer, admin = _account(stack, "ci", _VIEWER), _account(stack, "platform", _ADMIN)
    person = _made(stack, Kind.USER, name="Ann", grants=_ADMIN)
    return Before(viewer, key_of(stack, viewer), admin, key_of(stack, admin), person)


@dataclass
class Intruder:
    """`ways` are what the intrusion leaves, by name: a read and a write each."""

    stack: Deployed
    before: Before
    ways: dict[str, tuple[Way, Way]] = field(default_factory=dict)
    others: dict[str, Way] = field(default_factory=dict)

    def tried(self) -> dict[str, tuple[int, ...]]:
        """Status of the read and of the write, or of the only call."""
        of_credentials = {name: (read(), write()) for name, (read, write) in self.ways.items()}
        return of_credentials | {name: (way(),) for name, way in self.others.items()}

    def has(self, name: str, client: Callable[[str], Client]) -> None:
        count = len(self.ways)
        owner = {"name": f"Mallory {count}", "email": f"m{count}@evil.example"}
        self.ways[name] = (
            lambda: client("certificates_api").get(CERTIFICATES).status,
            lambda: client("catalog_api").post(PATHS[Kind.OWNER], owner).status,
        )

    def has_text(self, name: str, text: str) -> None:
        self.has(name, lambda folder: self.stack.client(folder, text))

    def has_session(self, name: str, text: str) -> None:
        self.has(name, lambda folder: browser(self.stack, folder, text))

    def widens_an_account(self) -> None:
        body = {"name": "ci", "grants": _ADMIN, "team_id": "t-default"}
        answer = self.admin.put(f"{PATHS[Kind.SERVICE_ACCOUNT]}/{self.before.viewer_id}", body)
        assert answer.status == 200, answer.text
        self.has_text("a widened account", self.before.viewer_key)

    def makes_keys(self) -> None:
        self.has_text("an account made later", key_of(self.stack, _account(self.stack, "helper", _ADMIN)))
        self.has_text("a key made later", key_of(self.stack, self.before.admin_id))
        child = self.stack.client("catalog_api", self.before.admin_key).post(
            KEYS, {"name": "child", "role": "admin"}
        )
        assert child.status == 201, child.text
        self.has_text("a child key", child.body["key"])
        personal = key_of(self.stack, self.before.person_id)
        self.has_text("a personal key", personal)
        self.has_session("a session of a user", session_of(self.stack, personal))
        of_later = _made(self.stack, Kind.USER, name="Mallory", grants=_ADMIN)
        self.has_text("a key of a user made later", key_of(self.stack, of_later))

    def starts_a_session(self) -> None:
        self.has_session("a session of an administrator's key", session_of(self.stack, self.before.admin_key))

    def trusts(self, issuer: Issuer) -> None:
        trust = trusting(self.stack, issuer)
        self.has_text("an exchanged token", trust.credential(jti="1"))
        self.others["an exchange by a trust rule"] = lambda: trust.exchange(trust.token()).status

    def signs_in(self, provider: SignInProvider, server: LoopbackServer) -> None:
        signs = signing_in(self.stack, provider, server)
        self.has_session("a session of a provider", signs.signed_in().cookies[SESSION_COOKIE])
        self.others["a sign-in with a provider"] = lambda: error_of(signs.browser().get(LOGIN)) is None

    def enrols(self) -> None:
        made = self.admin.post(TOKENS, _TOKEN)
        registered = self.stack.client("agents_api", made.body["token"]).post(f"{AGENT}/register", HOST)
        assert registered.status == 201, registered.text
        agent = self.stack.client("agents_api", registered.body["key"])
        self.ways["an agent"] = (
            lambda: agent.get(f"{AGENT}/work").status,
            lambda: agent.post(f"{AGENT}/heartbeat", HOST).status,
        )
        unused = self.stack.client("agents_api", self.admin.post(TOKENS, _TOKEN).body["token"])
        wrong = HOST | {"hostname": "db-1.example.org"}  # refused with 422, and the token stays good
        self.others["a bootstrap token"] = lambda: unused.post(f"{AGENT}/register", wrong).status

    def plants_rows(self) -> None:
        """Plants what a function may that talks to strangers: a credential without a record, and what signs
        in."""
        text, key_id = self.stack.new_key_and_id(Role.ADMIN)
        self.stack.database.write(delete(ApiKeyItem(API_KEY, key_id)))
        self.has_text("a planted credential", text)
        for kind in (JWKS, LOGIN_CODE):
            self.stack.database.write(put(StateItem(kind, "planted", body="{}", delete_after=2**33)))

    @property
    def admin(self) -> Client:
        return self.stack.admin("catalog_api")


def key_of(stack: Deployed, account_id: str) -> str:
    answer = stack.admin("catalog_api").post(KEYS, {"name": "ci", "subject_id": account_id})
    assert answer.status == 201, answer.text
    text: str = answer.body["key"]
    return text


def _account(stack: Deployed, name: str, grants: Any) -> str:
    return _made(stack, Kind.SERVICE_ACCOUNT, name=name, grants=grants, team_id="t-default")


def _made(stack: Deployed, kind: Kind, **fields: Any) -> str:
    answer = stack.admin("catalog_api").post(PATHS[kind], fields)
    assert answer.status == 201, answer.text
    identifier: str = answer.body["id"]
    return identifier


def listed(stack: Deployed, before: Before) -> Mapping[str, set[str]]:
    """Ids in the lists that say who has access; of keys those that are shown as live."""
    admin = stack.admin("catalog_api")
    kinds = (Kind.SERVICE_ACCOUNT, Kind.USER, Kind.AGENT, *_RULES)
    found = {kind.value: {each["id"] for each in admin.get(PATHS[kind]).body["data"]} for kind in kinds}
    keys = {each["id"] for each in admin.get(KEYS).body["data"] if each["revoked_at"] is None}
    tokens = {each["id"] for each in admin.get(TOKENS).body["data"]}
    of_person = SESSIONS_OF_USER.replace("<user_id>", before.person_id)
    sessions = stack.admin("identity_api").get(of_person).body["data"]
    others = {"api-key": keys, "bootstrap-token": tokens, "session": {each["id"] for each in sessions}}
    return found | others
