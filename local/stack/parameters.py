"""`CERTCTL_A_B` of the environment is the template parameter `AB`."""

import re
from collections.abc import Mapping

from local.stack.template import Parameter

PREFIX = "CERTCTL_"
# Read by the command-line client and by `make run` itself; no template parameter has these names.
KNOWN_ELSEWHERE = frozenset({"CERTCTL_URL", "CERTCTL_API_KEY"})
# `make run` sets these itself: another value would not fit this machine or this state.
SET_BY_RUN = frozenset({"Architecture", "LocalMode", "PkiHostName", "CanaryDeployments", "AcmeHostName"})
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
        "SlackChannel",
        "SlackUsername",
        "PagerdutySeverity",
        "OpsgeniePriority",
        "SmtpTls",
    }
)
# The values of those that have few; a test holds them equal to config.ENGINE_CHOICES.
ENGINE_CHOICES = {
    "PagerdutySeverity": ("critical", "error", "warning", "info"),
    "OpsgeniePriority": ("P1", "P2", "P3", "P4", "P5"),
    "SmtpTls": ("starttls", "implicit", "none"),
}
_SMTP_HOST, _SMTP_PORT = "CERTCTL_SMTP_HOST", "CERTCTL_SMTP_PORT"
_SMTP_TLS, _SMTP_USE_TLS = "CERTCTL_SMTP_TLS", "CERTCTL_SMTP_USE_TLS"
# The Go edition's switch: on is what the port implies here, which SmtpTls says by being absent.
_SWITCHES = {"true": "", "1": "", "false": "none", "0": "none"}
# Variables of the Go edition that change nothing here, and why.
WITHOUT_EFFECT = {"CERTCTL_KEYGEN_MODE": "keys are made by agents, or with the CSR, in every mode"}
# Settings of a channel, which exists only if the other variable is set.
_NEEDS = {
    "CERTCTL_SLACK_CHANNEL": "CERTCTL_SLACK_WEBHOOK_URL",
    "CERTCTL_SLACK_USERNAME": "CERTCTL_SLACK_WEBHOOK_URL",
    "CERTCTL_PAGERDUTY_SEVERITY": "CERTCTL_PAGERDUTY_ROUTING_KEY",
    "CERTCTL_OPSGENIE_PRIORITY": "CERTCTL_OPSGENIE_API_KEY",
    _SMTP_PORT: _SMTP_HOST,
    _SMTP_TLS: _SMTP_HOST,
    _SMTP_USE_TLS: _SMTP_HOST,
}


class UnknownVariableError(ValueError):
    """A variable of the environment that no template parameter stands for."""


def parameter_name(variable: str) -> str:
    """`CERTCTL_SLACK_WEBHOOK_URL` -> `SlackWebhookUrl`."""
    return "".join(word.capitalize() for word in variable.removeprefix(PREFIX).split("_"))


def translate(environment: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, str]:
    """Values of template parameters that the environment sets.

    Raises UnknownVariableError, naming the variable, for one that stands for no parameter or for one that
    `make run` sets itself, and ValueError for a value that the parameter cannot hold.
    """
    chosen: dict[str, str] = {}
    engine: list[str] = []
    for variable, text in sorted(_with_tls(_with_port(environment)).items()):
        if not variable.startswith(PREFIX) or variable in KNOWN_ELSEWHERE or variable in WITHOUT_EFFECT:
            continue
        if parameter_name(variable) in ENGINE_SETTINGS:
            engine += _engine_setting(variable, text)
            continue
        name = _known_name(variable, declared)
        chosen[name] = _value(variable, name, text)
    return chosen | ({"EngineSettings": ",".join(engine)} if engine else {})


def ineffective(environment: Mapping[str, str]) -> list[str]:
    """A line for each variable of the Go edition that changes nothing, with the reason."""
    pointless = [
        f"{name} has no effect: {why}" for name, why in WITHOUT_EFFECT.items() if name in environment
    ]
    lonely = [
        f"{name} has no effect without {needed}"
        for name, needed in _NEEDS.items()
        if environment.get(name) and not environment.get(needed)
    ]
    return pointless + lonely


def _with_port(environment: Mapping[str, str]) -> dict[str, str]:
    """The port of the mail server is a part of the parameter SmtpHost. Raises ValueError."""
    joined = dict(environment)
    port, host = joined.pop(_SMTP_PORT, ""), joined.get(_SMTP_HOST)
    if not port or not host:
        return joined
    if not re.fullmatch(r"[1-9][0-9]{0,4}", port):
        raise ValueError(f"{_SMTP_PORT}: a port is a number from 1 to 65535, not {port!r}")
    if ":" in host:
        raise ValueError(f"{_SMTP_PORT}: {_SMTP_HOST} has a port already")
    return joined | {_SMTP_HOST: f"{host}:{port}"}


def _with_tls(environment: Mapping[str, str]) -> dict[str, str]:
    """SMTP_USE_TLS and SMTP_TLS as the setting SmtpTls. Raises ValueError."""
    joined = dict(environment)
    switch = joined.pop(_SMTP_USE_TLS, "")
    if switch and switch.lower() not in _SWITCHES:
        raise ValueError(f"{_SMTP_USE_TLS}: true or false, not {switch!r}")
    wanted = joined.get(_SMTP_TLS) or switch
    return joined | {_SMTP_TLS: _SWITCHES.get(wanted.lower(), wanted)}


def _engine_setting(variable: str, text: str) -> list[str]:
    """The setting; nothing for an empty text, which is the default. Raises ValueError for what separates
    settings, and for a value that the stack would refuse."""
    if re.search(r"[,=]", text):
        raise ValueError(f"{variable}: commas and equals signs are not allowed")
    choices = ENGINE_CHOICES.get(parameter_name(variable), ())
    if text and choices and text not in choices:
        also = ", or true or false" if variable == _SMTP_TLS else ""
        raise ValueError(f"{variable}: one of {', '.join(choices)}{also}, not {text!r}")
    return [f"{parameter_name(variable)}={text}"] if text else []


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
