"""OpsGenie's Alert API and that of its successor, Jira Service Management (docs.opsgenie.com, "Alert API";
developer.atlassian.com, "Jira Service Management ops: Integration events")."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import (
    Clock,
    Post,
    json_bytes,
    outcome_at_api,
    outcome_of,
    read_key,
    utc_now,
)
from certctl.connectors.notifiers.texts import cut, facts_of, heading, incident_key, one_line, untagged
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.base_urls import api_url
from certctl.domain.channels.kinds.definitions import ChannelDefinition, chosen
from certctl.domain.channels.kinds.jsm import JSM as JSM_KIND
from certctl.domain.channels.kinds.opsgenie import OPSGENIE as OPSGENIE_KIND
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity
from certctl.observability import logger

MESSAGE_LIMIT = 130
ALIAS_LIMIT = 512
NOTE_LIMIT = 25_000
_ENCODED_ALIAS_LIMIT = 3 * ALIAS_LIMIT
_TAG_LIMIT = 50
_ENTITY_LIMIT = 512
# All details together may have 8,000 characters.
_DETAIL_LIMIT = 800
_BODY_LIMIT = 6_000
_LINK_LIMIT = 2_000


@dataclass(frozen=True)
class AlertApi:
    """The API of one of the two; `path` is below the base URL."""

    kind: ChannelDefinition
    base: str
    path: str


OPSGENIE = AlertApi(OPSGENIE_KIND, "https://api.opsgenie.com", "/v2/alerts")
JSM = AlertApi(JSM_KIND, "https://api.atlassian.com", "/jsm/ops/integration/v2/alerts")


class Alerts:
    """Settings: `api_key`, the reference of a secret that holds an integration's key; `priority`, what a
    warning gets (default P3); `url`, the base (OpsGenie in the EU: https://api.eu.opsgenie.com).
    """

    def __init__(self, config: ChannelConfig, secrets: Secrets, api: AlertApi, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._api = api
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        if self._api.kind.notice:
            _log_once(self._api.kind.notice)
        alerts = api_url(self._settings, self._api.base, self._api.path)
        priority = chosen(self._api.kind, "priority", self._settings)
        headers = {"Authorization": f"GenieKey {self._key()}"}
        if message.action is Action.RESOLVE:
            return Post(close_url(alerts, message), json_bytes(closing_of(message)), headers)
        return Post(alerts, json_bytes(alert_of(message, priority)), headers)

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return classify(reply, message.action, self._now())

    def _key(self) -> str:
        return read_key(self._secrets, self._settings.get("api_key", ""))


@cache
def _log_once(notice: str) -> None:
    """Once per process."""
    logger.warning(notice)


def classify(reply: HttpReply, action: Action, now: datetime) -> Outcome:
    """The outcome of a reply. If there is no alert (any more), a resolve has succeeded. The provider says so
    in JSON: a 404 of another form comes from something else at that URL."""
    if reply.status == 404 and action is Action.RESOLVE and b'"requestId"' in reply.body:
        return outcome_of(OutcomeKind.ACCEPTED, reply, now)
    return outcome_at_api(reply, now)


def close_url(alerts: str, message: Message) -> str:
    """Every character of the alias that means something in a path is percent-encoded, `/` first of all."""
    return f"{alerts}/{quote(alias_of(message), safe='')}/close?identifierType=alias"


def alias_of(message: Message) -> str:
    """The alias: at most 512 characters, and what fits into a URL once they are percent-encoded, else a
    SHA-256."""
    alias = incident_key(message, ALIAS_LIMIT)
    if len(quote(alias, safe="")) <= _ENCODED_ALIAS_LIMIT:
        return alias
    return hashlib.sha256(alias.encode()).hexdigest()


def alert_of(message: Message, priority: str) -> dict[str, Any]:
    """A trigger. `priority` is what a warning gets."""
    facts = message.certificate
    return {
        "message": cut(untagged(one_line(message.subject)), MESSAGE_LIMIT),
        "alias": alias_of(message),
        "description": _description(message),
        "priority": _priority(message.severity, priority),
        "source": "certctl",
        "entity": cut(facts.common_name or facts.name, _ENTITY_LIMIT),
        "tags": _tags(message),
        "details": {label: cut(value, _DETAIL_LIMIT) for label, value in facts_of(message)},
    }


def closing_of(message: Message) -> dict[str, str]:
    note = f"{heading(message)}\n{message.body}".rstrip()
    return {"source": "certctl", "note": cut(untagged(note), NOTE_LIMIT)}


def _priority(severity: Severity, warning: str) -> str:
    return {Severity.CRITICAL: "P1", Severity.WARNING: warning, Severity.INFO: "P5"}[severity]


def _tags(message: Message) -> list[str]:
    candidates = ["certctl", message.type, message.severity, message.certificate.environment]
    return [cut(one_line(tag), _TAG_LIMIT) for tag in candidates if tag.strip()]


def _description(message: Message) -> str:
    """The description: at most 15,000 characters. Each part has its bound, so that a long body cuts no fact
    off."""
    facts = [f"{label}: {cut(untagged(value), _DETAIL_LIMIT)}" for label, value in facts_of(message)]
    link = message.link if len(message.link) <= _LINK_LIMIT else ""
    lines = [cut(untagged(message.body), _BODY_LIMIT), *facts, link]
    return "\n".join(line for line in lines if line)
