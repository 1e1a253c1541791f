"""The approvals of a job as one text, written as a whole under the job's epoch."""

import json
from dataclasses import asdict
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.approvals import GivenApproval
from certctl.domain.times import from_wire, to_wire


class ApprovalsText(Attribute[tuple[GivenApproval, ...]]):
    attr_type = STRING

    def serialize(self, value: tuple[GivenApproval, ...]) -> str:
        return json.dumps([_plain(each) for each in value], separators=(",", ":"))

    def deserialize(self, value: str) -> tuple[GivenApproval, ...]:
        return tuple(_approval(parts) for parts in json.loads(value))


def _plain(approval: GivenApproval) -> dict[str, Any]:
    return asdict(approval) | {"given_at": to_wire(approval.given_at)}


def _approval(parts: dict[str, Any]) -> GivenApproval:
    read = {"given_at": from_wire(parts["given_at"]), "makers": tuple(parts["makers"])}
    return GivenApproval(**parts | read)
