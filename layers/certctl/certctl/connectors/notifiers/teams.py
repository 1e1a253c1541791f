"""Microsoft Teams through a workflow of Power Automate ("Send webhook alerts to a channel").

External text is never Markdown or HTML here: an Adaptive Card's RichTextBlock renders none
(learn.microsoft.com/adaptive-cards/create/textfeatures; a TextBlock and a Fact do), and a MessageCard has
`markdown: false`. So no name can become a link.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import Clock, Post, json_bytes, kind_of_status, outcome_of, utc_now
from certctl.connectors.notifiers.texts import cut_bytes, facts_of, heading, untagged
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.definitions import chosen
from certctl.domain.channels.kinds.teams import MESSAGE_CARD, TEAMS, refuse_retired_connector
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity

# Microsoft says "approximately 28 KB".
SIZE_LIMIT = 28_000
_HEADING_LIMIT = 1_000
_FACT_LIMIT = 600
_LINK_LIMIT = 2_000

_KINDS: Mapping[int, OutcomeKind] = MappingProxyType(
    {
        200: OutcomeKind.ACCEPTED,
        202: OutcomeKind.ACCEPTED,
        401: OutcomeKind.CHANNEL_GONE,
        403: OutcomeKind.RETRYABLE,
        404: OutcomeKind.CHANNEL_GONE,
    }
)
# Of Logic Apps, on which Power Automate runs: its owner turned the workflow off, and may turn it on again.
_TURNED_OFF = b"WorkflowTriggerIsNotEnabled"
# What Teams' own webhooks put into a 200 (learn.microsoft.com, "Rate limiting for connectors").
_HIDDEN_ERROR = b"Microsoft Teams endpoint returned HTTP error"

_COLOURS: Mapping[Severity, tuple[str, str]] = MappingProxyType(
    {
        Severity.CRITICAL: ("Attention", "C4314B"),
        Severity.WARNING: ("Warning", "C19C00"),
        Severity.INFO: ("Accent", "0078D4"),
    }
)
_RESOLVED = ("Good", "237B4B")

Card = dict[str, Any]
Render = Callable[[Message, str], Card]


class Teams:
    """Settings: `url`, the reference of a secret that holds the workflow's URL; `format`, `adaptive_card`
    (without it, too) or `message_card`.
    """

    def __init__(self, config: ChannelConfig, secrets: Secrets, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        url = self._secrets.read(self._settings.get("url", ""), "channels")
        refuse_retired_connector(url)
        render = message_card if chosen(TEAMS, "format", self._settings) == MESSAGE_CARD else adaptive_card
        return Post(url, fitted(message, render))

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return classify(reply, self._now())


def classify(reply: HttpReply, now: datetime) -> Outcome:
    """A 2xx means that the workflow started: whether it posts the card is unknown."""
    if _TURNED_OFF in reply.body and reply.status == 400:
        return outcome_of(OutcomeKind.RETRYABLE, reply, now, "the workflow is turned off")
    if _HIDDEN_ERROR in reply.body and reply.status < 300:
        return _hidden_error(reply, now)
    kind = _KINDS.get(reply.status) or kind_of_status(reply.status)
    if kind is OutcomeKind.DELIVERED:
        return outcome_of(OutcomeKind.RETRYABLE, reply, now, "without 202")
    return outcome_of(kind, reply, now)


def _hidden_error(reply: HttpReply, now: datetime) -> Outcome:
    is_throttle = _HIDDEN_ERROR + b" 429" in reply.body
    kind = OutcomeKind.THROTTLED if is_throttle else OutcomeKind.RETRYABLE
    return outcome_of(kind, reply, now, "with an error in its body")


def fitted(message: Message, render: Render) -> bytes:
    """JSON of at most 28,000 bytes: heading, facts and link are bounded, and the body gets what is left."""

    body = untagged(message.body)

    def encoded(room: int) -> bytes:
        return json_bytes(render(message, cut_bytes(body, room)))

    whole = encoded(len(body.encode()))
    if len(whole) <= SIZE_LIMIT:
        return whole
    return encoded(bisect_left(range(1, SIZE_LIMIT), SIZE_LIMIT + 1, key=lambda room: len(encoded(room))))


def adaptive_card(message: Message, body: str) -> Card:
    """Adaptive Card 1.4 in the envelope that a workflow expects."""
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": [_title(message), *_paragraphs(body), *_fact_blocks(message)],
        "actions": [
            {"type": "Action.OpenUrl", "title": "Open in certctl", "url": link} for link in _links(message)
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def message_card(message: Message, body: str) -> Card:
    """The older format, for workflows and relays that were made for it."""
    facts = [{"name": label, "value": value} for label, value in _facts(message)]
    return {
        "@type": "MessageCard",
        "@context": "https://schema.org/extensions",
        "themeColor": _colours(message)[1],
        "summary": _heading(message),
        "title": _heading(message),
        "sections": [{"markdown": False, "text": body, "facts": facts}],
        "potentialAction": [
            {"@type": "OpenUri", "name": "Open in certctl", "targets": [{"os": "default", "uri": link}]}
            for link in _links(message)
        ],
    }


def _title(message: Message) -> Card:
    style = {"size": "Large", "weight": "Bolder", "color": _colours(message)[0]}
    return _rich_text({"type": "TextRun", "text": _heading(message), **style})


def _paragraphs(body: str) -> list[Card]:
    return [_rich_text({"type": "TextRun", "text": line}) for line in body.splitlines() if line.strip()]


def _fact_blocks(message: Message) -> list[Card]:
    return [
        _rich_text(
            {"type": "TextRun", "text": f"{label}: ", "weight": "Bolder"}, {"type": "TextRun", "text": value}
        )
        | {"spacing": "Small"}
        for label, value in _facts(message)
    ]


def _rich_text(*runs: Card) -> Card:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _heading(message: Message) -> str:
    return cut_bytes(untagged(heading(message)), _HEADING_LIMIT)


def _facts(message: Message) -> list[tuple[str, str]]:
    return [(label, cut_bytes(untagged(value), _FACT_LIMIT)) for label, value in facts_of(message)]


def _links(message: Message) -> list[str]:
    """One or none: a truncated address is invalid."""
    return [message.link] if 0 < len(message.link.encode()) <= _LINK_LIMIT else []


def _colours(message: Message) -> tuple[str, str]:
    return _RESOLVED if message.action is Action.RESOLVE else _COLOURS[message.severity]
