"""Responses of a server whose records have hostile names wherever people or strangers choose a text."""

import json
from typing import Any

from tests.support.client.samples import sampled
from tests.support.client.server import Asked, Reply, json_reply
from tests.support.hostile_names import HOSTILE_NAMES

_CHOSEN = frozenset(
    {
        *("name", "names", "certificate_name", "common_name", "dns_names", "hostname", "hostname_pattern"),
        *("subject", "title", "description", "message", "reason", "detail", "note", "error", "last_error"),
        *(
            "email",
            "contact",
            "contacts",
            "actor_name",
            "user_agent",
            "client",
            "agent_version",
            "version",
            "os",
        ),
        *("host", "address", "url", "path", "place", "places", "allowed_names", "patterns", "sources"),
    }
)


def hostile(asked: Asked) -> Reply:
    """A list has a record for each name; one record has the first name."""
    reply = sampled(asked)
    if reply.headers.get("Content-Type") != "application/json" or reply.status != 200:
        return reply
    document = json.loads(reply.body)
    if not isinstance(document.get("data"), list):
        return json_reply(_renamed(document, next(iter(HOSTILE_NAMES.values()))))
    record = document["data"][0]
    return json_reply(document | {"data": [_renamed(record, name) for name in HOSTILE_NAMES.values()]})


def _renamed(value: Any, name: str, field: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _renamed(each, name, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, name, field) for each in value]
    return name if isinstance(value, str) and field in _CHOSEN and value == f"the-{field}" else value
