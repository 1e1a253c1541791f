"""The records of people who sign in, their sessions, and what the audit trail says of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from certctl.domain.access.principals import has_admin
from certctl.domain.access.sign_in import SignIn
from certctl.domain.audit.events import Actor, changes
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.identity.access_rules import Evaluation
from certctl.domain.identity.accounts import User
from certctl.domain.identity.identity_providers import AuthTime, SignInSettings
from certctl.domain.identity.oidc.attempts import SignInAttempt
from certctl.domain.identity.oidc.people import Person, require_asked_age
from certctl.domain.identity.oidc.refusals import SignInFault, SignInRefused
from certctl.domain.identity.sessions import SessionList
from certctl.domain.ids import new_id
from certctl.observability import measure
from certctl.services.identity.sessions import Sessions, StartedSession
from certctl.store.catalog.records import CatalogStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from certctl.store.identity.users import UserStore
from certctl.store.quotas import QuotaStore
from certctl.store.writes import Write
from certctl.unit_of_work.resources import Resource
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.units import Units

REFUSALS_PER_HOUR = 100
_DISABLED = "The user is disabled."
_SIGN_OUT = (
    "The provider does not say when the person signed in, and a session of theirs is older: they sign out "
    "everywhere, then sign in."
)


@dataclass(frozen=True)
class Admission:
    """A person, by verified claims of `issuer`, with what the access rules give them. `settings` are the
    provider's."""

    issuer: str
    person: Person
    evaluation: Evaluation
    sign_in: SignIn
    attempt: SignInAttempt
    settings: SignInSettings


@dataclass(frozen=True)
class SignedInUsers:
    """`refusals` bounds what strangers write into the audit trail."""

    units: Units
    catalog: CatalogStore
    users: UserStore
    sessions: Sessions
    refusals: QuotaStore
    now: Callable[[], datetime]

    @retry_on_conflict
    def sign_in(self, admission: Admission) -> StartedSession:
        """One transaction: the user's record, made at the first sign-in and brought up to date at others, and
        a session. Raises SignInRefused for a user who is disabled."""
        now = self.now()
        before = self.users.find(admission.issuer, admission.person.id)
        if before is not None and (not before.content.enabled or before.is_deleting):
            raise SignInRefused(SignInFault.DISABLED, _DISABLED)
        after = _brought_up_to_date(before, admission, now)
        listed = self.sessions.list_of(after.id)
        sign_in = _dated(listed, admission, now)
        first_of_administrators = self._first_of_administrators(sign_in, after, now)
        unit = self.units.begin(Actor(after.id), after.id, now)
        unit.write(
            *(self.catalog.replace_steps(before, after) if before else self.catalog.create_steps(after))
        )
        started = self.sessions.start_in(unit, listed, after.id, sign_in)
        unit.write(*first_of_administrators)
        unit.event("signed_in", Resource(Kind.USER.label, after.id), _details(before, after, started))
        unit.commit()
        return started

    def _first_of_administrators(self, sign_in: SignIn, user: Entry[User], now: datetime) -> list[Write]:
        """Records the first one of an administrator: each further write would cost 2 units. One without a
        time could make no other administrator, so it is another first."""
        if not has_admin(user.content.all_grants):
            return []
        if sign_in.at is None:
            is_known, step = self._administrators.any(), self._administrators.record_untimed_step
        else:
            is_known, step = self._administrators.any_timed(), self._administrators.record_step
        return [] if is_known else [step(user.id, now)]

    @cached_property
    def _administrators(self) -> AdminSignInStore:
        return AdminSignInStore(self.units.database)

    def record_refusal(self, provider_id: str, refused: SignInRefused) -> None:
        """Some of each hour, as refusals of callers without a key."""
        now = self.now()
        measure("Count", {"SignInRefusals": 1}, service="api")
        if not self.refusals.take(f"sign-in#{provider_id}", REFUSALS_PER_HOUR, now):
            return
        unit = self.units.begin(Actor("anonymous"), provider_id, now)
        details = {"fault": refused.fault.value, "detail": refused.detail}
        unit.event("sign_in_refused", Resource(Kind.IDENTITY_PROVIDER.label, provider_id), details)
        unit.commit()


def _dated(listed: SessionList, admission: Admission, now: datetime) -> SignIn:
    """The sign-in with its time. If the provider may leave `auth_time` out, the session's age counts: that of
    the first browser that is signed in, for a provider that remembers the person signs in again without
    asking."""
    sign_in = admission.sign_in
    if sign_in.at is not None or admission.settings.auth_time is AuthTime.REQUIRED:
        return sign_in
    first = listed.first_sign_in(sign_in.provider_id, now) or now
    require_asked_age(first, admission.attempt, _SIGN_OUT)
    return replace(sign_in, at=first)


def _brought_up_to_date(before: Entry[User] | None, admission: Admission, now: datetime) -> Entry[User]:
    person = admission.person
    user = replace(
        before.content if before else User(),
        email=person.mail,
        provider_id=admission.sign_in.provider_id,
        issuer=admission.issuer,
        subject=person.id,
        rules=admission.evaluation.rule_ids,
        rule_grants=admission.evaluation.grants,
        verified_at=now,
        keys_sleep_after_days=admission.settings.keys_sleep_after_days,
    )
    if before is None:
        return Entry(Kind.USER, new_id("usr", now), person.name, user, now, now)
    return replace(before, name=person.name, content=user, updated_at=now, revision=before.revision + 1)


def _details(before: Entry[User] | None, after: Entry[User], started: StartedSession) -> dict[str, Any]:
    """Without name and mail address: events are never changed, and people's records are."""
    session = started.session
    shown = changes(before and _nameless(before.content), _nameless(after.content))
    return shown | {"session_id": session.id, "provider_id": session.provider_id}


def _nameless(user: User) -> User:
    return replace(user, email=None)
