"""Options of `create` and `edit`, and how they become values of a record's fields."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl_client.errors import ConfigurationError
from certctl_client.times import span_of

type Sent = Callable[[Any, Any], Any]
"""Makes the value to send from the typed value and the record's current one (None for a new record)."""


def as_typed(typed: Any, _: Any) -> Any:
    return typed


@dataclass(frozen=True)
class Field:
    """An option for a field of a record. `kind` is the option's type and `flag` its name, if they differ from
    the field's."""

    name: str
    help: str
    flag: str = ""
    kind: Any = None
    sent: Sent = as_typed
    into: str = ""
    """The record's field, if several options make it."""

    @property
    def record_field(self) -> str:
        return self.into or self.name

    @property
    def option(self) -> str:
        return self.flag or f"--{self.name.replace('_', '-')}"


_TEXTS = frozenset({"auth_time", "client_id", "client_secret"})
"""Settings of a sign-in that stay texts even if they look like numbers."""


def or_none[T: (str, int)](typed: T, _: Any) -> T | None:
    """The value, or None for an empty text or zero, which removes the value."""
    return typed or None


def seconds(typed: str, _: Any) -> int:
    return int(span_of(typed).total_seconds())


def settings(typed: Sequence[str], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """`region=eu-west-1`, `max_days=47`, `test_command=["nginx","-t"]`; `region=` removes one. The others
    stay. Raises ConfigurationError."""
    values = dict(before or {})
    for text in typed:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise ConfigurationError(f"{text!r} has no value.", "Use --setting name=value.")
        values[name] = _value(value)
    return {name: value for name, value in values.items() if value != ""}


def key_rules(typed: Sequence[str], _: Any) -> list[dict[str, Any]]:
    """`RSA:3072,4096`, `Ed25519`; an empty one allows every key. Raises ConfigurationError."""
    return [_key_rule(text) for text in typed if text]


def claim_rules(typed: Sequence[str], _: Any) -> list[dict[str, Any]]:
    """`repository_id=1296269`, `kubernetes.io>namespace=shop`; a name that is repeated takes each value.
    Raises ConfigurationError."""
    found: dict[tuple[str, ...], list[str]] = {}
    for text in typed:
        name, equals, value = text.partition("=")
        if not name or not equals or not value:
            raise ConfigurationError(f"{text!r} is no claim with a value.", "Use --claim name=value.")
        found.setdefault(tuple(part.strip() for part in name.split(">")), []).append(value)
    return [{"path": list(path), "values": values} for path, values in found.items()]


def fixed_values(typed: Sequence[str], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """`O=Example`: rules that set values; `O=` removes one. The others stay. Raises ConfigurationError."""
    return _with_rules("fixed", "--subject", typed, before)


def allowed_values(typed: Sequence[str], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """`OU=eng-*`: rules that allow values; `OU=` removes one. The others stay. Raises ConfigurationError."""
    return _with_rules("allowed", "--allow-subject", typed, before)


def certificate_policies(typed: Sequence[str], _: Any) -> list[dict[str, Any]]:
    """`1.3.6.1.4.1.32473.1=https://pki.example.com/cps`; an empty one removes all."""
    named = [text.partition("=") for text in typed if text]
    return [{"oid": oid, "cps_uri": uri or None} for oid, _, uri in named]


def claim_path(typed: str, _: Any) -> list[str]:
    """`groups`, `realm_access>roles`."""
    return [part.strip() for part in typed.split(">")]


def teams_or_all(typed: Sequence[str], _: Any) -> list[str] | str:
    """The given teams; `*` stands for all."""
    return "*" if list(typed) == ["*"] else [text for text in typed if text]


def role_grants(typed: Sequence[str], _: Any) -> list[dict[str, Any]]:
    """`operator:t-web,t-shop`, `auditor:*`; an empty one gives none. Raises ConfigurationError."""
    return [_role_grant(text) for text in typed if text]


def sign_in_settings(typed: Sequence[str], before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """`client_id=0oa1`, `required_claims={"hd":["example.com"]}`; the others stay. An empty text: nobody
    signs in with it. Raises ConfigurationError."""
    if list(typed) == [""]:
        return None
    values = dict(before or {})
    for text in typed:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise ConfigurationError(f"{text!r} has no value.", "Use --sign-in name=value.")
        values[name] = value if name in _TEXTS else _value(value)
    return values


def key_set(typed: str, _: Any) -> dict[str, Any] | None:
    """Parses a JSON key set. Raises ConfigurationError."""
    if not typed:
        return None
    try:
        value = json.loads(typed)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ConfigurationError("--jwks is no JSON object.", 'Use --jwks "$(cat keys.json)".')
    return value


def some_or_none(typed: Sequence[str], _: Any) -> list[str] | None:
    """The given texts; an empty text removes the limit."""
    return [text for text in typed if text] or None


def every_one(typed: Sequence[str], _: Any) -> list[str]:
    """The given texts; an empty text removes all entries."""
    return [text for text in typed if text]


def _with_rules(
    rule: str, flag: str, typed: Sequence[str], before: Mapping[str, Any] | None
) -> dict[str, Any]:
    rules = dict(before or {})
    for text in typed:
        attribute, equals, value = text.partition("=")
        if not attribute or not equals:
            raise ConfigurationError(f"{text!r} has no value.", f"Use {flag} O=Example; O= removes a rule.")
        rules[attribute] = {rule: value} if value else None
    return {attribute: each for attribute, each in rules.items() if each}


def _key_rule(text: str) -> dict[str, Any]:
    algorithm, _, sizes = text.partition(":")
    try:
        return {"algorithm": algorithm, "sizes": [int(size) for size in sizes.split(",") if size]}
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a kind of key.", "Use RSA:3072,4096 or ECDSA.") from None


def _role_grant(text: str) -> dict[str, Any]:
    role, _, teams = text.partition(":")
    named = [team.strip() for team in teams.split(",") if team.strip()]
    if not role or not named:
        raise ConfigurationError(
            f"{text!r} is no role with teams.", "Use --grant operator:t-web or auditor:*."
        )
    return {"role": role, "teams": "*" if named == ["*"] else named}


def _value(text: str) -> Any:
    """The parsed JSON if the text is JSON, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
