"""What a channel of kind Webhook delivers, for the `webhooks` of the OpenAPI document.

The example is the recorded request in docs/channels/webhook.md, which a test compares with what is sent.
"""

import json
import re
from typing import Any

from tests.support.template import ROOT

_RECORDED = re.compile(r"<!-- recorded: Webhook -->\n```http\n(.*?)\n\n(.*?)\n```", re.DOTALL)
_REF = "#/components/schemas/"
_TIME = {"type": "string", "format": "date-time"}
_NULLABLE = [{"type": "string"}, {"type": "null"}]


def _text(description: str, **more: Any) -> dict[str, Any]:
    return {"description": description, **({"type": "string"} | more if "anyOf" not in more else more)}


def _object(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    shape = {"title": name, "type": "object", "description": description}
    return shape | {"properties": properties, "required": list(properties)}


WEBHOOK_SCHEMAS: dict[str, Any] = {
    "AlertDelivery": _object(
        "AlertDelivery",
        "One alert. Fields may be added: ignore unknown ones.",
        {
            "type": {"$ref": f"{_REF}NotificationType", "description": "Type of the alert."},
            "timestamp": _text("When it happened.", format="date-time"),
            "data": {"$ref": f"{_REF}DeliveredAlert", "description": "The alert."},
        },
    ),
    "DeliveredAlert": _object(
        "DeliveredAlert",
        "The alert, the same on every attempt.",
        {
            "id": _text("Id of the notification, as in `webhook-id`."),
            "severity": {"$ref": f"{_REF}Severity", "description": "How urgent it is."},
            "action": {
                "$ref": f"{_REF}Action",
                "description": "`resolve` ends the incident that a `trigger` with this `dedup_key` began.",
            },
            "dedup_key": _text("Alerts with the same key are about the same incident."),
            "subject": _text("One line for people."),
            "message": _text("The text for people."),
            "certificate": {"$ref": f"{_REF}DeliveredCertificate", "description": "What the alert is about."},
            "link": _text("Page of the dashboard.", anyOf=_NULLABLE),
        },
    ),
    "DeliveredCertificate": _object(
        "DeliveredCertificate",
        "Facts at the time of the event; null or empty for an alert that is about no certificate.",
        {
            "name": _text("Display name of the certificate.", anyOf=_NULLABLE),
            "common_name": _text("Common name of the subject.", anyOf=_NULLABLE),
            "serial": _text("Serial number in hexadecimal.", anyOf=_NULLABLE),
            "expires_at": _text(
                "When it expires.", anyOf=[{"type": "string", "format": "date-time"}, _NULLABLE[1]]
            ),
            "environment": _text("Its environment.", anyOf=_NULLABLE),
            "owner": _text("Name of the owner, for people.", anyOf=_NULLABLE),
            "team": _text("Name of the team, for people.", anyOf=_NULLABLE),
            "owner_id": _text("Id of the owner.", anyOf=_NULLABLE),
            "team_id": _text("Id of the team.", anyOf=_NULLABLE),
        },
    ),
}


def recorded() -> tuple[dict[str, str], Any]:
    """Headers and body of the recorded delivery."""
    found = _RECORDED.search((ROOT / "docs" / "channels" / "webhook.md").read_text(encoding="utf-8"))
    assert found is not None, "docs/channels/webhook.md has no recorded webhook"
    lines = found[1].splitlines()[1:]
    return {name: value for name, _, value in (line.partition(": ") for line in lines)}, json.loads(found[2])


def webhooks() -> dict[str, Any]:
    headers, body = recorded()
    delivery = {
        "operationId": "alert",
        "summary": "An alert to a channel of kind Webhook",
        "description": (
            "Sent to the URL of the channel as [Standard Webhooks](https://www.standardwebhooks.com) "
            "describes. Any 2xx within 10 seconds accepts it; 429 and `Retry-After` make the channel wait; "
            "410 disables it; 408, 425 and 5xx are tried again, and other 4xx are final. Delivered at least "
            "once: `webhook-id` is the idempotency key."
        ),
        "tags": ["channels"],
        "security": [],
        "parameters": [_header(name, headers) for name in _HEADERS],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": f"{_REF}AlertDelivery"}, "example": body},
            },
        },
        "responses": {
            "2XX": {"description": "Accepted"},
            "410": {"description": "The receiver wants no further events: the channel is disabled"},
            "429": {"description": "Not now: the channel waits for `Retry-After`"},
        },
    }
    return {"alert": {"post": delivery}}


_HEADERS = {
    "webhook-id": "Id of the notification, the same on every attempt.",
    "webhook-timestamp": "Seconds since 1970 of this attempt: refuse old ones.",
    "webhook-signature": "`v1,<base64>` for each secret of the channel, separated by spaces; else absent.",
}


def _header(name: str, example: dict[str, str]) -> dict[str, Any]:
    where = {"name": name, "in": "header", "required": name != "webhook-signature"}
    return where | {
        "description": _HEADERS[name],
        "schema": {"type": "string"},
        "example": example[name],
    }
