"""Sessions as a sign-in with a provider starts them, without the provider; guarded calls by their routes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.sign_in import GuardedOperation, SignIn
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.subjects import subject_of
from certctl.domain.identity.accounts import User
from certctl.domain.ids import new_id
from certctl.store.access.subjects import SubjectStore
from certctl.store.identity.admin_sign_ins import AdminSignInStore
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.catalog.entries import store_entry
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import api_modules

GUARDED_ROUTES: Mapping[str, GuardedOperation] = {
    "create_login_code": GuardedOperation.COMMAND_LINES,
    "create_identity_provider": GuardedOperation.IDENTITY_PROVIDERS,
    "edit_identity_provider": GuardedOperation.IDENTITY_PROVIDERS,
    "delete_identity_provider": GuardedOperation.IDENTITY_PROVIDERS,
    "create_access_rule": GuardedOperation.ACCESS_RULES,
    "edit_access_rule": GuardedOperation.ACCESS_RULES,
    "delete_access_rule": GuardedOperation.ACCESS_RULES,
    "create_api_key": GuardedOperation.PERSONAL_KEYS,
    "create_service_account": GuardedOperation.ADMINISTRATORS,
    "edit_service_account": GuardedOperation.ADMINISTRATORS,
    "create_user": GuardedOperation.ADMINISTRATORS,
    "edit_user": GuardedOperation.ADMINISTRATORS,
    "create_trust_rule": GuardedOperation.ADMINISTRATORS,
    "edit_trust_rule": GuardedOperation.ADMINISTRATORS,
}
"""Guarded operations by handler. `create_api_key` is ADMINISTRATORS for keys of others."""


def with_provider(stack: Deployed) -> None:
    """Records the first sign-in of an administrator."""
    stack.database.write(AdminSignInStore(stack.database).record_step("usr-first", stack.clock()))


def signed_in_as(catalog: CatalogByHttp, *roles: Role, by_rule: bool = False, keys_days: int = 7) -> Subject:
    """The subject of a user with a record, who signed in now; each role reaches all teams."""
    now = catalog.stack.clock()
    grants = tuple(Grant(role, (ALL_TEAMS,)) for role in roles)
    user = User(
        grants=() if by_rule else grants,
        rule_grants=grants if by_rule else (),
        verified_at=now,
        keys_sleep_after_days=keys_days,
    )
    entry = Entry(Kind.USER, new_id("usr", now), "Ann", user, now, now)
    store_entry(catalog.stack.database, entry)
    subject = subject_of(entry)
    assert subject is not None
    return subject


def new_user(stack: Deployed, role: Role, teams: Sequence[str] = ("*",)) -> Subject:
    subject = new_subject(SubjectKind.USER, [Grant(role, tuple(teams))], stack.clock())
    stack.database.write(SubjectStore(stack.database).create_step(subject))
    return subject


def signed_in(stack: Deployed, user: Subject, ago: timedelta = timedelta()) -> str:
    """The text of a session of a user who proved who they are `ago`."""
    sessions = api_modules()["identity_api"].services.sessions
    text: str = sessions.start(user, SignIn(stack.clock() - ago, "idp-corp")).text
    return text
