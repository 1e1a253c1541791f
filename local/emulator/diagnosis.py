"""Explains a failed deploy: CloudFormation's events, and the functions' logs."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from local.emulator.account import Account
from local.settings import STACK

LOG_LINES = 20


def explain(account: Account) -> str:
    """The failed resources with their reasons, then the last error lines of all functions."""
    return "\n".join([*_failed_resources(account), *_error_lines(account)])


def _failed_resources(account: Account) -> Iterator[str]:
    cloudformation = account.session().client("cloudformation", endpoint_url=account.endpoint)
    try:
        events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    except ClientError:
        return  # it failed before there was a stack
    for event in events:
        if event.get("ResourceStatus", "").endswith("_FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"


def _error_lines(account: Account) -> list[str]:
    logs = account.session().client("logs", endpoint_url=account.endpoint)
    groups = [
        g["logGroupName"] for g in logs.describe_log_groups(logGroupNamePrefix="/certctl/")["logGroups"]
    ]
    events = [event for group in groups for event in logs.filter_log_events(logGroupName=group)["events"]]
    messages = [event["message"].rstrip() for event in sorted(events, key=lambda event: event["timestamp"])]
    return [message for message in messages if _tells_an_error(message)][-LOG_LINES:]


def _tells_an_error(message: str) -> bool:
    return any(word in message for word in ("ERROR", "CRITICAL", "Traceback", "Task timed out"))
