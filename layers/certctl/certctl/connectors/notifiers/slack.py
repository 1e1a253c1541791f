"""Slack incoming webhooks (docs.slack.dev, "Sending messages using incoming webhooks")."""

from datetime import datetime

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import Clock, Post, json_bytes, kind_of_status, outcome_of, utc_now
from certctl.connectors.notifiers.texts import ELLIPSIS, facts_of, heading
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

TEXT_LIMIT = 40_000
# Room for the heading and the facts, which follow the body and must not be cut off by a long one.
_SUBJECT_LIMIT = 1_000
_FACT_LIMIT = 300
_LINK_LIMIT = 2_000
_BODY_LIMIT = TEXT_LIMIT - _SUBJECT_LIMIT - _LINK_LIMIT - 8 * (_FACT_LIMIT + 20)

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}

# Slack's word in the body is more precise than its status, which has changed over the years.
_KINDS = {
    "channel_is_archived": OutcomeKind.CHANNEL_GONE,
    "no_service": OutcomeKind.CHANNEL_GONE,
    "no_service_id": OutcomeKind.CHANNEL_GONE,
    "no_active_hooks": OutcomeKind.CHANNEL_GONE,
    "no_team": OutcomeKind.CHANNEL_GONE,
    "team_disabled": OutcomeKind.CHANNEL_GONE,
    "invalid_token": OutcomeKind.CHANNEL_GONE,
    "invalid_payload": OutcomeKind.PERMANENT,
    "user_not_found": OutcomeKind.PERMANENT,
    "action_prohibited": OutcomeKind.PERMANENT,
    "channel_not_found": OutcomeKind.PERMANENT,
    "posting_to_general_channel_denied": OutcomeKind.PERMANENT,
    "no_text": OutcomeKind.PERMANENT,
    "missing_text_or_fallback_or_attachments": OutcomeKind.PERMANENT,
    "too_many_attachments": OutcomeKind.PERMANENT,
    "rate_limited": OutcomeKind.THROTTLED,
    "rollup_error": OutcomeKind.RETRYABLE,
}


class Slack:
    """Settings: `url`, the reference of a secret with the webhook's URL; `channel`, `username`, which only
    legacy webhooks use."""

    def __init__(self, config: ChannelConfig, secrets: Secrets, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        overrides = {key: self._settings[key] for key in ("channel", "username") if self._settings.get(key)}
        url = self._secrets.read(self._settings.get("url", ""), "channels")
        return Post(url, json_bytes({"text": text_of(message), **overrides}))

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return classify(reply, self._now())


def classify(reply: HttpReply, now: datetime) -> Outcome:
    """A 200 is a delivery only with the body `ok`: error words and the pages of a proxy come with 200 too."""
    word = reply.body.decode("utf-8", "replace").strip()
    if reply.status == 200 and word == "ok":
        return outcome_of(OutcomeKind.DELIVERED, reply, now)
    if word in _KINDS and reply.status < 500 and reply.status not in (410, 429):
        return outcome_of(_KINDS[word], reply, now, word)
    kind = kind_of_status(reply.status)
    if kind is OutcomeKind.DELIVERED:
        return outcome_of(OutcomeKind.RETRYABLE, reply, now, "without ok")
    return outcome_of(kind, reply, now, word if word in _KINDS else "")


def text_of(message: Message) -> str:
    """mrkdwn of at most 40,000 characters; all escaped, so that no name contains a mention."""
    body = escape_to_fit(message.body, _BODY_LIMIT)
    lines = [
        f"*{escape_to_fit(heading(message), _SUBJECT_LIMIT)}*",
        body,
        *_facts(message),
        _link(message.link),
    ]
    return "\n".join(line for line in lines if line)


def escape_to_fit(text: str, limit: int) -> str:
    """Escapes `& < >` and cuts at `limit` characters, never inside an escape."""
    escaped = [_ESCAPES.get(character, character) for character in text[:limit]]
    if len(text) <= limit and sum(map(len, escaped)) <= limit:
        return "".join(escaped)
    kept, room = [], limit - len(ELLIPSIS)
    for piece in escaped:
        room -= len(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept) + ELLIPSIS


def _facts(message: Message) -> list[str]:
    return [f"• {label}: {escape_to_fit(value, _FACT_LIMIT)}" for label, value in facts_of(message)]


def _link(link: str) -> str:
    if not link or len(link) > _LINK_LIMIT // 6:
        return ""
    return f"<{escape_to_fit(link, _LINK_LIMIT)}|Open in certctl>"
