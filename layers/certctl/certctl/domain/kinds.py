"""Kinds of issuers, targets and channels as values: a registry with one definition for each kind, and the
settings of a kind. API, command line and dashboard use the same definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from certctl.domain.errors import FieldProblem
from certctl.domain.field_rules import Rule
from certctl.domain.secret_references import allowed_references, is_reference

Value = str | int | bool | tuple[str, ...] | None


# Of those that come with certctl: `domain/issuing/kinds` has a definition of each.
class IssuerType(StrEnum):
    GENERIC_CA = "GenericCA"
    ACME = "ACME"
    AWS_PCA = "AwsPca"


# Of those that come with certctl: `domain/agents/kinds` has a definition of each.
class TargetType(StrEnum):
    NGINX = "NGINX"
    APACHE = "Apache"
    HAPROXY = "HAProxy"
    FILES = "Files"
    ACM = "ACM"
    CRL_BUNDLE = "CRLBundle"


class ChannelKind(StrEnum):
    """Wire names of the `channel` field of a notification."""

    EMAIL = "Email"
    WEBHOOK = "Webhook"
    SLACK = "Slack"
    TEAMS = "Teams"
    PAGERDUTY = "PagerDuty"
    OPSGENIE = "OpsGenie"
    JSM = "JSM"
    SNS = "SNS"
    EVENTBRIDGE = "EventBridge"


class SettingForm(StrEnum):
    """How a form presents a setting; for a secret, its name."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105  # the name of a form
    LINES = "lines"
    NUMBER = "number"
    SWITCH = "switch"
    CHOICE = "choice"
    LIST = "list"
    ARGUMENTS = "arguments"
    PAIRS = "pairs"


class HostPart(StrEnum):
    """The part of the host that a target's setting reaches: an agent's consent names those that it allows."""

    FILE = "file"
    COMMAND = "command"
    USER = "user"
    GROUP = "group"
    ADDRESS = "address"
    ACM_CERTIFICATE = "acm-certificate"


@dataclass(frozen=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True)
class OnlyWith:
    """Another setting of the same configuration, and its option that this one belongs to."""

    setting: str
    option: str


@dataclass(frozen=True)
class Setting:
    """One setting of a configuration: the allowed values, and the form field."""

    rule: Rule = lambda _: None
    required: bool = False
    """A value must be given; with `only_with`, while that applies."""
    label: str = ""
    help: str = ""
    form: SettingForm = SettingForm.TEXT
    placeholder: str = ""
    default: Value = None
    """The value if it is omitted."""
    options: tuple[Option, ...] = ()
    """The only allowed values; empty allows any."""
    suggestions: tuple[str, ...] = ()
    """Values that a form offers; others are allowed."""
    discouraged: Mapping[str, str] = field(default_factory=dict)
    """Option -> the warning for an administrator who chooses it."""
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    pattern: str = ""
    """A first check in the browser, in the syntax that Python and JavaScript share; `rule` decides."""
    expected: str = ""
    """What the pattern expects, for people."""
    only_with: OnlyWith | None = None
    """Forms show it only while this applies."""
    reference_of: str = ""
    """The kind of secret that its value names, see `secret_references`; empty for any other value."""
    destination: str = ""
    """The receiver of a channel's secret; `{host}` is the setting `host`. A secret is for one destination."""
    takes_url: bool = False
    """The value is an https URL; a secret's may be one that holds no secret."""
    parts: Mapping[str, "Setting"] = field(default_factory=dict)
    """The parts of a setting that is an object: each must be set."""
    reaches: HostPart | None = None

    @property
    def is_secret(self) -> bool:
        return bool(self.reference_of)


Settings = Mapping[str, Setting]
"""Settings by name. Those of an object's parts are inside the object."""


def needed(rule: Rule) -> Setting:
    return Setting(rule, required=True)


def config_problems(
    what: str, config: Mapping[str, Any], settings: Settings, stack: str = ""
) -> Iterator[FieldProblem]:
    """Checks `config.<name>`. `what` is the owner of the settings, for people; `stack` is part of names of
    secrets."""
    allowed = f"allowed are {', '.join(settings)}" if settings else "it has none"
    for name in config:
        if name not in settings:
            yield FieldProblem(f"config.{name}", f"is no setting of {what}; {allowed}")
    for name, setting in settings.items():
        problem = _problem_of(setting, config.get(name), config, stack)
        if problem is not None:
            yield FieldProblem(f"config.{name}", problem)


def _problem_of(setting: Setting, value: Any, config: Mapping[str, Any], stack: str) -> str | None:
    only_with = setting.only_with
    if only_with is not None:
        if setting.required and not value and config.get(only_with.setting) == only_with.option:
            return f"is required with {only_with.option}: {_broken(setting, None, stack)}"
        return None if value is None else _broken(setting, value, stack)
    if value is None and not setting.required:
        return None
    problem = _broken(setting, value, stack)
    return f"is required: {problem}" if problem is not None and value is None else problem


def _broken(setting: Setting, value: Any, stack: str) -> str | None:
    if setting.parts:
        return _broken_part(setting.parts, value, stack)
    if setting.reference_of:
        return _broken_reference(setting.reference_of, value, stack)
    return setting.rule(value)


def _broken_reference(kind: str, value: Any, stack: str) -> str | None:
    if isinstance(value, str) and is_reference(value, stack, kind):
        return None
    return f"must be the name of a secret: {allowed_references(stack, kind)}"


def _broken_part(parts: Settings, value: Any, stack: str) -> str | None:
    if not isinstance(value, Mapping) or set(value) != set(parts):
        return f"must have {' and '.join(parts)}, and nothing else"
    problems = ((name, _broken(part, value[name], stack)) for name, part in parts.items())
    return next((f"{name} {problem}" for name, problem in problems if problem is not None), None)


class Definition(Protocol):
    @property
    def type(self) -> str: ...


class Kinds[D: Definition]:
    """Definitions by type, in their order."""

    def __init__(self, *definitions: D) -> None:
        self._by_type = {definition.type: definition for definition in definitions}

    def __iter__(self) -> Iterator[D]:
        return iter(self._by_type.values())

    def get(self, type_: str) -> D | None:
        return self._by_type.get(type_)

    def of(self, type_: str) -> D:
        """Raises ValueError for a type without a definition."""
        found = self._by_type.get(type_)
        if found is None:
            raise ValueError(f"{type_!r} {self.allowed}")
        return found

    @property
    def allowed(self) -> str:
        """The allowed types, for people."""
        return f"must be one of {', '.join(self._by_type)}"
