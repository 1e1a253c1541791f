"""The approvals of a job, and what they are given for, as one text each, written under the job's epoch."""

import json
from dataclasses import asdict
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.jobs.approvals import ApprovalBasis, GivenApproval
from certctl.domain.times import from_wire, to_wire

_ADDED = ("subject_id", "answerable")


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
    """The approval without what one of an earlier release lacks, too."""
    plain = asdict(approval) | {"given_at": to_wire(approval.given_at)}
    return {name: value for name, value in plain.items() if value or name not in _ADDED}


def _approval(parts: dict[str, Any]) -> GivenApproval:
    lists = {name: tuple(parts.get(name, ())) for name in ("makers", "answerable")}
    return GivenApproval(**parts | lists | {"given_at": from_wire(parts["given_at"])})
