"""Which settings a channel of each kind has, and their form. What each may say, the notifiers know."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.audit.events import REDACTED, redacted
from certctl.domain.channels.channels import ChannelKind
from certctl.domain.errors import FieldProblem
from certctl.domain.secret_references import allowed_references, is_reference

Settings = Mapping[str, str]

_TEXT_LIMIT = 256
_URL_LIMIT = 2048
_NAME = re.compile(r"[a-z][a-z_]{0,31}")


class Form(StrEnum):
    """A secret is set by its reference only. A URL that holds no secret may be set as it is."""

    TEXT = "text"
    REFERENCE = "reference"
    URL = "url"
    URL_OR_REFERENCE = "url or reference"


@dataclass(frozen=True)
class Setting:
    form: Form = Form.TEXT
    is_needed: bool = False


_TEXT = Setting()
_NEEDED_TEXT = Setting(is_needed=True)
_SECRET = Setting(Form.REFERENCE)
_NEEDED_SECRET = Setting(Form.REFERENCE, is_needed=True)
_URL = Setting(Form.URL)
_ALERTS = {"api_key": _NEEDED_SECRET, "priority": _TEXT, "url": _URL}
_MAIL = {"transport": _TEXT, "from_address": _NEEDED_TEXT, "to": _TEXT}
_SMTP = {
    **_MAIL,
    "host": _NEEDED_TEXT,
    "port": _TEXT,
    "tls": _TEXT,
    "username": _TEXT,
    "password": _SECRET,
}
_SES = {**_MAIL, "configuration_set": _TEXT}
_SETTINGS: Mapping[ChannelKind, Mapping[str, Setting]] = {
    ChannelKind.WEBHOOK: {"url": Setting(Form.URL_OR_REFERENCE, is_needed=True), "secret": _SECRET},
    ChannelKind.SLACK: {"url": _NEEDED_SECRET, "channel": _TEXT, "username": _TEXT},
    ChannelKind.TEAMS: {"url": _NEEDED_SECRET, "format": _TEXT},
    ChannelKind.PAGERDUTY: {"routing_key": _NEEDED_SECRET, "severity": _TEXT, "url": _URL},
    ChannelKind.OPSGENIE: _ALERTS,
    ChannelKind.JSM: _ALERTS,
    ChannelKind.SNS: {"topic_arn": _NEEDED_TEXT},
    ChannelKind.EVENTBRIDGE: {"event_bus": _TEXT, "source": _TEXT},
}


def field_of(setting: str) -> str:
    """Where it stands in the body. A name that is none is not repeated: it may be a secret gone astray."""
    return f"settings.{setting}" if _NAME.fullmatch(setting) else "settings"


def form_problems(kind: ChannelKind, given: Settings, stack: str) -> list[FieldProblem]:
    """Every setting that is unknown, missing or of another form, each with what is allowed and without its
    value."""
    known = _known(kind, given)
    return [*_unknown(kind, known, given), *_missing(known, given), *_ill_formed(known, given, stack)]


def plain_urls(kind: ChannelKind, given: Settings) -> dict[str, str]:
    """By setting, the URLs that a channel would call and that are no secrets."""
    known = _known(kind, given)
    return {name: text for name, text in given.items() if "://" in text and _may_be_url(known.get(name))}


def with_hidden_values(given: Settings, stored: Settings) -> dict[str, str]:
    """Whoever sends back what the API showed them changes nothing: it stands for the value that it hides."""
    shown = redacted(stored)
    return {name: stored[name] if text == shown.get(name) else text for name, text in given.items()}


def _known(kind: ChannelKind, given: Settings) -> Mapping[str, Setting]:
    if kind is ChannelKind.EMAIL:
        return _SES if given.get("transport") == "ses" else _SMTP
    return _SETTINGS[kind]


def _unknown(kind: ChannelKind, known: Mapping[str, Setting], given: Settings) -> Iterator[FieldProblem]:
    allowed = ", ".join(sorted(known))
    for name in sorted(given.keys() - known.keys()):
        yield FieldProblem(field_of(name), f"a {kind} channel has these settings: {allowed}")


def _missing(known: Mapping[str, Setting], given: Settings) -> Iterator[FieldProblem]:
    for name, setting in known.items():
        if setting.is_needed and not given.get(name):
            yield FieldProblem(field_of(name), "is needed")


def _ill_formed(known: Mapping[str, Setting], given: Settings, stack: str) -> Iterator[FieldProblem]:
    for name, text in given.items():
        allowed = _refusal(known[name].form, text, stack) if name in known else ""
        if allowed:
            yield FieldProblem(field_of(name), allowed)


def _refusal(form: Form, text: str, stack: str) -> str:
    """What is allowed, or nothing where the text is of this form. An empty text is a missing one."""
    if not text:
        return ""
    if REDACTED in text:
        return "send the value itself, not what the API shows in its place"
    if not text.isprintable() or len(text) > (_TEXT_LIMIT if form is Form.TEXT else _URL_LIMIT):
        return f"must be one line of at most {_TEXT_LIMIT if form is Form.TEXT else _URL_LIMIT} characters"
    return _refusal_by_form(form, text, stack)


def _refusal_by_form(form: Form, text: str, stack: str) -> str:
    secret = f"the name of a secret, {allowed_references(stack, 'channels')}"
    if form is Form.URL and "://" not in text:
        return "must be an https URL"
    if form is Form.REFERENCE and not is_reference(text, stack, "channels"):
        return f"must be {secret}, never the secret itself"
    if form is Form.URL_OR_REFERENCE and "://" not in text and not is_reference(text, stack, "channels"):
        return f"must be an https URL or {secret}"
    return ""


def _may_be_url(setting: Setting | None) -> bool:
    return setting is not None and setting.form in (Form.URL, Form.URL_OR_REFERENCE)
