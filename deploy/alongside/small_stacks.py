"""Small stacks that stand beside a certctl stack, by the templates in stacks/."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy import stack as stacks
from deploy.stack import Stack
from deploy.target import Target


def apply(target: Target, template: Path, values: Mapping[str, str]) -> Stack:
    """Makes the stack of the target's name, or updates it. Raises ClientError, WaiterError."""
    wanted: Any = {
        "StackName": target.stack,
        "TemplateBody": template.read_text(encoding="utf-8"),
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    }
    client, delay = stacks.cloudformation(target), 1 if target.endpoint else 5
    if stacks.find(target) is None:
        client.create_stack(**wanted)
        client.get_waiter("stack_create_complete").wait(StackName=target.stack, WaiterConfig={"Delay": delay})
    elif _is_changed(client, wanted):
        client.get_waiter("stack_update_complete").wait(StackName=target.stack, WaiterConfig={"Delay": delay})
    return stacks.require(target)


def _is_changed(client: Any, wanted: Mapping[str, Any]) -> bool:
    try:
        client.update_stack(**wanted)
    except ClientError as refusal:
        if "No updates are to be performed" not in str(refusal):
            raise
        return False
    return True
