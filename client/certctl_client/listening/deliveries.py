"""Alerts as webhooks deliver them: Standard Webhooks 1.0, as the stack's channels of kind Webhook."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from certctl_client.api.schema import CertificateView, NotificationType, NotificationView
from certctl_client.errors import ConfigurationError

SECRET_VARIABLE = "CERTCTL_LISTEN_SECRET"  # noqa: S105 - the name of a variable
_PREFIX = "whsec_"
_NO_CERTIFICATE: Mapping[str, str | None] = {
    "name": "",
    "common_name": "",
    "serial": "",
    "expires_at": None,
    "environment": "",
    "owner": "",
    "team": "",
    "owner_id": "",
    "team_id": "",
}


@dataclass(frozen=True)
class Delivery:
    """`id` is the same on every attempt. `body` is JSON."""

    id: str
    body: bytes

    def headers(self, timestamp: int, key: bytes) -> dict[str, str]:
        """`timestamp` is the attempt's own, in Unix seconds."""
        signed = f"{self.id}.{timestamp}.".encode() + self.body
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return {
            "content-type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": f"v1,{signature}",
        }


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def secret_of_run(environment: Mapping[str, str], say: Callable[[str], None]) -> str:
    """The secret of the environment, or a new one, which is shown."""
    if secret := environment.get(SECRET_VARIABLE, ""):
        return secret
    secret = new_secret()
    say(f"Signing secret of this run: {secret}")
    return secret


def signing_key(secret: str) -> bytes:
    """Raises ConfigurationError, without the secret."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not key or not secret.startswith(_PREFIX):
        raise ConfigurationError(f"{SECRET_VARIABLE} is not {_PREFIX} and base64.")
    return key


def delivery_of(row: NotificationView, certificate: CertificateView | None, link: str) -> Delivery:
    """`certificate` is its present record. If that cannot be read, only the name is known."""
    data = {
        "id": row["id"],
        "severity": row["severity"],
        "action": row["action"],
        "dedup_key": row["dedup_key"],
        "subject": row["subject"],
        "message": row["message"],
        "certificate": _facts(row, certificate),
        "link": link,
    }
    return _delivery(row["id"], row["type"], row["created_at"], data)


def sample_delivery(type_: NotificationType, at: str) -> Delivery:
    """A sample that says that it is a test. Nothing of a stack is in it."""
    id_ = f"notif-test-{uuid4().hex}"
    data = {
        "id": id_,
        "severity": "info",
        "action": "trigger",
        "dedup_key": f"Test/listen/{id_}",
        "subject": f"Test: {type_} (sample)",
        "message": f"A sample of the alert {type_}. Nothing has happened, nothing is to be done.",
        "certificate": {**_NO_CERTIFICATE, "name": "sample", "common_name": "sample.example.com"},
        "link": "",
    }
    return _delivery(id_, type_, at, data)


def _delivery(id_: str, type_: str, at: str, data: Mapping[str, Any]) -> Delivery:
    document = {"type": type_, "timestamp": at, "data": data}
    return Delivery(id_, json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode())


def _facts(row: NotificationView, certificate: CertificateView | None) -> Mapping[str, str | None]:
    known = {**_NO_CERTIFICATE, "name": row["certificate_name"] or "", "team_id": row["team_id"] or ""}
    if certificate is None:
        return known
    return {
        **known,
        "common_name": certificate["common_name"],
        "serial": certificate["serial_number"] or "",
        "expires_at": certificate["expires_at"],
        "environment": certificate["environment"] or "",
        "owner": certificate["owner_id"] or "",
        "team": certificate["team_id"] or "",
        "owner_id": certificate["owner_id"] or "",
        "team_id": certificate["team_id"] or "",
    }
