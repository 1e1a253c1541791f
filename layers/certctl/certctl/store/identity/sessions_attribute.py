"""The sessions of a subject as one text."""

import json
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.access.sign_in import SessionLimit
from certctl.domain.audit.events import facts
from certctl.domain.identity.sessions import Session, SessionClient
from certctl.domain.times import from_wire


class SessionsText(Attribute[tuple[Session, ...]]):
    """A JSON array of objects that is written and read as a whole."""

    attr_type = STRING

    def serialize(self, value: tuple[Session, ...]) -> str:
        return json.dumps([_session_members(session) for session in value], separators=(",", ":"))

    def deserialize(self, value: str) -> tuple[Session, ...]:
        return tuple(_session_of(members) for members in json.loads(value))


def _session_members(session: Session) -> dict[str, Any]:
    """A browser's have no `client`."""
    return {name: value for name, value in facts(session).items() if value and value != SessionClient.BROWSER}


def _session_of(members: dict[str, Any]) -> Session:
    times = {name: from_wire(text) for name, text in members.items() if name.endswith("_at")}
    client = SessionClient(members.get("client", SessionClient.BROWSER))
    limits = tuple(map(SessionLimit, members.get("limits", ())))
    return Session(**members | times | {"client": client, "limits": limits})
