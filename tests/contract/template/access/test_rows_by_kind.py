"""Which rows of State and Credentials a function may write, by the roles of the transformed template.

State holds the keys of sign-in and the CAs beside counters and locks: a function that talks to strangers, and
is taken over, must not write them. A row's kind is its partition key.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.aws.iam import Access, are_met, is_allowed
from tests.support.aws.transformed import resources, transformed
from tests.support.template import as_list, functions, logical_id, pattern_of

WRITES = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
FOLDERS = sorted(functions())
# The kinds by which people sign in, certificates are signed and the first administrator is made, by writer.
OWNERS = {
    "jwks": {"identity_api"},
    "jti": {"identity_api"},
    "login_code": {"identity_api"},
    "admin_sign_in": {"identity_api", "stack_admin"},
    "ca": {"stack_admin", "signing_worker", "maintenance_schedule"},
    "ca_key": {"stack_admin"},
    "ca_request": {"stack_admin"},
    "active_ca": {"stack_admin"},
    "pending_ca": {"stack_admin"},
    "retired_ca": {"stack_admin", "maintenance_schedule"},
    "first_admin": {"stack_admin"},
    "break_glass": {"stack_admin"},
    "deployment": {"stack_admin"},
    "audit_trail": {"stack_admin", "maintenance_schedule"},
    "audit_seals": {"stack_admin", "maintenance_schedule"},
    "crl#ca-1": {"stack_admin", "crl_publisher"},
    "ocsp_responder": {"stack_admin", "crl_publisher"},
    "acme_account": {"stack_admin", "external_issuer_worker"},
    "secret_binding": {"stack_admin", "catalog_api", "notifications_api"},
    # a run that is not reported raises an alarm; maintenance begins the row of a function without one
    "last_run#crl_publisher": {"stack_admin", "crl_publisher", "maintenance_schedule"},
    "last_run#status_watch": {"stack_admin", "status_watch", "maintenance_schedule"},
    "last_run#retry_sweep_schedule": {"stack_admin", "retry_sweep_schedule", "maintenance_schedule"},
    "last_run#renewal_schedule": {"stack_admin", "renewal_schedule", "maintenance_schedule"},
    "last_run#stack_admin": {"stack_admin", "maintenance_schedule"},
}


def _writing(folder: str, table: str) -> Iterator[dict[str, Any]]:
    role = resources(transformed(), "AWS::IAM::Role")[f"{logical_id(folder)}Role"]
    for policy in role["Properties"].get("Policies", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            named = [
                pattern_of(each) for each in as_list(statement.get("Resource", [])) if "Fn::If" not in each
            ]
            if table in named and set(WRITES) & set(as_list(statement["Action"])):
                yield statement


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_permission_to_write_state_names_the_kinds_of_its_rows(folder: str) -> None:
    for statement in _writing(folder, "StateTable"):
        (operator,) = statement["Condition"]
        assert operator.startswith("ForAllValues:")
        assert list(statement["Condition"][operator]) == ["dynamodb:LeadingKeys"]


@pytest.mark.parametrize("kind", OWNERS)
def test_only_its_owners_write_a_kind_of_state(kind: str) -> None:
    keys = {"dynamodb:LeadingKeys": (kind,)}
    writing = {
        folder
        for folder in FOLDERS
        if any(are_met(each["Condition"], keys) for each in _writing(folder, "StateTable"))
    }
    assert writing == OWNERS[kind]


def _on_credentials(action: str, **keys: tuple[str, ...]) -> bool:
    named = {f"dynamodb:{name}": values for name, values in keys.items()}
    return is_allowed("agents_api", Access(f"dynamodb:{action}", ("CredentialsTable",), named))


def test_the_function_of_the_agents_gives_no_existing_key_or_subject_more() -> None:
    assert _on_credentials("UpdateItem", Attributes=("expires_at", "key_hash"))
    for attribute in ("role", "teams", "actions", "names", "grants", "enabled", "subject_ulid", "sessions"):
        assert not _on_credentials("UpdateItem", Attributes=("key_hash", attribute))


def test_the_function_of_the_agents_takes_away_no_subject_and_no_sessions() -> None:
    assert _on_credentials("DeleteItem", LeadingKeys=("0f" * 32,))
    for row in ("subject#01K", "sessions#01K"):
        assert not _on_credentials("DeleteItem", LeadingKeys=(row,))
