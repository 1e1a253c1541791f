"""A credential works only while its subject does, and within its grants: what each call reads to know it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import CredentialKind, key_hash, new_credential_text
from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Grant
from certctl.domain.access.subjects import Subject, SubjectKind, new_subject
from certctl.domain.ids import new_id
from certctl.services.identity.authentication import CACHE_TIME
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed

KEYS = "/api/v1/api-keys"
SELF = f"{KEYS}/self"
OWNERS = "/api/v1/owners"


@pytest.fixture
def subject(stack: Deployed) -> Subject:
    grants = [Grant(Role.OPERATOR, ("t-web",)), Grant(Role.VIEWER, ("t-db",))]
    made = new_subject(SubjectKind.SERVICE_ACCOUNT, grants, stack.clock())
    write(stack, SubjectStore(stack.database).create_step(made))
    return made


def write(stack: Deployed, *steps: Any) -> None:
    stack.database.transact(steps)


def key_of(stack: Deployed, subject: Subject, role: Role | None = None, text: str | None = None) -> str:
    now = stack.clock()
    text = text or new_credential_text(CredentialKind.KEY, subject.ulid)
    teams = ("*",) if role else ()
    key = ApiKey(new_id("key", now), "ci", role, teams, key_hash(text), now, subject_id=subject.id)
    write(stack, *ApiKeyStore(stack.database).create_steps(key))
    return text


def caller(stack: Deployed, text: str) -> Client:
    return stack.client("catalog_api", text)


def put(stack: Deployed, subject: Subject, *grants: Grant, enabled: bool = True) -> None:
    changed = Subject(subject.id, subject.kind, subject.ulid, grants, enabled)
    write(stack, SubjectStore(stack.database).put_step(changed))


def reads(stack: Deployed, client: Client, path: str = SELF) -> list[dict[str, Any]]:
    """The reads of the table of credentials during one call."""
    seen: list[dict[str, Any]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if "credentials" in json.dumps(params) and model.name in ("GetItem", "BatchGetItem"):
            seen.append({"operation": model.name} | params)

    events = stack.database.client.meta.events
    events.register_first("provide-client-params.dynamodb", note)
    try:
        client.get(path)
    finally:
        events.unregister("provide-client-params.dynamodb", note)
    return seen


def test_a_key_has_the_grants_of_its_subject(stack: Deployed, subject: Subject) -> None:
    shown = caller(stack, key_of(stack, subject)).get(SELF).body
    grants = [{"role": "operator", "teams": ["t-web"]}, {"role": "viewer", "teams": ["t-db"]}]
    assert (shown["subject_id"], shown["role"], shown["grants"]) == (subject.id, "operator", grants)


def test_a_disabled_subject_is_refused_at_once_in_writes_and_within_15_s_in_reads(
    stack: Deployed, subject: Subject
) -> None:
    client = caller(stack, key_of(stack, subject))
    assert client.get(OWNERS).status == 200
    put(stack, subject, *subject.grants, enabled=False)
    assert client.post(KEYS, {"name": "ci", "role": "viewer"}).status == 401
    assert client.get(OWNERS).status == 401
    put(stack, subject, *subject.grants)
    assert client.get(OWNERS).status == 200


def test_a_cached_reader_is_refused_after_15_s(stack: Deployed, subject: Subject) -> None:
    client = caller(stack, key_of(stack, subject))
    assert client.get(OWNERS).status == 200
    put(stack, subject, *subject.grants, enabled=False)
    assert client.get(OWNERS).status == 200
    stack.clock.advance(CACHE_TIME + timedelta(seconds=1))
    assert client.get(OWNERS).status == 401


def test_a_subject_without_grants_is_known_but_may_do_nothing(stack: Deployed, subject: Subject) -> None:
    client = caller(stack, key_of(stack, subject))
    put(stack, subject)
    assert client.get(OWNERS).status == 403
    assert caller(stack, key_of(stack, subject, Role.ADMIN)).get(OWNERS).status == 403


def test_a_key_never_has_more_than_its_subject(stack: Deployed, subject: Subject) -> None:
    shown = caller(stack, key_of(stack, subject, Role.ADMIN)).get(SELF).body
    assert [grant["role"] for grant in shown["grants"]] == ["operator", "viewer"]


def test_both_rows_cost_one_consistent_read(stack: Deployed, subject: Subject) -> None:
    client = caller(stack, key_of(stack, subject))
    [read] = reads(stack, client)
    [asked] = read["RequestItems"].values()
    assert (read["operation"], asked["ConsistentRead"], len(asked["Keys"])) == ("BatchGetItem", True, 2)


def test_a_wrong_checksum_costs_no_read(stack: Deployed, subject: Subject) -> None:
    text = key_of(stack, subject)
    wrong = text[:-1] + ("a" if text[-1] != "a" else "b")
    client = caller(stack, wrong)
    assert reads(stack, client) == []
    assert client.get(SELF).status == 401


def test_a_credential_without_a_subjects_row_is_refused(stack: Deployed) -> None:
    unknown = new_subject(SubjectKind.SERVICE_ACCOUNT, [Grant(Role.ADMIN, ("*",))], stack.clock())
    assert caller(stack, key_of(stack, unknown)).get(SELF).status == 401
    assert caller(stack, key_of(stack, unknown, Role.ADMIN, earlier_key_text())).get(SELF).status == 401


def test_a_credential_with_another_subjects_id_is_refused(stack: Deployed, subject: Subject) -> None:
    other = new_subject(SubjectKind.SERVICE_ACCOUNT, subject.grants, stack.clock())
    text = new_credential_text(CredentialKind.KEY, subject.ulid)
    key_of(stack, other, None, text)
    assert caller(stack, text).get(SELF).status == 401


def test_an_earlier_text_ends_with_the_subject_that_its_row_names(stack: Deployed, subject: Subject) -> None:
    client = caller(stack, key_of(stack, subject, Role.OPERATOR, earlier_key_text()))
    assert [read["operation"] for read in reads(stack, client)] == ["GetItem", "GetItem"]
    put(stack, subject, *subject.grants, enabled=False)
    assert client.get(SELF).status == 401


def test_an_earlier_key_without_a_subject_works_as_before(stack: Deployed) -> None:
    text, now = earlier_key_text(), stack.clock()
    key = ApiKey(new_id("key", now), "ci", Role.OPERATOR, ("t-web",), key_hash(text), now)
    write(stack, *ApiKeyStore(stack.database).create_steps(key))
    client = caller(stack, text)
    assert [read["operation"] for read in reads(stack, client)] == ["GetItem"]
    assert client.get(SELF).body["subject_id"] is None


def test_a_child_acts_for_the_subject_of_its_maker_and_another_owners_key_for_one_of_its_own(
    stack: Deployed, subject: Subject
) -> None:
    admin = stack.admin("catalog_api")
    own_id = admin.get(SELF).body["subject_id"]
    made = [
        admin.post(KEYS, {"name": "ci", "role": "viewer"} | more).body for more in ({}, {"owner_id": "o-1"})
    ]
    assert made[0]["subject_id"] == own_id != made[1]["subject_id"]
    assert all(caller(stack, key["key"]).get(SELF).body["role"] == "viewer" for key in made)
    operator = caller(stack, key_of(stack, subject))
    own = operator.post(KEYS, {"name": "ci", "role": "viewer", "teams": ["t-db"]}).body
    assert own["subject_id"] == subject.id
    assert operator.post(KEYS, {"name": "ci", "role": "operator", "teams": ["t-db"]}).status == 403
