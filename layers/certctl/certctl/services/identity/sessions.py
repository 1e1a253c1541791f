"""Sessions: started by a sign-in with a provider or with an API key, ended by a sign-out, by their person or
by an administrator."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from certctl.domain.access.api_keys import ApiKey, Credential, actor_of
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Permission, Scope
from certctl.domain.access.principals import Grant, Principal
from certctl.domain.access.sign_in import SessionLimit, SignIn
from certctl.domain.access.subjects import Subject, SubjectKind, has_kind, new_subject
from certctl.domain.audit.events import Actor
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict, Forbidden, NotFound, Unauthenticated
from certctl.domain.identity.login_codes import LoginCode
from certctl.domain.identity.sessions import (
    CLI_LIFETIME,
    LIFETIME,
    LONGEST_LIFETIME,
    Session,
    SessionClient,
    SessionList,
    new_session_id,
)
from certctl.domain.ids import ulid_of
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.exchanged_tokens import enabled_step
from certctl.store.identity.sessions import SessionStore
from certctl.store.writes import Write
from certctl.unit_of_work.identity import record_session
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork

_NO_USER = "There is no user of this id."
_NO_SESSION = "There is no session of this id: it may have ended."


@dataclass(frozen=True)
class StartedSession:
    """`text` is returned in this one response and stored nowhere."""

    session: Session
    text: str


@dataclass(frozen=True)
class SessionStores:
    sessions: SessionStore
    keys: ApiKeyStore
    subjects: SubjectStore
    catalog: CatalogStore


@dataclass(frozen=True)
class Sessions:
    units: Units
    stores: SessionStores
    now: Callable[[], datetime]

    @retry_on_conflict
    def start(self, subject: Subject, sign_in: SignIn, lifetime: timedelta = LIFETIME) -> StartedSession:
        """After a sign-in with a provider. The oldest of the subject's sessions ends if it has too many.
        Raises Unauthenticated if the subject was disabled concurrently."""
        before, now = self.list_of(subject.id), self.now()
        started = _new_session(subject.id, now + min(lifetime, LONGEST_LIFETIME), now)
        session = replace(started.session, signed_in_at=sign_in.at, provider_id=sign_in.provider_id)
        unit = self.units.begin(Actor(subject.id), session.id, now)
        unit.write(enabled_step(subject.ulid, Unauthenticated("This user is disabled.")))
        self._write(unit, before, session, None)
        return replace(started, session=session)

    def start_in(
        self, unit: "UnitOfWork", before: SessionList, subject_id: str, sign_in: SignIn
    ) -> StartedSession:
        """Starts a session in a unit that makes sure that the subject is enabled, and records the sign-in.
        `before` is the `list_of` the subject."""
        started = _new_session(subject_id, unit.now + LIFETIME, unit.now)
        session = replace(started.session, signed_in_at=sign_in.at, provider_id=sign_in.provider_id)
        self._register(unit, before, session, None)
        return replace(started, session=session)

    def list_of(self, subject_id: str) -> SessionList:
        """The sessions of a user or service account. One consistent read."""
        return self.stores.sessions.of_subject(ulid_of(subject_id))

    @retry_on_conflict
    def start_with_key(self, caller: Principal) -> StartedSession:
        """Starts a session with the caller's key: it can do what the key can, lasts no longer, and ends with
        it. Raises Conflict for a caller without an API key, Unauthenticated if it ended concurrently."""
        found, now = self._key_of(caller), self.now()
        key, steps = self._with_subject(found, now)
        before = self.list_of(str(key.subject_id))
        ends_at = min(now + LIFETIME, key.expires_at or now + LIFETIME)
        started = _new_session(str(key.subject_id), ends_at, now)
        session = replace(started.session, key_id=key.id)
        unit = self.units.begin(caller.actor, key.id, now)
        unit.write(*steps)
        self._write(unit, before, session, key)
        return replace(started, session=session)

    @retry_on_conflict
    def start_cli(self, code: LoginCode, use: Write) -> StartedSession:
        """Starts a session of a command line that its user consented to; `use` ends the code. Raises what
        `use` raises."""
        before, now = self.list_of(code.subject_id), self.now()
        started = _new_session(code.subject_id, now + CLI_LIFETIME, now)
        session = replace(
            started.session,
            signed_in_at=code.signed_in_at,
            provider_id=code.provider_id,
            client=SessionClient.CLI,
            limits=code.limits,
        )
        unit = self.units.begin(Actor(code.subject_id), session.id, now)
        unit.write(use, enabled_step(session.subject_ulid, Unauthenticated("This user is disabled.")))
        self._write(unit, before, session, None)
        return replace(started, session=session)

    @retry_on_conflict
    def start_child(self, caller: Principal, limits: tuple[SessionLimit, ...]) -> StartedSession:
        """Starts a session of an assistant: it can do what the caller's key or session can, within `limits`,
        makes nothing, lasts no longer, and ends with it. It is not a sign-in. Raises Conflict for a caller
        with another credential, Unauthenticated if that ended concurrently."""
        now = self.now()
        key, steps = self._with_subject(self._live_key(caller), now) if _has_key(caller) else (None, [])
        if key is None and caller.session_id is None:
            raise Conflict("Only an API key or a session has tokens for assistants.")
        ends_at = min([now + CLI_LIFETIME, *([caller.expires_at] if caller.expires_at else [])])
        subject_id = str(key.subject_id if key else caller.subject_id)
        started = _new_session(subject_id, ends_at, now, CredentialKind.TOKEN)
        session = replace(
            started.session,
            key_id=key.id if key else None,
            parent_id=caller.session_id,
            client=SessionClient.ASSISTANT,
            limits=tuple(dict.fromkeys((*caller.limits, *limits))),
        )
        before = self.list_of(subject_id)
        unit = self.units.begin(caller.actor, caller.credential_id, now)
        unit.write(*steps)
        self._write(unit, before, session, key)
        return replace(started, session=session)

    def end(self, caller: Principal) -> None:
        """The caller's. From now on it is refused, in reads of other processes within 15 s. Raises Conflict
        for a caller without a session."""
        if caller.session_id is None or caller.subject_id is None:
            raise Conflict("Only a session can be signed out. An API key ends when it is revoked.")
        self._end(ulid_of(caller.subject_id), caller.session_id, caller.actor)

    def end_found(self, credential: Credential) -> None:
        """Ends the session for the holder of its text."""
        self._end(str(credential.subject_ulid), credential.key_id, actor_of(credential))

    @retry_on_conflict
    def _end(self, subject_ulid: str, session_id: str, actor: Actor) -> None:
        store, now = self.stores.sessions, self.now()
        before = store.of_subject(subject_ulid)
        ended = before.family_of(session_id)
        unit = self.units.begin(actor, session_id, now)
        unit.write(*([store.save_step(before, before.without(ended), now)] if ended else []))
        for session in ended:
            unit.write(store.end_step(session))
            record_session(unit, "session_ended", session, None)
        unit.commit()

    def name_of(self, caller: Principal) -> str | None:
        """The name of the caller's key, else of the user; None without either."""
        if _has_key(caller):
            key = self.stores.keys.get(caller.key_id)
            return key.name if key else None
        user = self.stores.catalog.get(Kind.USER, str(caller.subject_id))
        return user.name if user else None

    def _key_of(self, caller: Principal) -> ApiKey:
        if caller.session_id is not None:
            raise Conflict("This is a session already: sign in with an API key.")
        return self._live_key(caller)

    def _live_key(self, caller: Principal) -> ApiKey:
        key = self.stores.keys.get(caller.key_id)
        if key is None:
            raise Conflict("A session starts with an API key, and this credential is none.")
        if key.revoked_at is not None:
            raise Unauthenticated("This key has ended.")
        return key

    def _with_subject(self, key: ApiKey, now: datetime) -> tuple[ApiKey, list[Write]]:
        """The key, with the writes that make sure that it is live. A key of an earlier release gets a
        subject, for a session's text names one."""
        keys = self.stores.keys
        if key.subject_id is not None or key.role is None:
            return key, [keys.live_step(key)]
        subject = new_subject(SubjectKind.SERVICE_ACCOUNT, [Grant(key.role, key.teams)], now)
        steps = [self.stores.subjects.create_step(subject), *keys.give_subject_steps(key, subject)]
        return replace(key, subject_id=subject.id), steps

    def _write(self, unit: "UnitOfWork", before: SessionList, session: Session, key: ApiKey | None) -> None:
        record_session(unit, "session_started", None, session)
        self._register(unit, before, session, key)
        unit.commit()

    def _register(
        self, unit: "UnitOfWork", before: SessionList, session: Session, key: ApiKey | None
    ) -> None:
        """Registers the session's rows, and the end of the oldest session if there are too many."""
        if session.parent_id is not None and not before.family_of(session.parent_id):
            raise Unauthenticated("This session has ended.")
        store, after = self.stores.sessions, before.with_new(session, unit.now)
        unit.write(store.create_step(session, key), store.save_step(before, after, unit.now))
        for gone in before.sessions:
            if gone not in after.sessions and gone.expires_at > unit.now:
                unit.write(store.end_step(gone))
                record_session(unit, "session_ended", gone, None)


