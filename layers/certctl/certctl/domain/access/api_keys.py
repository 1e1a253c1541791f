"""API keys: their records, and what a lookup of a credential finds. Texts are in `credentials`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from certctl.domain.access.credentials import SHOWN_KINDS, CredentialKind, is_session
from certctl.domain.access.permissions import ALL_TEAMS, READS, Permission, Role, Scope
from certctl.domain.access.principals import Grant, Principal, common_grants, merged_grants, without_admin
from certctl.domain.access.sign_in import SessionLimit, sign_in_of
from certctl.domain.access.subjects import Subject, SubjectKind, agent_ulid, has_kind
from certctl.domain.audit.events import Actor, ActorType, UsedCredential, facts
from certctl.domain.ids import ulid_of

DEFAULT_LIFETIME = timedelta(days=90)
LONGEST_LIFETIME = timedelta(days=400)
MOST_CHILDREN = 20
"""Live ones: a key and its children end in one transaction."""
MOST_OF_ACCOUNT = 20
"""Live ones of a service account or user."""
MOST_NAMES = 20
"""Patterns of a key: each request reads them."""


@dataclass(frozen=True)
class ApiKey:
    """The stored record of a key. The key itself is shown once and stored nowhere. `replaces` is the id of
    the previous key during a rotation, until the new key is used. `made_by` is the key that made this one, or
    that this one replaced, and `made_by_subject` the subject of that; `makers` as in `Principal`; keys of
    earlier releases have none of these, nor a subject.
    `role` and `teams` narrow the grants of the subject; a key without a role has all of them. `parent_id`:
    the maker if both are of one owner; the key then ends with it. `children` are the keys that end with this
    one. `leaked_at`: this key was reported as leaked then, or the one that made it. `actions` as in
    `grants_of`, `names` as in `Principal`."""

    id: str
    name: str
    role: Role | None
    teams: tuple[str, ...]
    key_hash: str
    created_at: datetime
    owner_id: str | None = None
    agent_id: str | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    replaces: str | None = None
    made_by: str | None = None
    made_by_subject: str | None = None
    makers: tuple[str, ...] = ()
    parent_id: str | None = None
    children: tuple[str, ...] = ()
    leaked_at: datetime | None = None
    subject_id: str | None = None
    actions: tuple[Permission, ...] = ()
    names: tuple[str, ...] = ()

    def is_live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def subject_ulid(self) -> str | None:
        if self.subject_id is None:
            return None
        return agent_ulid(self.agent_id) if self.agent_id is not None else ulid_of(self.subject_id)

    @property
    def is_of_person(self) -> bool:
        return has_kind(self.subject_id, SubjectKind.USER)

    def was_made_for_others_by(self, user_id: str) -> bool:
        """Whether the user made it, directly or through other keys, and it does not end with the user."""
        return user_id in self.makers and user_id != self.subject_id

    @property
    def team_id(self) -> str | None:
        """The only team that the key reaches; None if it reaches several."""
        return self.teams[0] if len(self.teams) == 1 and self.teams[0] != ALL_TEAMS else None

    def is_administrators(self, subject: Subject | None) -> bool:
        """Whether it has the role admin while it is live. `subject` is the row of its subject."""
        if subject is None:
            return self.subject_id is None and self.role is Role.ADMIN
        is_admin = subject.enabled and any(grant.role is Role.ADMIN for grant in subject.grants)
        return is_admin and self.role in (Role.ADMIN, None)

    @property
    def public_facts(self) -> dict[str, Any]:
        """The key's fields for `before` and `after` in the audit trail."""
        return {name: value for name, value in facts(self).items() if name not in ("key_hash", "children")}

    def is_managed_by(self, caller: Principal) -> bool:
        """Whether the caller may list and end the key because it is its own: itself, an administrator, its
        maker, its user in a session of theirs, and its user or owner by a key of no lesser role or reach;
        never a key that it made. A child manages only itself."""
        if self.id == caller.key_id or caller.scope_of(Permission.API_KEYS) is Scope.ALL:
            return True
        if not caller.may_manage_keys or self.id in caller.makers:
            return False
        if caller.key_id in (self.made_by, self.owner_id) or caller.maker_id == self.made_by:
            return True
        if self.is_of_person and caller.maker_id == self.subject_id:
            return True
        is_persons = self.is_of_person and caller.subject_id == self.subject_id
        if self.role is None:
            return is_persons and caller.has_all_grants
        is_owner = caller.owner_id is not None and caller.owner_id == self.owner_id
        return (is_persons or is_owner) and caller.covers(Grant(self.role, self.teams))

    def is_administered_by(self, caller: Principal) -> bool:
        """Whether the caller is a team-admin of all its teams: of a key whose account has no record. That of
        a person is never so."""
        if self.role is None or self.is_of_person:
            return False
        return caller.administers(Permission.API_KEYS, Grant(self.role, self.teams))


