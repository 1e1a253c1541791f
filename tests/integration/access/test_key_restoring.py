"""After a restore: the lists of API keys say which work, and none lives longer than its record says."""

from datetime import timedelta

from certctl.compose.stack_admin import StackAdmin
from certctl.domain.access.permissions import Role
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.items import CredentialItem
from certctl.store.writes import delete
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.functions.deployed import Deployed
from tests.support.recovery import KEYS, furnished, key_of


def ended(stack: Deployed) -> tuple[str, ...]:
    result = StackAdmin(stack.overrides).key_restoring.revoke_known()
    assert result.complete
    return result.revoked


def ids_of(stack: Deployed, account_id: str) -> list[str]:
    listed = stack.admin("catalog_api").get(KEYS, subject_id=account_id).body["data"]
    return [each["id"] for each in listed]


def test_a_key_without_its_credential_is_shown_as_ended(stack: Deployed) -> None:
    _, key_id = stack.new_key_and_id(Role.VIEWER)
    _, other = stack.new_key_and_id(Role.VIEWER)
    key = ApiKeyStore(stack.database).get(key_id)
    assert key
    stack.database.write(delete(CredentialItem(key.key_hash)))
    assert ended(stack) == (key_id,)
    found = {each["id"]: each["revoked_at"] for each in stack.admin("catalog_api").get(KEYS).body["data"]}
    assert found[key_id] is not None
    assert found[other] is None
    assert ended(stack) == ()


def test_a_key_that_expired_needs_no_credential(stack: Deployed) -> None:
    _, key_id = stack.new_key_and_id(Role.VIEWER, expires_at=stack.clock() + timedelta(hours=1))
    key = ApiKeyStore(stack.database).get(key_id)
    assert key
    stack.database.write(delete(CredentialItem(key.key_hash)))
    stack.clock.advance(timedelta(hours=2))
    assert ended(stack) == ()


def test_a_replaced_key_expires_when_its_record_says_so_though_its_credential_went_back(
    stack: Deployed,
) -> None:
    text, key_id = stack.new_key_and_id(Role.VIEWER)
    before = snapshot(stack.database.client)
    keys = ApiKeyStore(stack.database)
    key = keys.get(key_id)
    assert key
    stack.database.transact(keys.expire_steps(key, stack.clock() + timedelta(hours=1)))
    go_back(stack.database.client, before, keeping=("audit", "catalog"))
    assert ended(stack) == ()
    stack.clock.advance(timedelta(hours=2))
    assert stack.client("catalog_api", text).get(f"{KEYS}/self").status == 401


def test_keys_are_listed_with_their_account_after_the_catalog_went_back(stack: Deployed) -> None:
    account = furnished(stack).admin_id
    before = snapshot(stack.database.client)
    text = key_of(stack, account)
    later = ids_of(stack, account)
    api_keys = [row for row in snapshot(stack.database.client)["catalog"] if row["kind"]["S"] == "api-key"]
    before["catalog"] = [row for row in before["catalog"] if row["kind"]["S"] != "api-key"] + api_keys
    go_back(stack.database.client, before, keeping=("audit", "credentials"))
    assert len(ids_of(stack, account)) == 1
    assert ended(stack) == ()
    assert ids_of(stack, account) == later
    assert stack.client("catalog_api", text).get(f"{KEYS}/self").status == 200
