"""Summaries for lists: what an agent's host allows, and whether it allows a target."""

from collections.abc import Mapping
from typing import Any

_SWITCHES = {
    "any_directory": "directory",
    "any_command": "command",
    "any_owner": "owner",
    "any_verify_address": "verify address",
    "any_acm_arn": "ACM certificate",
}


def allowed_in_short(agent: Mapping[str, Any]) -> str | None:
    """What the host allows; None if the server is of an earlier release, which does not report consents."""
    if "consent" not in agent:
        return None
    consent = agent["consent"]
    if consent is None:
        return "ANYTHING (never reported)"
    kinds = ", ".join(consent["kinds"]) or "nothing"
    unbounded = ", ".join(word for switch, word in _SWITCHES.items() if consent.get(switch))
    marks = [f"ANY {unbounded}"] * bool(unbounded) + ["no consent file"] * (consent["source"] != "file")
    return "; ".join([kinds, *marks])


def fitness_in_short(target: Mapping[str, Any]) -> str | None:
    """Whether the agent's host allows the target; None if the server does not report it."""
    if "unfit" not in target:
        return None
    fields = ", ".join(dict.fromkeys(each["field"] for each in target["unfit"]))
    return f"NO: {fields}" if fields else "yes"
