"""Webhooks by Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks)."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.notifiers.base import Clock, Post, json_bytes, outcome_of_status, utc_now
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import InvalidInput
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import Outcome
from certctl.domain.times import to_wire

_PREFIX = "whsec_"


class Webhook:
    """Settings: `url`, an https URL or the reference of a secret with one; `secret`, the reference of one or
    more `whsec_<base64>` separated by white space (the new and the old one during a rotation). Without
    `secret` the requests are unsigned."""

    def __init__(self, config: ChannelConfig, secrets: Secrets, now: Clock = utc_now) -> None:
        self._settings = config.settings
        self._secrets = secrets
        self._now = now

    def post(self, message: Message) -> Post:
        body, url = body_of(message), self._url()
        return Post(url, body, headers_of(message.notification_id, self._timestamp(), body, self._keys()))

    def outcome(self, reply: HttpReply, message: Message) -> Outcome:
        return outcome_of_status(reply, self._now())

    def _url(self) -> str:
        configured = self._settings.get("url", "")
        return configured if "://" in configured else self._secrets.read(configured, "channels")

    def _timestamp(self) -> int:
        return int(self._now().timestamp())

    def _keys(self) -> list[bytes]:
        reference = self._settings.get("secret", "")
        if not reference:
            return []
        return [decode_secret(text) for text in self._secrets.read(reference, "channels").split()]


def headers_of(notification_id: str, timestamp: int, body: bytes, keys: list[bytes]) -> dict[str, str]:
    """The id is the same on every attempt, the timestamp (Unix seconds) is the attempt's own."""
    headers = {
        "webhook-id": notification_id,
        "webhook-timestamp": str(timestamp),
    }
    if keys:
        signed = f"{notification_id}.{timestamp}.".encode() + body
        headers["webhook-signature"] = " ".join(sign(signed, key) for key in keys)
    return headers


def sign(signed_content: bytes, key: bytes) -> str:
    digest = hmac.digest(key, signed_content, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def decode_secret(text: str) -> bytes:
    """Raises InvalidInput, without the text."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key or not text.startswith(_PREFIX):
        raise InvalidInput.of("secret", "the signing secret is not whsec_ and base64")
    return key


def body_of(message: Message) -> bytes:
    """`{"type", "timestamp", "data"}`, byte for byte the same on every attempt."""
    document = {"type": message.type, "timestamp": to_wire(message.occurred_at), "data": _data(message)}
    return json_bytes(document)


def _data(message: Message) -> dict[str, Any]:
    return {
        "id": message.notification_id,
        "severity": message.severity,
        "action": message.action,
        "dedup_key": message.dedup_key,
        "subject": message.subject,
        "message": message.body,
        "certificate": _certificate(message.certificate),
        "link": message.link,
        **digest_of(message),
    }


def digest_of(message: Message) -> dict[str, Any]:
    """The field of a weekly digest; other alerts do not have it."""
    return {} if message.digest is None else {"digest": message.digest}


def _certificate(facts: CertificateFacts) -> dict[str, str | None]:
    return {
        "name": facts.name,
        "common_name": facts.common_name,
        "serial": facts.serial,
        "expires_at": to_wire(facts.expires_at) if facts.expires_at else None,
        "environment": facts.environment,
        "owner": facts.owner,
        "team": facts.team,
        "owner_id": facts.owner_id,
        "team_id": facts.team_id,
    }
