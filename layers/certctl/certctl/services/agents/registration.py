"""Registration of agents by bootstrap tokens, each of which registers one agent."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import agent_subject
from certctl.domain.agents.agents import (
    HOSTNAME_PATTERNS,
    KEY_LIFETIME,
    TOKEN_LIFETIME,
    TOKEN_PREFIX_OF_ID,
    AgentReport,
    BootstrapToken,
    hostname_matches,
    is_hostname_pattern,
    looks_like_token,
    new_token_text,
    token_hash,
)
from certctl.domain.agents.polls import POLL_WITH_WORK
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.catalog.entries import AnyEntry, Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent
from certctl.domain.errors import ChangedMeanwhile, Conflict, InvalidInput, NotFound, Unauthenticated
from certctl.domain.ids import new_id
from certctl.domain.times import to_wire
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.agents.states import AgentStateStore
from certctl.store.agents.tokens import BootstrapTokenStore
from certctl.store.paging import bad_cursor, load
from certctl.unit_of_work.access.keys import create_key
from certctl.unit_of_work.catalog import CatalogRecords, new_team_id
from certctl.unit_of_work.resources import Resource

_REFUSAL = (
    "This route needs a bootstrap token that is unused and valid: Authorization: Bearer certctl_boot_..."
)
_SUFFIX_LENGTH = 6
_TOKEN_ID = re.compile(rf"{TOKEN_PREFIX_OF_ID}-[0-9a-z]{{26}}", re.ASCII)


@dataclass(frozen=True)
class MintedToken:
    """`text` is returned in this one response and stored nowhere."""

    token: BootstrapToken
    text: str


@dataclass(frozen=True)
class TokenPage:
    """`next_before` is the id to continue from, None at the end. May be short or even empty."""

    tokens: list[BootstrapToken]
    next_before: str | None


@dataclass(frozen=True)
class Enrolment:
    """`key_text` is returned in this one response and stored nowhere."""

    entry: AnyEntry
    key_text: str
    expires_at: datetime


@dataclass(frozen=True)
class RegistrationStores:
    records: CatalogRecords
    keys: ApiKeyStore
    subjects: SubjectStore
    tokens: BootstrapTokenStore
    states: AgentStateStore


@dataclass(frozen=True)
class AgentRegistration:
    stores: RegistrationStores
    now: Callable[[], datetime]

    def create_token(self, caller: Principal, pattern: str, team_id: str | None) -> MintedToken:
        """Raises InvalidInput, NotFound for a team out of reach."""
        if not is_hostname_pattern(pattern):
            raise InvalidInput.of("hostname_pattern", f"must be {HOSTNAME_PATTERNS}")
        team = new_team_id(caller, Kind.AGENT, team_id)
        caller.require_reach(Permission.AGENTS_WRITE, team, "such team")
        if team is None or self.stores.records.book.find(Kind.TEAM, team) is None:
            raise InvalidInput.of("team_id", f"there is no team {team}")
        now, text = self.now(), new_token_text()
        token = BootstrapToken(
            id=new_id(TOKEN_PREFIX_OF_ID, now),
            token_hash=token_hash(text),
            hostname_pattern=pattern.lower(),
            team_id=team,
            created_by=caller.key_id,
            expires_at=now + TOKEN_LIFETIME,
        )
        unit = self.stores.records.units.begin(caller.actor, token.id, now)
        unit.write(*self.stores.tokens.create_steps(token))
        details = {"before": None, "after": _facts(token)}
        unit.event("bootstrap_token_created", _resource(token), details)
        unit.commit()
        return MintedToken(token, text)

    def check_token(self, authorization: str | None) -> None:
        """Before the request is parsed. Raises Unauthenticated."""
        self._token(authorization, self.now())

    def tokens(self, caller: Principal, before: str | None, limit: int) -> TokenPage:
        """Live ones of the caller's teams, newest first, without those of leaked keys, which register nobody.
        Raises InvalidInput for a cursor of another list."""
        if before is not None and _TOKEN_ID.fullmatch(before) is None:
            raise bad_cursor()
        tokens, following = self.stores.tokens.page(self.now(), before, limit)
        makers = load([token.created_by for token in tokens], self.stores.keys.get_many)
        leaked = {maker.id for maker in makers if maker.leaked_at is not None}
        shown = [t for t in tokens if self._reaches(caller, t) and t.created_by not in leaked]
        return TokenPage(shown, following)

    def end_token(self, caller: Principal, token_id: str) -> None:
        """No agent registers with it from now on. Raises NotFound, also for one that was used or has
        expired."""
        token, now = self.stores.tokens.get(token_id), self.now()
        gone = NotFound("There is no such bootstrap token: it was used, or has expired.")
        if token is None or token.expires_at <= now or not self._reaches(caller, token):
            raise gone
        unit = self.stores.records.units.begin(caller.actor, token.id, now)
        unit.write(*self.stores.tokens.end_steps(token, gone))
        unit.event("bootstrap_token_ended", _resource(token), {"before": _facts(token), "after": None})
        unit.commit()

    def _reaches(self, caller: Principal, token: BootstrapToken) -> bool:
        return caller.reaches_team(Permission.AGENTS_WRITE, token.team_id)

    def register(self, authorization: str | None, report: AgentReport) -> Enrolment:
        """Uses up the token, unless the host's name is wrong. Raises Unauthenticated for an invalid token,
        InvalidInput, Conflict."""
        now = self.now()
        token = self._token(authorization, now)
        if not hostname_matches(token.hostname_pattern, report.hostname):
            raise InvalidInput.of("hostname", f"the token is for hosts named {token.hostname_pattern}")
        agent_id = new_id("agt", now)
        try:
            return self._enroll(token, agent_id, report.hostname, report, now)
        except ChangedMeanwhile:
            raise
        except Conflict:  # the name is taken: by the agent that was on this host before, as a rule
            name = f"{report.hostname}-{agent_id[-_SUFFIX_LENGTH:]}"
            return self._enroll(token, agent_id, name, report, now)

    def _token(self, authorization: str | None, now: datetime) -> BootstrapToken:
        scheme, _, text = (authorization or "").strip().partition(" ")
        if scheme.lower() != "bearer" or not looks_like_token(text.strip()):
            raise Unauthenticated(_REFUSAL)
        digest = token_hash(text.strip())
        token = self.stores.tokens.find(digest)
        if token is None or not hmac.compare_digest(token.token_hash, digest) or token.expires_at <= now:
            raise Unauthenticated(_REFUSAL)
        return token

    def _enroll(
        self, token: BootstrapToken, agent_id: str, name: str, report: AgentReport, now: datetime
    ) -> Enrolment:
        subject, key_id = agent_subject(agent_id), new_id("key", now)
        text = new_credential_text(CredentialKind.KEY, subject.ulid)
        actor = Actor(token.id, ActorType.AGENT)
        content = Agent(report.hostname, key_id, now, enrolled_by=token.created_by)
        entry: AnyEntry = Entry(Kind.AGENT, agent_id, name, content, now, now, team_id=token.team_id)
        key = ApiKey(
            id=key_id,
            name=f"agent {name}"[:128],
            role=Role.AGENT,
            teams=(token.team_id,),
            key_hash=key_hash(text),
            created_at=now,
            agent_id=agent_id,
            expires_at=now + KEY_LIFETIME,
            subject_id=subject.id,
        )
        unit = self.stores.records.units.begin(actor, agent_id, now)
        unit.write(*self.stores.tokens.use_steps(token, now, Unauthenticated(_REFUSAL)))
        unit.write(self.stores.keys.not_leaked_step(token.created_by, Unauthenticated(_REFUSAL)))
        self.stores.records.create(unit, entry, bootstrap_token=token.id, asked_by=token.created_by)
        unit.write(self.stores.subjects.put_step(subject))
        create_key(unit, self.stores.keys, key)
        unit.write(self.stores.states.heartbeat_step(agent_id, report, now, POLL_WITH_WORK))
        unit.commit()
        return Enrolment(entry, text, now + KEY_LIFETIME)


def _facts(token: BootstrapToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "hostname_pattern": token.hostname_pattern,
        "team_id": token.team_id,
        "expires_at": to_wire(token.expires_at),
    }


def _resource(token: BootstrapToken) -> Resource:
    return Resource("bootstrap_token", token.id, token.team_id)
