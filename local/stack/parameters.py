"""`CERTCTL_A_B` of the environment is the template parameter `AB`."""

import re
from collections.abc import Mapping

from local.stack.template import Parameter

PREFIX = "CERTCTL_"
# Read by the command-line client and by `make run` itself; no template parameter has these names.
KNOWN_ELSEWHERE = frozenset({"CERTCTL_URL", "CERTCTL_API_KEY"})
# `make run` sets these itself: another value would not fit this machine or this state.
SET_BY_RUN = frozenset({"Architecture", "LocalMode", "PkiHostName", "CanaryDeployments"})
_UNITS = {"m": "minute", "h": "hour", "d": "day"}
# Members of the one parameter EngineSettings; a test holds them equal to config.ENGINE_DEFAULTS.
ENGINE_SETTINGS = frozenset(
    {
        "NotificationMaxAttempts",
        "NotificationRetryBaseSeconds",
        "NotificationRetryCapSeconds",
        "NotificationMaxAge",
        "NotificationFloodLimit",
        "ChannelBreakerFailures",
        "ChannelProbeSeconds",
        "ChannelHosts",
    }
)


class UnknownVariableError(ValueError):
    """A variable of the environment that no template parameter stands for."""


def parameter_name(variable: str) -> str:
    """`CERTCTL_SLACK_WEBHOOK_URL` -> `SlackWebhookUrl`."""
    return "".join(word.capitalize() for word in variable.removeprefix(PREFIX).split("_"))


def translate(environment: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, str]:
    """Values of template parameters that the environment sets.

    Raises UnknownVariableError, naming the variable, for one that stands for no parameter or for one that
    `make run` sets itself, and ValueError for an interval that EventBridge could not keep.
    """
    chosen: dict[str, str] = {}
    engine: list[str] = []
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or variable in KNOWN_ELSEWHERE:
            continue
        if parameter_name(variable) in ENGINE_SETTINGS:
            engine.append(f"{parameter_name(variable)}={environment[variable]}")
            continue
        name = _known_name(variable, declared)
        chosen[name] = _value(variable, name, environment[variable])
    return chosen | ({"EngineSettings": ",".join(engine)} if engine else {})


def _known_name(variable: str, declared: Mapping[str, Parameter]) -> str:
    name = parameter_name(variable)
    if name in SET_BY_RUN:
        raise UnknownVariableError(f"{variable}: `make run` sets the parameter {name} itself")
    if name not in declared:
        raise UnknownVariableError(f"{variable}: the template has no parameter {name}")
    return name


def _value(variable: str, name: str, text: str) -> str:
    return schedule_expression(variable, text) if name.endswith("Interval") else text


def schedule_expression(variable: str, text: str) -> str:
    """`2m` -> `rate(2 minutes)`; an EventBridge expression passes unchanged. Raises ValueError otherwise."""
    if re.fullmatch(r"(rate|cron)\(.+\)", text):
        return text
    matched = re.fullmatch(r"([1-9][0-9]*)([mhd])", text)
    if not matched:
        raise ValueError(f"{variable}: an interval is whole minutes, hours or days (2m, 1h), not {text!r}")
    count, unit = int(matched[1]), _UNITS[matched[2]]
    return f"rate({count} {unit}{'' if count == 1 else 's'})"


def complete(chosen: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, str]:
    """Every parameter with its value: one left out of a deploy would keep its value of the deploy before."""
    return {name: chosen.get(name, parameter.default) for name, parameter in declared.items()}


def override(name: str, value: str) -> str:
    """One argument of `sam deploy --parameter-overrides`, quoted for SAM's own parser."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name}="{escaped}"'
