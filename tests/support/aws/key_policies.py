"""What a key's own policy, and IAM beside it, let a caller do.

Within one account a statement of the key policy that names a role is enough; one that names the account
leaves it to IAM; and what either denies is denied, also if a grant allows it:
https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from tests.support.template import ROOT, as_list, load_template, logical_id, pattern_of

Policy = Mapping[str, Any]
_SIGNERS = "SignerRoleArns"


@dataclass(frozen=True)
class Caller:
    """`role` is a logical id of the template or any other text; `iam`, whether its own policies allow the
    call; `has_grant`, whether a grant does. Tags are those of its role and of its session."""

    role: str
    iam: bool = False
    has_grant: bool = False
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)


def caller_of(folder: str, iam: bool) -> Caller:
    return Caller(f"{logical_id(folder)}Role", iam)


def is_permitted(policy: Policy, caller: Caller, action: str, keys: Mapping[str, Iterable[str]]) -> bool:
    context = {name: tuple(values) for name, values in keys.items()} | {"aws:PrincipalArn": (caller.role,)}
    context |= {f"aws:PrincipalTag/{name}": (value,) for name, value in caller.tags.items()}
    fitting = [each for each in policy["Statement"] if _fits(each, action, context)]
    if any(each["Effect"] == "Deny" and _names(each, caller.role) for each in fitting):
        return False
    allowing = [each for each in fitting if each["Effect"] == "Allow"]
    by_iam = caller.iam and any(_names_account(each) for each in allowing)
    return by_iam or caller.has_grant or any(_names(each, caller.role) for each in allowing)


@cache
def policy_of(key: str) -> Policy:
    """The policy of a key of the template, with a key administrator; of a later CA's key for any other
    name."""
    own = load_template()["Resources"].get(key)
    return (
        policy_in(own)
        if own
        else policy_in(load_template(ROOT / "stacks/ca_key.yaml")["Resources"]["IssuingKey"])
    )


def policy_in(key: Mapping[str, Any]) -> Policy:
    """The policy, also of a template in which CloudFormation has yet to decide: on AWS, with a key
    administrator."""
    policy: Policy = _resolved(key["Properties"]["KeyPolicy"])
    return policy


def _resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        return _resolved(value["Fn::If"][1])
    if value.get("Ref") == _SIGNERS:
        _, roles = load_template()["Outputs"][_SIGNERS]["Value"]["Fn::Join"]
        return roles
    return {name: _resolved(each) for name, each in value.items()}


def _fits(statement: Policy, action: str, context: Mapping[str, tuple[str, ...]]) -> bool:
    is_about = any(fnmatchcase(action, pattern) for pattern in as_list(statement["Action"]))
    return is_about and all(
        _is_met(operator, context.get(key, ()), [pattern_of(each) for each in as_list(wanted)])
        for operator, wants in statement.get("Condition", {}).items()
        for key, wanted in wants.items()
    )


def _is_met(operator: str, values: tuple[str, ...], wanted: list[str]) -> bool:
    """AWS takes a negated condition on a missing key for met."""
    match operator:
        case "StringEquals":
            return bool(values) and all(value in wanted for value in values)
        case "StringNotEquals" | "ArnNotEquals":
            return not any(value in wanted for value in values)
    raise AssertionError(f"the operator {operator} has no rule here yet")


def _names(statement: Policy, role: str) -> bool:
    principal = statement["Principal"]
    return principal == "*" or role in [pattern_of(each) for each in as_list(principal["AWS"])]


def _names_account(statement: Policy) -> bool:
    principal = statement["Principal"]
    return principal != "*" and any(
        str(pattern_of(each)).endswith(":root") for each in as_list(principal["AWS"])
    )
