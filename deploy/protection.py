"""Protects a deployed stack, its keys and its tables from a hasty command."""

from typing import TYPE_CHECKING

from deploy import stack as stacks
from deploy.target import Target
from local.settings import ROOT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_POLICY = ROOT / "stacks" / "stack_policy.json"
_TABLE = "AWS::DynamoDB::Table"


def forbid_replacements(target: Target) -> None:
    """Denies every update that would replace or remove what holds state, even by a parameter that must never
    change."""
    stacks.cloudformation(target).set_stack_policy(
        StackName=target.stack, StackPolicyBody=_POLICY.read_text(encoding="utf-8")
    )


def forbid_deletion(target: Target) -> None:
    """Protects the stack and its tables. The template cannot protect tables: a first deploy that fails could
    not be rolled back then."""
    stacks.cloudformation(target).update_termination_protection(
        StackName=target.stack, EnableTerminationProtection=True
    )
    dynamodb = target.session.client("dynamodb")
    for resource in stacks.resources(target, target.stack):
        if resource.kind == _TABLE and not _is_protected(dynamodb, resource.physical_id):
            dynamodb.update_table(TableName=resource.physical_id, DeletionProtectionEnabled=True)


def _is_protected(dynamodb: "DynamoDBClient", table: str) -> bool:
    return dynamodb.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled", False)
