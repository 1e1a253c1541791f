"""PagerDuty Events API v2 (developer.pagerduty.com, "Events API v2 Overview", "Send an Alert Event")."""

from datetime import datetime
from typing import Any

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import Clock, Post, json_bytes, outcome_at_api, read_key, utc_now
from certctl.connectors.notifiers.texts import cut, cut_bytes, facts_of, heading, incident_key
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.base_urls import api_url
from certctl.domain.channels.kinds.definitions import chosen
from certctl.domain.channels.kinds.pagerduty import PAGERDUTY
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome
from certctl.domain.notifications.statuses import Action, Severity
from certctl.domain.times import to_wire

BASE_URL = "https://events.pagerduty.com"
PATH = "/v2/enqueue"
SUMMARY_LIMIT = 1024
KEY_LIMIT = 255
# An event may have 512 KB. These leave room for every character to be escaped.
_BODY_LIMIT = 32 * 1024
_FACT_LIMIT = 1024
_LINK_LIMIT = 2_000


class PagerDuty:
    """Settings: `routing_key`, the reference of a secret that holds an integration key; `severity`, what a
    warning is (default `warning`); `url`, the base (EU: https://events.eu.pagerduty.com).
    """

    def __init__(self, config: ChannelConfig, secrets: Secrets, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        url = api_url(self._settings, BASE_URL, PATH)
        warning = chosen(PAGERDUTY, "severity", self._settings)
        routing_key = read_key(self._secrets, self._settings.get("routing_key", ""))
        return Post(url, json_bytes({"routing_key": routing_key, **event_of(message, warning)}))

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return classify(reply, self._now())


def classify(reply: HttpReply, now: datetime) -> Outcome:
    """A 400 is final; if the key is at fault, the text says so in our words."""
    names_key = reply.status == 400 and (b"routing_key" in reply.body or b"routing key" in reply.body.lower())
    return outcome_at_api(reply, now, "the routing key is refused" if names_key else "")


def event_of(message: Message, warning: str) -> dict[str, Any]:
    """The event without its routing key. `warning` is the severity that a warning gets."""
    key = incident_key(message, KEY_LIMIT)
    if message.action is Action.RESOLVE:
        return {"event_action": "resolve", "dedup_key": key}
    link = _link(message)
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "client": "certctl",
        **({"client_url": link, "links": [{"href": link, "text": "Open in certctl"}]} if link else {}),
        "payload": _payload(message, warning),
    }


def _payload(message: Message, warning: str) -> dict[str, Any]:
    facts = message.certificate
    return {
        "summary": cut(heading(message), SUMMARY_LIMIT),
        "severity": warning if message.severity is Severity.WARNING else message.severity,
        "source": cut(facts.common_name or facts.name, _FACT_LIMIT) or "certctl",
        "timestamp": to_wire(message.occurred_at),
        "class": message.type,
        "custom_details": _details(message),
    }


def _details(message: Message) -> dict[str, str]:
    facts = {label: cut(value, _FACT_LIMIT) for label, value in facts_of(message)}
    body = {"What happened": cut_bytes(message.body, _BODY_LIMIT)}
    return body | facts | {"Notification": message.notification_id}


def _link(message: Message) -> str:
    return message.link if len(message.link) <= _LINK_LIMIT else ""