@dataclass(frozen=True)
class Credential:
    """The result of a lookup by hash: a key or session, and until when it is valid. `subject_ulid` is None
    for a key of an earlier release. `session_key_id`: the key that a session was started with; it then has
    all that the key has. `signed_in_at`, `provider_id` and `limits` as in `Session`. `rule_id`: the trust
    rule that admitted it, and `issuer`, `claims` and `jti` those of the exchanged token, as in
    `UsedCredential`. `made_by` is a key's maker. `kind` is that of its text."""

    key_hash: str
    key_id: str
    role: Role | None
    teams: tuple[str, ...]
    owner_id: str | None = None
    agent_id: str | None = None
    expires_at: datetime | None = None
    makers: tuple[str, ...] = ()
    parent_id: str | None = None
    subject_ulid: str | None = None
    actions: tuple[Permission, ...] = ()
    names: tuple[str, ...] = ()
    session_key_id: str | None = None
    signed_in_at: datetime | None = None
    provider_id: str | None = None
    limits: tuple[SessionLimit, ...] = ()
    rule_id: str | None = None
    made_by: str | None = None
    issuer: str | None = None
    claims: Mapping[str, Sequence[str]] | None = None
    jti: str | None = None
    kind: CredentialKind = CredentialKind.KEY

    def outlives(self, moment: datetime) -> bool:
        return self.expires_at is None or self.expires_at > moment

    @property
    def session_id(self) -> str | None:
        return self.key_id if is_session(self.key_id) else None

    def principal(self, subject: Subject | None) -> Principal | None:
        """The caller, within the grants of its subject; None if it has none."""
        grants, actions = self._limited(self._grants(subject))
        if not grants:
            return None
        first, *further = grants
        return Principal(
            self.session_key_id or self.key_id,
            first.role,
            first.teams,
            self.owner_id,
            self.agent_id,
            self.makers,
            self._answerable(subject),
            self.parent_id,
            subject_id=subject.id if subject else None,
            further=tuple(further),
            actions=actions,
            names=self.names,
            session_id=self.session_id,
            sign_in=sign_in_of(self.signed_in_at, self.provider_id),
            expires_at=self.expires_at,
            limits=self.limits,
            issues_per_day=subject.issues_per_day if subject else None,
            actor_type=self._actor_type(subject),
            credential=self.used,
            has_all_grants=self.role is None and not self.limits,
        )

    def _answerable(self, subject: Subject | None) -> tuple[str, ...]:
        """The people who answer for the subject, and who made the key or wrote the trust rule. Empty for an
        account without a record: its keys of earlier releases may be those of several people."""
        if subject is None or not subject.answerable:
            return ()
        return tuple(dict.fromkeys((*subject.answerable, *self.makers)))

    @property
    def used(self) -> UsedCredential:
        kind = SHOWN_KINDS[self.kind]
        return UsedCredential(self.key_id, kind, self._origin, self.issuer, self.claims, self.jti)

    @property
    def _origin(self) -> str | None:
        if self.session_id is None:
            return self.rule_id or self.made_by
        if self.parent_id is not None and is_session(self.parent_id):
            return self.parent_id
        return self.session_key_id or self.provider_id

    def _actor_type(self, subject: Subject | None) -> ActorType:
        is_service = subject is not None and subject.kind is SubjectKind.SERVICE_ACCOUNT
        return ActorType.SERVICE if is_service else ActorType.USER

    def is_asleep(self, subject: Subject | None, now: datetime) -> bool:
        """Whether it is a key, or began with one, whose user has not signed in for too long."""
        is_of_key = not is_session(self.session_key_id or self.key_id)
        return is_of_key and subject is not None and subject.has_sleeping_keys(now)

    def _limited(self, grants: tuple[Grant, ...]) -> tuple[tuple[Grant, ...], tuple[Permission, ...]]:
        """The grants and actions that `limits` leave; no grants if they leave no action."""
        if SessionLimit.NOT_ADMIN in self.limits:
            grants = without_admin(grants)
        if SessionLimit.READ_ONLY not in self.limits:
            return grants, self.actions
        actions = tuple(each for each in self.actions or READS if each in READS)
        return (grants if actions else ()), actions

    def _grants(self, subject: Subject | None) -> tuple[Grant, ...]:
        own = () if self.role is None else (Grant(self.role, self.teams),)
        if subject is None:
            return own
        return common_grants(own, subject.grants) if own else merged_grants(subject.grants)

    def has_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


def actor_of(credential: Credential) -> Actor:
    """The actor of a credential whose subject nobody read: the credential itself."""
    return Actor(credential.key_id, credential=credential.used)


@dataclass(frozen=True)
class NewApiKey:
    """A request for a key. `teams`, `owner_id`, `actions` and `names` default to the maker's, the end to 90
    days from now. `subject_id`: the service account or user that it acts for, if it is not the maker's own.
    Such a key without a role has all grants of its account."""

    name: str
    role: Role | None = None
    teams: tuple[str, ...] | None = None
    owner_id: str | None = None
    expires_at: datetime | None = None
    actions: tuple[Permission, ...] = ()
    names: tuple[str, ...] = ()
    subject_id: str | None = None


def made_by_leaked(keys: Sequence[ApiKey], leaked: Iterable[str]) -> list[ApiKey]:
    """The keys that keys with ids in `leaked` made or became, or that these made, in any order. Without the
    keys that are marked as leaked."""
    known, found = set[str | None](leaked), dict[str, ApiKey]()
    while True:
        further = [key for key in keys if {key.made_by, key.replaces} & known and key.id not in found]
        if not further:
            return [key for key in found.values() if key.leaked_at is None]
        found |= {key.id: key for key in further}
        known |= found.keys()
