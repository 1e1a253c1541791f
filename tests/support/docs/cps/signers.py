"""Which functions sign with a key of template.yaml."""

import re
from collections.abc import Iterator
from typing import Any

from tests.support.template import load_template


def functions_that_sign_with(key: str) -> set[str]:
    """Names as `make invoke FUNCTION=` takes them, by the policy of the key, which refuses all others."""
    statements = load_template()["Resources"][key]["Properties"]["KeyPolicy"]["Statement"]
    return {_name(role) for statement in statements if _lets_sign(statement) for role in _roles(statement)}


def _lets_sign(statement: dict[str, Any]) -> bool:
    return statement["Effect"] == "Allow" and "kms:Sign" in statement["Action"]


def _roles(statement: dict[str, Any]) -> Iterator[str]:
    for reference in statement["Principal"]["AWS"]:
        yield (
            reference["Fn::GetAtt"][0]
            if isinstance(reference["Fn::GetAtt"], list)
            else reference["Fn::GetAtt"]
        )


def _name(role: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", role.partition("FunctionRole")[0]).lower()
