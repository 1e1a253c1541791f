"""Sessions: credentials of a browser or a command line, which end by themselves within hours."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from certctl.domain.access.credentials import CredentialKind
from certctl.domain.access.sign_in import SessionLimit, SignIn, sign_in_of
from certctl.domain.audit.events import facts
from certctl.domain.ids import new_id, ulid_of

LIFETIME = timedelta(hours=8)
LONGEST_LIFETIME = timedelta(hours=24)
MOST_SESSIONS = 20
"""Live ones of a subject: the oldest gives way to another."""
MOST_OF_ASSISTANTS = 10
"""The most sessions of assistants: an assistant that starts again and again ends no session of a browser."""
CLI_LIFETIME = timedelta(hours=12)


class SessionClient(StrEnum):
    """What a session is for."""

    BROWSER = "browser"
    CLI = "cli"
    ASSISTANT = "assistant"


@dataclass(frozen=True)
class Session:
    """`key_id` is the API key that it was started with: it ends with this key. It is None after a sign-in
    with a provider, which `signed_in_at` (as `at` in `SignIn`) and `provider_id` describe. `parent_id` is the
    session with which it ends."""

    id: str
    key_hash: str
    subject_id: str
    created_at: datetime
    expires_at: datetime
    key_id: str | None = None
    signed_in_at: datetime | None = None
    provider_id: str | None = None
    client: SessionClient = SessionClient.BROWSER
    parent_id: str | None = None
    limits: tuple[SessionLimit, ...] = ()

    @property
    def subject_ulid(self) -> str:
        return ulid_of(self.subject_id)

    @property
    def sign_in(self) -> SignIn | None:
        return sign_in_of(self.signed_in_at, self.provider_id)

    @property
    def public_facts(self) -> dict[str, Any]:
        """The session's fields in the audit trail."""
        return {name: value for name, value in facts(self).items() if name != "key_hash"}


@dataclass(frozen=True)
class SessionList:
    """The sessions of a subject, oldest first. `revision` is 0 if the subject has no list."""

    subject_ulid: str
    sessions: tuple[Session, ...] = ()
    revision: int = 0

    def with_new(self, session: Session, now: datetime) -> "SessionList":
        """The list with a new session, without those that have expired, and without the oldest if there were
        too many, with what ends with them."""
        live = [*(each for each in self.sessions if each.expires_at > now), session]
        assistants = [each for each in live if each.client is SessionClient.ASSISTANT]
        others = [each for each in live if each.id not in (session.id, session.parent_id)]
        too_many = max(0, len(live) - MOST_SESSIONS)
        gone = {each.id for each in (*assistants[:-MOST_OF_ASSISTANTS], *others[:too_many])}
        return self._with(tuple(each for each in live if not {each.id, each.parent_id} & gone))

    def without(self, ended: Collection[Session]) -> "SessionList":
        return self._with(tuple(each for each in self.sessions if each not in ended))

    def family_of(self, session_id: str) -> list[Session]:
        """The session and those that end with it; empty if it has ended."""
        return [each for each in self.sessions if session_id in (each.id, each.parent_id)]

    def first_sign_in(self, provider_id: str, now: datetime) -> datetime | None:
        """The earliest of the browsers that are signed in with the provider."""
        live = (each for each in self.sessions if each.expires_at > now and each.parent_id is None)
        browsers = [each for each in live if each.client is SessionClient.BROWSER]
        times = [each.signed_in_at for each in browsers if each.provider_id == provider_id]
        return min((each for each in times if each is not None), default=None)

    def of_keys(self, key_ids: Collection[str]) -> list[Session]:
        return [each for each in self.sessions if each.key_id in key_ids]

    def _with(self, sessions: tuple[Session, ...]) -> "SessionList":
        return replace(self, sessions=sessions, revision=self.revision + 1)


def new_session_id(now: datetime) -> str:
    return new_id(CredentialKind.SESSION, now)
