"""The client's types and operations are those of docs/openapi.json."""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from certctl.domain.revocation.reasons import HOLD, REASON_CODES
from certctl_client.api.catalog_operations import OPERATIONS
from certctl_client.api.reasons import LastingReason, RevocationReason
from certctl_client.catalog.kinds import KINDS
from tests.support.client import operations, schema
from tests.support.template import ROOT


@pytest.mark.parametrize(
    ("made", "rendered"),
    [
        pytest.param(schema.SCHEMA, schema.rendered, id="types"),
        pytest.param(operations.OPERATIONS, operations.rendered, id="operations"),
    ],
)
def test_what_is_generated_is_up_to_date(made: Path, rendered: Callable[[], str]) -> None:
    assert made.read_text(encoding="utf-8") == rendered(), "run `make client-types`"


def test_each_kind_of_the_catalog_has_its_operations() -> None:
    assert OPERATIONS.keys() == KINDS.keys()
    for path, kind in OPERATIONS.items():
        assert kind.list.path == kind.create.path == f"/api/v1/{path}"
        assert kind.get.path == kind.edit.path == kind.delete.path
        assert (kind.list.response, kind.create.body) == (kind.record, kind.edit.body)


def test_only_operations_of_the_document_are_called_idempotent() -> None:
    named = {operation["operationId"] for operation in operations.documented()}
    assert named >= operations.IDEMPOTENT | operations.WHOLE


def test_the_reasons_of_revocations_are_those_that_the_server_takes() -> None:
    assert set(get_args(RevocationReason)) == set(REASON_CODES)
    assert set(get_args(LastingReason)) == set(REASON_CODES) - {HOLD}


def test_every_path_of_the_client_is_in_the_table_but_those_of_the_trail() -> None:
    """tests/integration/client/test_openapi.py has those."""
    client = ROOT / "client" / "certctl_client"
    users = {_place(path, client) for path in client.rglob("*.py") if "path_of(" in path.read_text("utf-8")}
    assert users == {"commands/audit/trail.py", "export", "api/paths.py"}


def _place(path: Path, root: Path) -> str:
    relative = path.relative_to(root)
    return "export" if relative.parts[0] == "export" else str(relative)
