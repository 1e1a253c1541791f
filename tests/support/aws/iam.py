"""The permissions of a function's own IAM statements in template.yaml: action, resource, condition keys."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from tests.support.aws.key_policies import caller_of, is_permitted, policy_of
from tests.support.template import as_list, pattern_of, statements

Values = tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """One action on one resource. `resources` are its names: its logical id in the template
    (`JobsTable`, `PkiBucket/pki/x`), its ARN, or both. `keys` are the condition keys of the request."""

    action: str
    resources: Values
    keys: Mapping[str, Values] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        keys = "".join(f" {name}={'|'.join(values)}" for name, values in self.keys.items())
        return f"{self.action} {self.resources[0]}{keys}"


def is_allowed(folder: str, access: Access) -> bool:
    conditions = _conditions(folder, access.action, access.resources)
    by_iam = any(are_met(condition, access.keys) for condition in conditions)
    if not access.action.startswith("kms:"):
        return by_iam
    key = policy_of(access.resources[0], *access.keys.get("kms:SigningAlgorithm", ()))
    return is_permitted(key, caller_of(folder, by_iam), access.action, access.keys)


@lru_cache(maxsize=10_000)
def _conditions(folder: str, action: str, resources: Values) -> list[Mapping[str, Any]]:
    """Lists the conditions of each statement that allows the action on the resources."""
    return [
        statement.get("Condition", {})
        for statement in _statements(folder)
        if statement["Effect"] == "Allow"
        and _is_like_one_of([action], statement["Action"])
        and _is_like_one_of(resources, statement["Resource"])
    ]


@cache
def _statements(folder: str) -> list[dict[str, Any]]:
    return [
        statement | {"Resource": [pattern_of(resource) for resource in statement["Resource"]]}
        for statement in statements(folder)
    ]


def are_met(condition: Mapping[str, Mapping[str, Any]], keys: Mapping[str, Values]) -> bool:
    return all(
        _is_met(operator, keys.get(key, ()), [pattern_of(each) for each in as_list(wanted)])
        for operator, wants in condition.items()
        for key, wanted in wants.items()
    )


def _is_met(operator: str, values: Values, wanted: Sequence[str]) -> bool:
    """A condition on a missing key is not met here. In AWS `ForAllValues` is met then: relying on that would
    be a gap, not a permission."""
    match operator:
        case "StringEquals" | "ForAllValues:StringEquals":
            return bool(values) and all(value in wanted for value in values)
        case "StringLike" | "ForAllValues:StringLike":
            return bool(values) and all(_is_like_one_of([value], wanted) for value in values)
        case "ArnLike":
            return bool(values) and all(_is_like_one_of([value], wanted) for value in values)
        case "Null":
            return wanted == ["false" if values else "true"]
        case "ForAllValues:StringNotLike":
            return bool(values) and not any(_is_like_one_of([value], wanted) for value in values)
    raise AssertionError(f"the operator {operator} has no rule here yet")


def _is_like_one_of(names: Iterable[str], patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)
