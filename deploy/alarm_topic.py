"""Whether AlarmTopicArn takes what alarms and EventBridge's rules send: a topic's default policy admits
CloudWatch of its own account, and not EventBridge."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy.target import Target

_RULES = "events.amazonaws.com"
_AWS_MANAGED_KEY = "alias/aws/sns"
_PUBLISHING = frozenset({"sns:publish", "sns:*", "*"})


def topic_warning(target: Target, topic: str) -> Iterator[str]:
    """Does nothing without a topic, or if all that the stack sends arrives."""
    if not topic:
        return
    try:
        about = target.session.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    except ClientError as refusal:
        yield f"warning: the policy of {topic} was not read: {refusal}"
        return
    if _AWS_MANAGED_KEY in about.get("KmsMasterKeyId", ""):
        yield f"warning: {topic} is under {_AWS_MANAGED_KEY}, by which no alarm reaches it: take another."
    if not admits_rules(json.loads(about.get("Policy", "{}"))):
        yield f"warning: the policy of {topic} does not let {_RULES} publish: changes of"
        yield "  keys and failed backups would notify nobody. docs/alarms.md has the statement."


def admits_rules(policy: Mapping[str, Any]) -> bool:
    """Whether a statement lets EventBridge publish. Its conditions are not judged."""
    return any(_admits(statement) for statement in policy.get("Statement", []))


def _admits(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = _texts(principal.get("Service", [])) if isinstance(principal, Mapping) else []
    actions = {action.lower() for action in _texts(statement.get("Action", []))}
    return statement["Effect"] == "Allow" and _RULES in services and bool(actions & _PUBLISHING)


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
