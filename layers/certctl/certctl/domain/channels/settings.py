"""Checks a channel's settings against the definition of its kind: their form, then their values."""

import re
from collections.abc import Iterator, Mapping

from certctl.domain.audit.events import REDACTED, redacted
from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues, chosen
from certctl.domain.errors import FieldProblem
from certctl.domain.kinds import Setting
from certctl.domain.secret_references import allowed_references, is_reference

_TEXT_LIMIT = 256
_URL_LIMIT = 2048
_NAME = re.compile(r"[a-z][a-z_]{0,31}")


def field_of(setting: str) -> str:
    """The field's place in the body. An invalid name is not repeated: it may be a misplaced secret."""
    return f"settings.{setting}" if _NAME.fullmatch(setting) else "settings"


def form_problems(definition: ChannelDefinition, given: SettingValues, stack: str) -> list[FieldProblem]:
    """Every setting that is unknown, missing or of the wrong form, each with what is allowed and without its
    value."""
    known = definition.settings_for(given)
    return [
        *_unknown(definition.kind, known, given),
        *_missing(known, given),
        *_ill_formed(known, given, stack),
    ]


def check_values(definition: ChannelDefinition, given: SettingValues) -> None:
    """Checks values that will be saved. Raises InvalidInput, with the setting's name and without its value.
    Secrets are not read, so their content (Teams' URL) is checked at the send."""
    if definition.check:
        definition.check(given)
    for name, setting in definition.settings_for(given).items():
        if setting.options:
            chosen(definition, name, given)


def warnings_of(definition: ChannelDefinition, given: SettingValues) -> list[str]:
    """Hints for the administrator of a channel that works today. Without secrets."""
    discouraged = (each.discouraged.get(given.get(name, "")) for name, each in definition.settings.items())
    return [warning for warning in (definition.notice, *discouraged) if warning]


def plain_urls(definition: ChannelDefinition, given: SettingValues) -> dict[str, str]:
    """The URLs that a channel would call and that are not secrets, by setting."""
    known = definition.settings_for(given)
    may_be_urls = {name for name, setting in known.items() if setting.takes_url}
    return {name: text for name, text in given.items() if "://" in text and name in may_be_urls}


def with_hidden_values(
    definition: ChannelDefinition, given: SettingValues, stored: SettingValues
) -> dict[str, str]:
    """A value sent back as the API shows it changes nothing: it stands for the stored value."""
    shown = redacted(stored, definition.plain_settings)
    return {name: stored[name] if text == shown.get(name) else text for name, text in given.items()}


def _unknown(kind: str, known: Mapping[str, Setting], given: SettingValues) -> Iterator[FieldProblem]:
    allowed = ", ".join(sorted(known))
    for name in sorted(given.keys() - known.keys()):
        yield FieldProblem(field_of(name), f"a {kind} channel has these settings: {allowed}")


def _missing(known: Mapping[str, Setting], given: SettingValues) -> Iterator[FieldProblem]:
    for name, setting in known.items():
        if setting.required and not given.get(name):
            yield FieldProblem(field_of(name), "is needed")


def _ill_formed(known: Mapping[str, Setting], given: SettingValues, stack: str) -> Iterator[FieldProblem]:
    for name, text in given.items():
        allowed = _refusal(known[name], text, stack) if name in known else ""
        if allowed:
            yield FieldProblem(field_of(name), allowed)


def _refusal(setting: Setting, text: str, stack: str) -> str:
    """What is allowed; nothing for an allowed text. An empty text counts as missing."""
    if not text:
        return ""
    if REDACTED in text:
        return "send the value itself, not what the API shows in its place"
    limit = _URL_LIMIT if setting.takes_url or setting.is_secret else _TEXT_LIMIT
    if not text.isprintable() or len(text) > limit:
        return f"must be one line of at most {limit} characters"
    return _refused_content(setting, text, stack)


def _refused_content(setting: Setting, text: str, stack: str) -> str:
    if setting.takes_url and "://" in text:
        return ""
    if not setting.is_secret:
        return "must be an https URL" if setting.takes_url else ""
    if is_reference(text, stack, setting.reference_of):
        return ""
    secret = f"the name of a secret, {allowed_references(stack, setting.reference_of)}"
    if setting.takes_url:
        return f"must be an https URL or {secret}"
    return f"must be {secret}, never the secret itself"
