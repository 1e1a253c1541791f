"""Keys of earlier releases get a subject from stack_admin: at an update, and every hour."""

from dataclasses import replace
from datetime import datetime, timedelta

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.api_keys import ApiKey
from certctl.domain.access.credentials import key_hash
from certctl.domain.access.permissions import Role
from certctl.domain.access.subjects import agent_subject, agent_ulid
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.ids import new_id, ulid_of
from certctl.services.access.key_subjects import GivenSubjects
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from tests.support.access.earlier_keys import earlier_key_text
from tests.support.catalog.catalog import CatalogByHttp
from tests.support.functions.deployed import Deployed
from tests.support.golden import golden

SELF = "/api/v1/api-keys/self"
EARLIER = "key-01m8cqe1kkbjvhnzcwz77sndfh"


def earlier_key(stack: Deployed, **fields: object) -> tuple[str, ApiKey]:
    """A key as a release before subjects stored it."""
    text, now = earlier_key_text(), stack.clock()
    key = ApiKey(new_id("key", now), "ci", Role.OPERATOR, ("t-web",), key_hash(text), now)
    key = replace(key, **fields)  # type: ignore[arg-type]  # fields of a key
    stack.database.transact(ApiKeyStore(stack.database).create_steps(key))
    return text, key


def give(stack: Deployed) -> GivenSubjects:
    return StackAdmin(stack.overrides).key_subjects.give()


def stored(stack: Deployed, key: ApiKey) -> ApiKey:
    found = ApiKeyStore(stack.database).get(key.id)
    assert found is not None
    return found


def test_a_live_key_gets_a_service_account_with_its_role_and_teams(stack: Deployed) -> None:
    text, key = earlier_key(stack)
    client = stack.client("catalog_api", text)
    before = client.get(SELF).body
    assert give(stack) == GivenSubjects(complete=True, given=1)
    subject_id = str(stored(stack, key).subject_id)
    assert subject_id.startswith("sa-")
    after = client.get(SELF).body
    assert after == before | {"subject_id": subject_id, "last_used_at": after["last_used_at"]}
    assert give(stack) == GivenSubjects(complete=True, given=0)


def test_disabling_the_subject_ends_the_key(stack: Deployed) -> None:
    text, key = earlier_key(stack)
    give(stack)
    subjects = SubjectStore(stack.database)
    subject = subjects.get(ulid_of(str(stored(stack, key).subject_id)))
    assert subject is not None
    stack.database.transact([subjects.put_step(replace(subject, enabled=False))])
    assert stack.client("catalog_api", text).get(SELF).status == 401


def test_expired_and_revoked_keys_and_those_with_a_subject_stay_as_they_are(stack: Deployed) -> None:
    now = stack.clock()
    _, expired = earlier_key(stack, expires_at=now)
    _, revoked = earlier_key(stack, revoked_at=now - timedelta(days=1))
    stack.new_key(Role.ADMIN)
    assert give(stack).given == 0
    assert stored(stack, expired).subject_id is None
    assert stored(stack, revoked).subject_id is None


def test_a_key_that_is_revoked_while_it_is_read_gets_none(stack: Deployed) -> None:
    _, key = earlier_key(stack)
    seen, keys = stored(stack, key), ApiKeyStore(stack.database)
    stack.database.transact(keys.revoke_steps(seen, stack.clock()))
    admin = StackAdmin(stack.overrides)
    assert admin.key_subjects._give(seen) is False  # what it read before the revocation
    assert stored(stack, key).subject_id is None
    assert keys.find_credential(key.key_hash) is None


def test_an_agents_key_gets_the_subject_of_its_agent_unless_that_is_disabled_or_gone(
    stack: Deployed,
) -> None:
    catalog, subjects = CatalogByHttp(stack), SubjectStore(stack.database)
    live, off = catalog.made(Kind.AGENT)["id"], catalog.made(Kind.AGENT)["id"]
    stack.database.transact([subjects.put_step(agent_subject(off, enabled=False))])
    keys = {
        agent_id: earlier_key(stack, role=Role.AGENT, teams=(), agent_id=agent_id)
        for agent_id in (live, off, "agent-gone")
    }
    assert give(stack) == GivenSubjects(complete=True, given=1)
    given = {agent_id: stored(stack, key).subject_id for agent_id, (_, key) in keys.items()}
    assert given == {live: live, off: None, "agent-gone": None}
    assert subjects.get(agent_ulid(live)) == agent_subject(live)
    works = stack.client("agents_api", keys[live][0]).get("/api/v1/agent/work")
    assert works.status == 200


def test_a_run_that_ends_early_is_continued_by_the_next(stack: Deployed) -> None:
    for _ in range(3):
        earlier_key(stack)

    def slow() -> datetime:
        stack.clock.advance(timedelta(seconds=12))
        return stack.clock()

    first = StackAdmin(replace(stack.overrides, now=slow)).key_subjects.give()
    assert not first.complete
    assert 0 < first.given < 3
    assert give(stack) == GivenSubjects(complete=True, given=3 - first.given)


def test_rows_as_the_last_release_stored_them_get_a_subject(stack: Deployed) -> None:
    """Key and credential of an administrator, without maker, end or subject."""
    (row,) = (row for row in golden("rows_stored")["catalog: api-key"] if row["id"] == {"S": EARLIER})
    (credential,) = (
        row for row in golden("rows_stored")["credentials: row"] if row.get("key_id") == {"S": EARLIER}
    )
    for table, stored_row in (("catalog", row), ("credentials", credential)):
        stack.database.client.put_item(TableName=table, Item=stored_row)
    assert give(stack) == GivenSubjects(complete=True, given=1)
    key = ApiKeyStore(stack.database).get(EARLIER)
    assert key is not None
    found = ApiKeyStore(stack.database).find_credential(key.key_hash)
    assert found is not None
    assert found.subject_ulid == key.subject_ulid is not None
    assert (found.role, found.teams, found.makers) == (Role.ADMIN, ("*",), key.makers)
