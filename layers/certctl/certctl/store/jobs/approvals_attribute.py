"""The approvals of a job, and what they are given for, as one text each, written under the job's epoch."""

import json
from dataclasses import asdict
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.approvals import ApprovalBasis, GivenApproval
from certctl.domain.times import from_wire, to_wire


class ApprovalsText(Attribute[tuple[GivenApproval, ...]]):
    attr_type = STRING

    def serialize(self, value: tuple[GivenApproval, ...]) -> str:
        return json.dumps([_plain(each) for each in value], separators=(",", ":"))

    def deserialize(self, value: str) -> tuple[GivenApproval, ...]:
        return tuple(_approval(parts) for parts in json.loads(value))


class BasisText(Attribute[ApprovalBasis]):
    attr_type = STRING

    def serialize(self, value: ApprovalBasis) -> str:
        return json.dumps(asdict(value), separators=(",", ":"))

    def deserialize(self, value: str) -> ApprovalBasis:
        return ApprovalBasis(**json.loads(value))


def _plain(approval: GivenApproval) -> dict[str, Any]:
    return asdict(approval) | {"given_at": to_wire(approval.given_at)}


def _approval(parts: dict[str, Any]) -> GivenApproval:
    read = {"given_at": from_wire(parts["given_at"]), "makers": tuple(parts["makers"])}
    return GivenApproval(**parts | read)
