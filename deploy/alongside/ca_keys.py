"""`make ca-key STACK= REGION= NAME= ROLE= SPEC=`: the key of a later CA, by a stack of stacks/ca_key.yaml."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deploy import stack as stacks
from deploy.alongside import small_stacks
from deploy.errors import DeployError, run
from deploy.stack import Stack
from deploy.target import Target, read_target, require_credentials, stack_name
from local.console import say
from local.settings import ROOT
from local.stack.template import parse_cloudformation

SIGNERS = "SignerRoleArns"
# By role of the CA: the output of the certctl stack that lists who signs, and the parameter of its first key.
_SIGNERS_OF = {"issuing": SIGNERS, "root": "RootSignerRoleArns"}
_FIRST_SPEC = {"issuing": "IssuingKeySpec", "root": "RootKeySpec"}
_PASSED_ON = ("KeyAdministratorArn", "AlarmTopicArn")
_FORMER_SPECS = {"issuing": "ECC_NIST_P256", "root": "ECC_NIST_P384"}
_NOUNS = {"issuing": "an issuing CA", "root": "a root"}
_TOO_WEAK = ("root", "RSA_2048")
_WRONG_ROLE = "replace this CA (docs/operating-cas.md)"
_BY_HAND = "its own stack is gone: set the policy by hand, as in stacks/ca_key.yaml"
_TEMPLATE = ROOT / "stacks" / "ca_key.yaml"


@dataclass(frozen=True)
class Wish:
    """What the key is for, and its type; empty means as the key's stack has it, or the first issuing CA."""

    role: str = ""
    spec: str = ""


def make(target: Target, found: Stack, name: str, wish: Wish = Wish()) -> str:
    """The ARN of the key that the stack of that name makes for the certctl stack `found`. If it exists, it is
    updated: its key stays, and gets the template's policy. Raises DeployError, ClientError, WaiterError."""
    own = replace(target, stack=name)
    role, spec = _settled(wish, stacks.find(own), found)
    signers = _SIGNERS_OF[role]
    if signers not in found.outputs:
        raise DeployError(f"{found.name} has no output {signers}: `make deploy` of this release first")
    values = {
        "StackLabel": found.name,
        "Role": role,
        "KeySpec": spec,
        SIGNERS: found.outputs[signers],
        **{name: found.parameters.get(name, "") for name in _PASSED_ON},
    }
    return small_stacks.apply(own, _TEMPLATE, values).outputs["KeyArn"]


def _settled(wish: Wish, existing: Stack | None, certctl: Stack) -> tuple[str, str]:
    """Role and type. Raises DeployError for what the template would refuse, and for what an existing key is
    not."""
    if existing is not None:
        return _kept(wish, existing)
    declared = parse_cloudformation(_TEMPLATE.read_text(encoding="utf-8"))["Parameters"]
    role = wish.role or "issuing"
    if role not in declared["Role"]["AllowedValues"]:
        raise DeployError(f"ROLE is issuing or root, not {role}")
    spec = wish.spec or certctl.parameters.get(_FIRST_SPEC[role], "") or _FORMER_SPECS[role]
    allowed = [each for each in declared["KeySpec"]["AllowedValues"] if (role, each) != _TOO_WEAK]
    if spec not in allowed:
        raise DeployError(f"SPEC of the key of {_NOUNS[role]} is one of {', '.join(allowed)}, not {spec}")
    return role, spec


def _kept(wish: Wish, existing: Stack) -> tuple[str, str]:
    """Role and type of the stack's key; releases before had one of each."""
    role = existing.parameters.get("Role", "issuing")
    spec = existing.parameters.get("KeySpec", _FORMER_SPECS["issuing"])
    if wish.role not in ("", role) or wish.spec not in ("", spec):
        raise DeployError(
            f"{existing.name} has the {spec} key of {_NOUNS[role]}, which never changes: take another NAME"
        )
    return role, spec


def unbound(target: Target, found: Stack) -> Iterator[str]:
    """Lines about keys of CAs whose policies let other roles sign than the stack's: earlier releases made
    them, or the stack had other roles, or the key of a root was made as that of an issuing CA."""
    others = [
        (arn, role)
        for arn, role in sorted(_later_keys(target).items())
        if not _is_bound(target, arn, set(found.outputs.get(_SIGNERS_OF[role], "").split(",")))
    ]
    owners = _owners(target) if others else {}
    for arn, role in others:
        yield f"warning: {arn} signs for {_NOUNS[role]}, and its policy does not name this stack's roles:"
        yield _way_out(target, role, owners.get(arn))


def _way_out(target: Target, role: str, owner: Stack | None) -> str:
    if owner is None:
        return f"  {_BY_HAND}"
    if owner.parameters.get("Role", "issuing") != role:
        return f"  {owner.name} made it as {_NOUNS[owner.parameters.get('Role', 'issuing')]}'s: {_WRONG_ROLE}"
    return _mend(target, owner.name)


def _mend(target: Target, owner: str) -> str:
    return f"  make ca-key STACK={target.stack} REGION={target.region} NAME={owner}"


def _later_keys(target: Target) -> dict[str, str]:
    """The keys of the CAs in the table of state and the role of each CA, without the keys that the certctl
    stack's own update changes."""
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
    roles = {
        row["key_arn"]["S"]: row.get("role", {}).get("S", "issuing")
        for page in pages
        for row in page["Items"]
        if "key_arn" in row
    }
    return {arn: role for arn, role in roles.items() if not {arn, arn.rpartition("/")[2]} & own}


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


def _owners(target: Target) -> dict[str, Stack]:
    """The stack of each key that has one; a stack that was deleted has left its key to nobody."""
    pages = stacks.cloudformation(target).get_paginator("describe_stacks").paginate()
    found = (stacks.stack_of(each) for page in pages for each in page["Stacks"])
    return {each.outputs["KeyArn"]: each for each in found if "KeyArn" in each.outputs}


def main() -> None:
    target = read_target(os.environ)
    name = stack_name(os.environ.get("NAME", ""), "NAME")
    require_credentials(target)
    wish = Wish(os.environ.get("ROLE", ""), os.environ.get("SPEC", ""))
    say(make(target, stacks.require(target), name, wish))


if __name__ == "__main__":
    run("ca-key", main)
