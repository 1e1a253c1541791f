"""Imports by HTTP."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from certctl.crypto.inventory.facts import parse
from tests.support.api.http import Answer, Client
from tests.support.functions.deployed import Deployed

INVENTORY = "/api/v1/inventory"
CERTIFICATES = f"{INVENTORY}/certificates"
IMPORTS = f"{INVENTORY}/imports"
Sent = dict[str, Any]


def sent(place: str, der: bytes, *chain: bytes, **more: Any) -> Sent:
    """A certificate in the body of a chunk."""
    texts = [base64.b64encode(each).decode() for each in chain]
    return {"place": place, "der": base64.b64encode(der).decode(), "chain": texts} | more


@dataclass(frozen=True)
class Importer:
    api: Client

    def begun(self, name: str = "web-1", team_id: str | None = None) -> str:
        body = {"name": name} | ({"team_id": team_id} if team_id else {})
        answer = self.api.post(IMPORTS, body)
        assert answer.status == 201, answer.text
        return str(answer.body["id"])

    def chunk(self, import_id: str, number: int, certificates: Sequence[Sent]) -> Answer:
        path = f"{IMPORTS}/{import_id}/chunks/{number}"
        return self.api.send("PUT", path, {"certificates": list(certificates)})

    def imported(self, *certificates: Sent, name: str = "web-1", team_id: str | None = None) -> Any:
        """The progress of a whole import."""
        import_id = self.begun(name, team_id)
        answer = self.chunk(import_id, 1, certificates)
        assert answer.status == 200, answer.text
        return self.api.post(f"{IMPORTS}/{import_id}/complete").body

    def one(self, der: bytes) -> Answer:
        return self.api.get(f"{CERTIFICATES}/{parse(der).fingerprint}")


def importer(stack: Deployed) -> Importer:
    """An administrator's."""
    return Importer(stack.admin("inventory_api"))
