"""A credential of each kind, made as the stack makes it or written as it stores it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import ALL_TEAMS, Permission, Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.sign_in import SessionLimit, SignIn
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import subject_of
from certctl.domain.identity.accounts import User
from certctl.domain.identity.exchanged_tokens import ExchangedToken
from certctl.domain.identity.sessions import Session, new_session_id
from certctl.domain.identity.trust_rules import TrustRule
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity import exchanged_tokens
from certctl.store.identity.sessions import SessionStore
from tests.support.access.walk.oracle import ACTIONS, Held
from tests.support.api.http import Client
from tests.support.catalog.catalog import a_body
from tests.support.catalog.entries import store_entry
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import api_modules
from tests.support.identity.accounts import store_account
from tests.support.identity.child_tokens import child_of
from tests.support.identity.sessions import browser, session_of

_ACTIONS = tuple(map(Permission, ACTIONS))
_NAMES = ("DNS:only.elsewhere.example",)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Caller:
    """`key_id`: the key that it is, or that it began with."""

    stack: Deployed
    text: str
    key_id: str | None = None

    def client(self, folder: str) -> Client:
        """Sessions are in the cookie, all else in the Authorization header."""
        if self.text.startswith("certctl_ses_"):
            return browser(self.stack, folder, self.text)
        return self.stack.client(folder, self.text)


@dataclass(frozen=True)
class Holder:
    """Has the role in the team."""

    stack: Deployed
    role: Role
    team: str

    @property
    def grant(self) -> Grant:
        return Grant(self.role, (self.team,))

    def account(self, grant: Grant, *, enabled: bool = True) -> Subject:
        made = new_subject(SubjectKind.SERVICE_ACCOUNT, [grant], self.stack.clock())
        subject = Subject(made.id, made.kind, made.ulid, made.grants, enabled)
        store_account(self.stack, subject, self.team)
        return subject

    def person(self) -> Subject:
        now = self.stack.clock()
        user = User((self.grant,), verified_at=now, keys_sleep_after_days=7)
        entry = Entry(Kind.USER, new_id("usr", now), "Ann", user, now, now)
        store_entry(self.stack.database, entry)
        subject = subject_of(entry)
        assert subject is not None
        return subject

    def key(
        self,
        subject: Subject,
        grant: Grant | None = None,
        actions: tuple[Permission, ...] = (),
        names: tuple[str, ...] = (),
        lasts: timedelta = _HOUR,
    ) -> Caller:
        now = self.stack.clock()
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        key = ApiKey(
            id=new_id("key", now),
            name="walk",
            role=grant.role if grant else None,
            teams=grant.teams if grant else (),
            key_hash=key_hash(text),
            created_at=now - 2 * _HOUR,
            expires_at=now + lasts,
            subject_id=subject.id,
            actions=actions,
            names=names,
        )
        self.stack.database.transact(ApiKeyStore(self.stack.database).create_steps(key))
        return Caller(self.stack, text, key.id)

    def account_key(self) -> Caller:
        return self.key(self.account(self.grant))

    def session(self) -> Caller:
        sessions = api_modules()["identity_api"].services.sessions
        started = sessions.start(self.person(), SignIn(self.stack.clock(), "idp-corp"))
        return Caller(self.stack, started.text)

    def limited_session(self, *limits: SessionLimit) -> Caller:
        """A session with its row alone: a credential is judged by nothing else."""
        now, person = self.stack.clock(), self.person()
        text = new_credential_text(CredentialKind.SESSION, person.ulid)
        session = Session(new_session_id(now), key_hash(text), person.id, now, now + _HOUR, limits=limits)
        self.stack.database.write(SessionStore(self.stack.database).create_step(session, None))
        return Caller(self.stack, text)

    def machine(self, actions: tuple[Permission, ...] = ()) -> Caller:
        account, now = self.account(self.grant), self.stack.clock()
        text = new_credential_text(CredentialKind.TOKEN, account.ulid)
        rule_id = new_id("tr", now)
        rule: AnyEntry = Entry(
            Kind.TRUST_RULE, rule_id, rule_id, TrustRule("idp-1", account.id, ()), now, now
        )
        self.stack.database.transact(CatalogStore(self.stack.database).create_steps(rule))
        token = ExchangedToken(
            new_id("tok", now), key_hash(text), account.ulid, rule_id, now + _HOUR, actions=actions
        )
        self.stack.database.write(exchanged_tokens.create_step(token))
        return Caller(self.stack, text)

    def session_of_key(self) -> Caller:
        key = self.account_key()
        return Caller(self.stack, session_of(self.stack, key.text), key.key_id)

    def reader(self) -> Caller:
        return Caller(self.stack, child_of(self.stack, self.session().text, scope="read"))

    def writer(self) -> Caller:
        key = self.account_key()
        return Caller(self.stack, child_of(self.stack, key.text, scope="write"), key.key_id)

    def agent(self) -> Caller:
        body = a_body(Kind.AGENT) | {"team_id": self.team}
        made = self.stack.admin("catalog_api").post("/api/v1/agents", body)
        assert made.status == 201, made.text
        return Caller(self.stack, made.body["key"])

    def orphan(self) -> Caller:
        session = self.session()
        child = child_of(self.stack, session.text, scope="write")
        ended = session.client("identity_api").delete("/api/v1/auth/session")
        assert ended.status == 204, ended.text
        return Caller(self.stack, child)


_ALL = Grant(Role.ADMIN, (ALL_TEAMS,))
MAKERS: Mapping[Held, Callable[[Holder], Caller]] = {
    Held.KEY: lambda holder: holder.key(holder.account(_ALL), holder.grant),
    Held.NARROWED_KEY: lambda holder: holder.key(holder.account(holder.grant), _ALL),
    Held.ACCOUNT_KEY: Holder.account_key,
    Held.AGENT: Holder.agent,
    Held.ACTIONS_KEY: lambda holder: holder.key(holder.account(holder.grant), actions=_ACTIONS),
    Held.NAMES_KEY: lambda holder: holder.key(holder.account(holder.grant), names=_NAMES),
    Held.PERSON: Holder.session,
    Held.PASTED_CODE: lambda holder: holder.limited_session(SessionLimit.NOT_ADMIN),
    Held.KEY_SESSION: Holder.session_of_key,
    Held.MACHINE: Holder.machine,
    Held.MACHINE_ACTIONS: lambda holder: holder.machine(_ACTIONS),
    Held.READER: Holder.reader,
    Held.WRITER: Holder.writer,
    Held.DISABLED: lambda holder: holder.key(holder.account(holder.grant, enabled=False)),
    Held.EXPIRED: lambda holder: holder.key(holder.account(holder.grant), lasts=-timedelta(minutes=1)),
    Held.ORPHAN: Holder.orphan,
}
