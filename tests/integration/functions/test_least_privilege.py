"""The enforcement of function policies in these tests does refuse: by table, by action, by leading key."""

import pytest
from botocore.exceptions import ClientError

from certctl.store.database import Database
from tests.support.aws.least_privilege import Privileges


class Rows:
    """Asks DynamoDB for one row of the catalog."""

    def __init__(self, database: Database) -> None:
        self._client = database.client

    def put(self, kind: str) -> None:
        self._client.put_item(TableName="catalog", Item={"kind": {"S": kind}, "id": {"S": "x"}})

    def update(self, kind: str, table: str = "catalog") -> None:
        key = {"kind": {"S": kind}, "id": {"S": "x"}}
        self._client.transact_write_items(
            TransactItems=[{"Update": {"TableName": table, "Key": key, "UpdateExpression": "REMOVE a"}}]
        )


@pytest.fixture
def privileges() -> Privileges:
    return Privileges()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("notifications_api", "issuer"),
        ("notifications_api", "api-key-2"),
        ("certificates_api", "policy"),
        ("insights_api", "agent"),
        ("agents_api", "target"),
        ("maintenance_schedule", "channel"),
        ("signing_worker", "profile"),
    ],
)
def test_a_row_of_another_kind_is_refused(
    privileges: Privileges, database: Database, folder: str, kind: str
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        privileges.within(folder, Rows(database)).update(kind)
    assert len(privileges.refused) == 1


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("public_api", "lock"),
        ("public_api", "ca"),
        ("public_api", "compromised_key"),
        ("agents_api", "compromised_key"),
        ("agents_api", "active_ca"),
        ("agents_api", "audit_seals"),
        ("certificates_api", "ca"),
        ("certificates_api", "ca_key"),
        ("certificates_api", "audit_trail"),
        ("certificates_api", "bootstrap_token"),
        ("notification_worker", "jwks"),
        ("retry_sweep_schedule", "login_code"),
        ("external_issuer_worker", "ca"),
        ("notifications_api", "jwks"),
        ("insights_api", "agent"),
        ("catalog_api", "login_code"),
        ("catalog_api", "first_admin"),
        ("signing_worker", "jwks"),
        ("crl_publisher", "ca"),
        ("renewal_schedule", "ca"),
        ("maintenance_schedule", "jwks"),
        ("stack_admin", "jwks"),
    ],
)
def test_a_row_of_the_state_of_another_kind_is_refused(
    privileges: Privileges, database: Database, folder: str, kind: str
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        privileges.within(folder, Rows(database)).update(kind, "state")
    assert len(privileges.refused) == 1


def test_an_action_that_the_policy_does_not_name_is_refused(
    privileges: Privileges, database: Database
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        privileges.within("insights_api", Rows(database)).put("api-key")


def test_what_the_policy_names_is_done(privileges: Privileges, database: Database) -> None:
    privileges.within("notifications_api", Rows(database)).put("channel")
    privileges.within("certificates_api", Rows(database)).put("ref#owner#o-1")
    assert privileges.refused == []


def test_a_table_that_the_policy_does_not_name_is_refused(privileges: Privileges, database: Database) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        privileges.within("public_api", database.client).describe_table(TableName="certificates")
