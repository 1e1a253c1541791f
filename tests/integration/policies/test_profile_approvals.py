"""How many people must approve what a profile guards."""

from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from tests.support.issuing.issuing import Issuing


@pytest.mark.parametrize("number", [0, 4, "2", 1.5])
def test_a_profile_requires_one_to_three_approvals(world: Issuing, number: Any) -> None:
    body = {"name": "several", "extended_key_usages": ["serverAuth"], "requires_approval": True}
    catalog = world.stack.client("catalog_api", world.stack.new_key(Role.ADMIN))

    refused = catalog.post("/api/v1/profiles", body | {"approvals_required": number})

    assert refused.status == 422
    assert [each["field"] for each in refused.body["errors"]] == ["approvals_required"]
    assert catalog.post("/api/v1/profiles", body).body["approvals_required"] == 1