@dataclass(frozen=True)
class UserSessions:
    """Live ones of a user, for the person, in a session of theirs or with their key, and administrators."""

    units: Units
    stores: SessionStores
    now: Callable[[], datetime]

    def live(self, caller: Principal, user_id: str) -> list[Session]:
        """Newest first, tokens of assistants included. Raises NotFound, also for a user whom the caller does
        not reach."""
        self._require_reach(caller, user_id)
        return self._live(self._list_of(user_id))

    @retry_on_conflict
    def end(self, caller: Principal, user_id: str, session_id: str) -> None:
        """With those that end with it. From now on they are refused, in reads of other processes within 15 s.
        Raises NotFound as `live` and for a session that is not live, Forbidden for the one with which the
        caller ends."""
        self._require_reach(caller, user_id)
        if session_id == caller.parent_id:
            raise Forbidden("This token ends with the session, and does not end it.")
        store, now, before = self.stores.sessions, self.now(), self._list_of(user_id)
        if session_id not in {session.id for session in self._live(before)}:
            raise NotFound(_NO_SESSION)
        ended = before.family_of(session_id)
        unit = self.units.begin(caller.actor, session_id, now)
        unit.write(store.save_step(before, before.without(ended), now))
        for session in ended:
            unit.write(store.end_step(session))
            record_session(unit, "session_ended", session, None)
        unit.commit()

    def _require_reach(self, caller: Principal, user_id: str) -> None:
        """The caller's own user is there; that of another is read."""
        if not has_kind(user_id, SubjectKind.USER):
            raise NotFound(_NO_USER)
        if caller.subject_id == user_id and caller.may_manage_keys:
            return
        is_administrator = caller.scope_of(Permission.API_KEYS) is Scope.ALL
        if not is_administrator or self.stores.catalog.get(Kind.USER, user_id) is None:
            raise NotFound(_NO_USER)

    def _list_of(self, user_id: str) -> SessionList:
        return self.stores.sessions.of_subject(ulid_of(user_id))

    def _live(self, listed: SessionList) -> list[Session]:
        now = self.now()
        return [session for session in reversed(listed.sessions) if session.expires_at > now]


def _has_key(caller: Principal) -> bool:
    """Whether it is an API key, or a session that was started with one."""
    return caller.session_id is None or caller.is_session_of_key


def _new_session(
    subject_id: str, expires_at: datetime, now: datetime, kind: CredentialKind = CredentialKind.SESSION
) -> StartedSession:
    text = new_credential_text(kind, ulid_of(subject_id))
    session = Session(new_session_id(now), key_hash(text), subject_id, now, expires_at)
    return StartedSession(session, text)
