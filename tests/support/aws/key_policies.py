"""What a key's own policy, and IAM beside it, let a caller do.

Within one account a statement of the key policy that names a role is enough; one that names the account
leaves it to IAM; and what either denies is denied, also if a grant allows it:
https://docs.aws.amazon.com/kms/latest/developerguide/control-access.html
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from local.stack.template import parse_cloudformation
from tests.support.template import NOT_MET, ROOT, as_list, load_template, logical_id, pattern_of

Policy = Mapping[str, Any]
_SIGNERS = {"issuing": "SignerRoleArns", "root": "RootSignerRoleArns"}


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
def policy_of(key: str, algorithm: str = "") -> Policy:
    """The policy of a key of the template, with a key administrator; of a later CA's key for any other name,
    of the type that signs by the algorithm."""
    own = load_template()["Resources"].get(key)
    return policy_in(own or later_key(role_of(key), _SPECS.get(algorithm, "ECC_NIST_P256")))


_SPECS = {"ECDSA_SHA_384": "ECC_NIST_P384", "RSASSA_PKCS1_V1_5_SHA_256": "RSA_2048"}


def role_of(key: str) -> str:
    """The role of a later CA by the name or ARN of its key in tests."""
    return "root" if "root" in key else "issuing"


def tag_of(key: str) -> str:
    """The tag of a later CA's key."""
    return f"certctl:{role_of(key)}-ca"


def later_key(role: str, spec: str) -> dict[str, Any]:
    """The key that stacks/ca_key.yaml makes, its conditions resolved, with a key administrator."""
    parameters = {"Role": role, "KeySpec": spec, "KeyAdministratorArn": "x"}
    template = parse_cloudformation((ROOT / "stacks/ca_key.yaml").read_text(encoding="utf-8"))
    unmet = [name for name, each in template["Conditions"].items() if not _holds(each, parameters)]
    key: dict[str, Any] = _resolved(template["Resources"]["IssuingKey"], unmet)
    key["Properties"] = _with_signers(key["Properties"], role) | {"KeySpec": spec}
    return key


def _holds(condition: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    ((operator, arguments),) = condition.items()
    if operator == "Fn::Not":
        return not _holds(arguments[0], parameters)
    named, value = arguments
    given: str = parameters.get(named["Ref"], "")
    return bool(given == value)


def _with_signers(value: Any, role: str) -> Any:
    """The roles of the certctl stack's output in place of the parameter."""
    if isinstance(value, list):
        return [_with_signers(each, role) for each in value]
    if not isinstance(value, dict):
        return value
    if value == {"Ref": _SIGNERS["issuing"]}:
        return signers(role)
    return {name: _with_signers(each, role) for name, each in value.items()}


def signers(role: str) -> list[Any]:
    """The roles in the output of the certctl stack for keys of such CAs."""
    value = load_template()["Outputs"][_SIGNERS[role]]["Value"]
    return as_list(value["Fn::Join"][1] if "Fn::Join" in value else value)


def policy_in(key: Mapping[str, Any], unmet: Collection[str] = NOT_MET) -> Policy:
    """The policy, also of a template in which CloudFormation has yet to decide: on AWS, with a key
    administrator, without the conditions that are not met."""
    policy: Policy = _resolved(key["Properties"]["KeyPolicy"], unmet)
    return policy


def _resolved(value: Any, unmet: Collection[str]) -> Any:
    if isinstance(value, list):
        found = [_resolved(each, unmet) for each in value]
        return [each for each in found if each != {"Ref": "AWS::NoValue"}]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, yes, no = value["Fn::If"]
        return _resolved(no if condition in unmet else yes, unmet)
    return {name: _resolved(each, unmet) for name, each in value.items()}


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
