"""A record that was deleted is gone, and its name free, once maintenance_schedule has finished its deletion
with the permissions that the stack gives it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from certctl.domain.times import to_wire
from local.invoke import invoke
from local.stack.outputs import account_of
from tests.support.local.stack import LocalStack

_OVER = timedelta(minutes=3)


@pytest.mark.parametrize("kind", ["teams", "owners"])
def test_a_deleted_record_is_finished_by_maintenance_and_its_name_is_free(
    local_stack: LocalStack, kind: str
) -> None:
    body = {"name": f"to delete {uuid4().hex}", "email": "pki@example.com"}
    record = local_stack.call("POST", f"/api/v1/{kind}", body).json()
    assert local_stack.call("DELETE", f"/api/v1/{kind}/{record['id']}").status_code == 204
    assert local_stack.call("POST", f"/api/v1/{kind}", body).status_code == 409
    the_wait_for_late_uses_is_over(local_stack, f"{kind.removesuffix('s')}#{record['id']}")

    answer, log, failed = invoke(
        account_of(local_stack.outputs), local_stack.outputs["functions"]["maintenance_schedule"], {}
    )

    assert not failed, log
    assert answer["deleted_records"] >= 1
    assert local_stack.call("GET", f"/api/v1/{kind}/{record['id']}").status_code == 404
    assert local_stack.call("POST", f"/api/v1/{kind}", body).status_code == 201


def the_wait_for_late_uses_is_over(stack: LocalStack, place: str) -> None:
    """The mark becomes older than the two minutes that a deletion waits."""
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["tables"]["catalog"],
        Key={"kind": {"S": "deleting"}, "id": {"S": place}},
        UpdateExpression="SET deleting_since = :since",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":since": {"S": to_wire(datetime.now(UTC) - _OVER)}},
    )
