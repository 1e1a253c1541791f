"""`make admin ACTION=first_admin_key STACK= [EVENT='{...}']`: invokes stack_admin, once."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ConnectionError as LostConnection
from botocore.exceptions import HTTPClientError

from deploy import stack as stacks
from deploy.errors import DeployError, run
from deploy.target import Target, read_target, require_credentials

# stack_admin runs up to 240 s. botocore would give up after 60 and invoke it a second time beside the first.
READ_SECONDS = 300
PATIENT = Config(read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
ALIAS = "live"
OUTPUT = "StackAdminFunctionName"
_ACTIONS = (
    "first_admin_key, break_glass_key, activate, rotate, revoke_ca, create_issuer, create_root, "
    "install_ca_certificate, restore or revoke_serial"
)


def invoke(target: Target, function: str, event: Mapping[str, Any]) -> Any:
    """The function's result. Raises DeployError with the function's own text if it failed."""
    client = target.session.client("lambda", config=PATIENT)
    try:
        result = client.invoke(FunctionName=function, Qualifier=ALIAS, Payload=json.dumps(event))
        answer = json.loads(result["Payload"].read() or "null")
    except (LostConnection, HTTPClientError) as lost:
        raise DeployError(
            f"no response from {function} ({lost}). It may have run: look at its log before you repeat it"
        ) from lost
    if result.get("FunctionError"):
        raise DeployError(f"{answer.get('errorType', 'error')}: {answer.get('errorMessage', answer)}")
    return answer


def read_event(environment: Mapping[str, str]) -> dict[str, Any]:
    """ACTION with the fields of EVENT: JSON, or @file. Raises DeployError."""
    action = environment.get("ACTION", "")
    if not action:
        raise DeployError(f"ACTION is missing: {_ACTIONS}")
    fields = _fields(environment.get("EVENT") or "{}")
    return {**fields, "action": action}


def _fields(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
    except (OSError, ValueError) as problem:
        raise DeployError(f"EVENT is JSON, or @file: {problem}") from problem
    if not isinstance(fields, dict):
        raise DeployError("EVENT is a JSON object")
    return fields


def main() -> None:
    target = read_target(os.environ)
    event = read_event(os.environ)
    require_credentials(target)
    function = stacks.require(target).outputs.get(OUTPUT)
    if not function:
        raise DeployError(
            f"{target.stack} has no output {OUTPUT}: is it a completely deployed certctl stack?"
        )
    json.dump(invoke(target, function, event), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    run("admin", main)
