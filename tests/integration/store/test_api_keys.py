from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import key_hash
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import SubjectKind, new_subject
from certctl.domain.errors import Conflict
from certctl.domain.ids import new_id
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.database import Database
from certctl.store.quotas import audit_samples
from tests.support.clock import Clock


def a_key(clock: Clock, text: str = "text", role: Role = Role.OPERATOR) -> ApiKey:
    now = clock().replace(microsecond=0)
    clock.advance(timedelta(seconds=1))
    return ApiKey(new_id("key", now), "name", role, ("t-1", "t-2"), key_hash(text), now, owner_id="o-1")


def test_a_key_is_two_rows_written_together(database: Database, clock: Clock) -> None:
    store, key = ApiKeyStore(database), a_key(clock)
    database.transact(store.create_steps(key))
    assert store.get(key.id) == key
    found = store.find_credential(key_hash("text"))
    caller = found.principal(None) if found else None
    assert caller is not None
    assert (caller.key_id, caller.teams) == (key.id, ("t-1", "t-2"))


def test_the_same_text_cannot_be_two_keys(database: Database, clock: Clock) -> None:
    store = ApiKeyStore(database)
    database.transact(store.create_steps(a_key(clock)))
    second = a_key(clock)
    with pytest.raises(Conflict):
        database.transact(store.create_steps(second))
    assert store.get(second.id) is None


def test_revoking_takes_the_credential_away(database: Database, clock: Clock) -> None:
    store, key = ApiKeyStore(database), a_key(clock)
    database.transact(store.create_steps(key))
    now = clock().replace(microsecond=0)
    database.transact(store.revoke_steps(key, now))
    assert store.find_credential(key.key_hash) is None
    assert store.get(key.id) == replace(key, revoked_at=now)
    with pytest.raises(Conflict):
        database.transact(store.revoke_steps(key, now))


def test_keys_are_listed_newest_first_and_continue_after_an_id(database: Database, clock: Clock) -> None:
    store = ApiKeyStore(database)
    keys = [a_key(clock, text=f"text-{n}") for n in range(5)]
    for key in keys:
        database.transact(store.create_steps(key))
    first, before = store.page(None, 3)
    rest, end = store.page(before, 3)
    assert [key.id for key in first + rest] == [key.id for key in reversed(keys)]
    assert end is None


def test_use_is_noted_hourly_at_most(database: Database, clock: Clock) -> None:
    store, key = ApiKeyStore(database), a_key(clock)
    database.transact(store.create_steps(key))
    first = clock().replace(microsecond=0)
    store.note_use(key.id, first)
    store.note_use(key.id, first + timedelta(minutes=59))
    noted = store.get(key.id)
    assert noted is not None
    assert noted.last_used_at == first
    store.note_use(key.id, first + timedelta(minutes=61))
    noted = store.get(key.id)
    assert noted is not None
    assert noted.last_used_at == first + timedelta(minutes=61)


def test_noting_the_use_of_a_key_that_is_gone_makes_no_row(database: Database, clock: Clock) -> None:
    store = ApiKeyStore(database)
    store.note_use("key-gone", clock())
    assert store.get("key-gone") is None


def test_a_live_administrator_is_found_behind_newer_keys(database: Database, clock: Clock) -> None:
    store = ApiKeyStore(database)
    admin = a_key(clock, "admin", Role.ADMIN)
    database.transact(store.create_steps(admin))
    database.transact(store.create_steps(a_key(clock)))
    assert store.has_live_admin(clock())
    database.transact(store.revoke_steps(admin, clock()))
    assert not store.has_live_admin(clock())


@pytest.mark.parametrize("role", [None, Role.ADMIN])
def test_a_key_of_an_administrators_account_counts_while_the_account_works(
    database: Database, clock: Clock, role: Role | None
) -> None:
    store, subjects = ApiKeyStore(database), SubjectStore(database)
    admin = new_subject(SubjectKind.USER, [Grant(Role.VIEWER, ("t-1",)), Grant(Role.ADMIN, ("*",))], clock())
    key = replace(a_key(clock), role=role, subject_id=admin.id)
    database.transact([subjects.create_step(admin), *store.create_steps(key)])
    assert store.has_live_admin(clock())

    database.write(subjects.put_step(replace(admin, enabled=False)))
    assert not store.has_live_admin(clock())
    database.write(subjects.put_step(replace(admin, grants=(Grant(Role.VIEWER, ("t-1",)),))))
    assert not store.has_live_admin(clock())


def test_a_key_of_lesser_role_is_no_administrators(database: Database, clock: Clock) -> None:
    store, subjects = ApiKeyStore(database), SubjectStore(database)
    admin = new_subject(SubjectKind.USER, [Grant(Role.ADMIN, ("*",))], clock())
    key = replace(a_key(clock), role=Role.OPERATOR, subject_id=admin.id)
    database.transact([subjects.create_step(admin), *store.create_steps(key)])
    assert not store.has_live_admin(clock())


def test_samples_of_one_source_are_bounded_by_the_hour(database: Database, clock: Clock) -> None:
    samples = audit_samples(database)
    taken = [samples.take("198.51.100.7", 3, clock()) for _ in range(5)]
    assert taken == [True, True, True, False, False]
    assert samples.take("203.0.113.9", 3, clock())
    clock.advance(timedelta(hours=1))
    assert samples.take("198.51.100.7", 3, clock())
