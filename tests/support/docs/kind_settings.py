"""Settings in `certctl channels|issuers|targets create` against the kinds that the domain defines."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from certctl.domain.agents.kinds.registry import TARGET_KINDS
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS

_KINDS: Mapping[str, tuple[str, str, Any]] = {
    "channels": ("--kind", "--set", CHANNEL_KINDS),
    "issuers": ("--type", "--setting", ISSUER_KINDS),
    "targets": ("--type", "--setting", TARGET_KINDS),
}


def fault(arguments: list[str]) -> str | None:
    """The fault of a `create` without `--from-file` or an ellipsis; None for any other command."""
    if len(arguments) < 2 or arguments[0] not in _KINDS or arguments[1] != "create":
        return None
    if {"...", "--from-file", "--help"} & set(arguments):
        return None
    kind_option, setting_option, kinds = _KINDS[arguments[0]]
    (kind,) = _values(arguments, kind_option)
    given = dict(value.partition("=")[::2] for value in _values(arguments, setting_option))
    defined = {str(getattr(each, "kind", "") or each.type): each for each in kinds}.get(kind)
    return f"there is no kind {kind}" if defined is None else _fault_of(defined, given)


def _applies(setting: Any, given: Mapping[str, str]) -> bool:
    """Whether the setting belongs to what is chosen; channels have left the others out."""
    with_ = setting.only_with
    return with_ is None or given.get(with_.setting) == with_.option


def _values(arguments: list[str], option: str) -> list[str]:
    return [after for word, after in pairwise(arguments) if word == option]


def _fault_of(definition: Any, given: Mapping[str, str]) -> str | None:
    settings = definition.settings_for(given) if hasattr(definition, "settings_for") else definition.settings
    if unknown := given.keys() - settings.keys():
        return f"no setting {min(unknown)}"
    missing = [
        name
        for name, each in settings.items()
        if each.required and _applies(each, given) and not given.get(name)
    ]
    return f"the setting {missing[0]} is missing" if missing else None
