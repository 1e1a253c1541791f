"""`make ca-key STACK= REGION= NAME=`: the key of a later CA, by a stack of stacks/ca_key.yaml."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from deploy import stack as stacks
from deploy.alongside import small_stacks
from deploy.errors import DeployError, run
from deploy.stack import Stack
from deploy.target import Target, read_target, require_credentials, stack_name
from local.console import say
from local.settings import ROOT

SIGNERS = "SignerRoleArns"
_PASSED_ON = ("KeyAdministratorArn", "AlarmTopicArn")
_BY_HAND = "its own stack is gone: set the policy by hand, as in stacks/ca_key.yaml"
_TEMPLATE = ROOT / "stacks" / "ca_key.yaml"


def make(target: Target, found: Stack, name: str) -> str:
    """The ARN of the key that the stack of that name makes for the certctl stack `found`. If it exists, it is
    updated: its key stays, and gets the template's policy. Raises DeployError, ClientError, WaiterError."""
    if SIGNERS not in found.outputs:
        raise DeployError(f"{found.name} has no output {SIGNERS}: `make deploy` of this release first")
    values = {
        "StackLabel": found.name,
        SIGNERS: found.outputs[SIGNERS],
        **{name: found.parameters.get(name, "") for name in _PASSED_ON},
    }
    return small_stacks.apply(replace(target, stack=name), _TEMPLATE, values).outputs["KeyArn"]


def unbound(target: Target, found: Stack) -> Iterator[str]:
    """Lines about keys of CAs whose policies let other roles sign than the stack's: earlier releases made
    them, or the stack had other roles."""
    signers = set(found.outputs.get(SIGNERS, "").split(","))
    others = [arn for arn in sorted(_later_keys(target)) if not _is_bound(target, arn, signers)]
    owners = _owners(target) if others else {}
    for arn in others:
        yield f"warning: {arn} signs for a CA, and its policy does not name this stack's roles:"
        yield _mend(target, owners[arn]) if arn in owners else f"  {_BY_HAND}"


def _mend(target: Target, owner: str) -> str:
    return f"  make ca-key STACK={target.stack} REGION={target.region} NAME={owner}"


def _later_keys(target: Target) -> set[str]:
    """The keys of the CAs in the table of state, without those that the certctl stack's own update
    changes."""
    resources = stacks.resources(target, target.stack)
    own = {each.physical_id for each in resources}
    (table,) = (each.physical_id for each in resources if each.logical_id == "StateTable")
    pages = (
        target.session.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression="kind = :ca",
            ExpressionAttributeValues={":ca": {"S": "ca"}},
        )
    )
    arns = {row["key_arn"]["S"] for page in pages for row in page["Items"] if "key_arn" in row}
    return {arn for arn in arns if arn not in own and arn.rpartition("/")[2] not in own}


def _is_bound(target: Target, arn: str, signers: set[str]) -> bool:
    """A key that is gone signs nothing."""
    kms = target.session.client("kms")
    try:
        policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    except kms.exceptions.NotFoundException:
        return True
    return any(_refuses_others(statement, signers) for statement in policy["Statement"])


def _refuses_others(statement: Mapping[str, Any], signers: set[str]) -> bool:
    exempt = statement.get("Condition", {}).get("ArnNotEquals", {}).get("aws:PrincipalArn", [])
    named = {exempt} if isinstance(exempt, str) else set(exempt)
    return (statement["Effect"], statement["Action"]) == ("Deny", "kms:Sign") and named == signers


def _owners(target: Target) -> dict[str, str]:
    """The stack of each key that has one; a stack that was deleted has left its key to nobody."""
    pages = stacks.cloudformation(target).get_paginator("describe_stacks").paginate()
    return {
        output.get("OutputValue", ""): found["StackName"]
        for page in pages
        for found in page["Stacks"]
        for output in found.get("Outputs", [])
        if output.get("OutputKey") == "KeyArn"
    }


def main() -> None:
    target = read_target(os.environ)
    name = stack_name(os.environ.get("NAME", ""), "NAME")
    require_credentials(target)
    say(make(target, stacks.require(target), name))


if __name__ == "__main__":
    run("ca-key", main)
