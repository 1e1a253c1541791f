"""An evaluation of a policy as one text: only the worker that holds its job changes it, always as a whole."""

import json
from dataclasses import asdict

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.times import from_wire, to_wire


class PolicyEvaluationText(Attribute[PolicyEvaluation]):
    attr_type = STRING

    def serialize(self, value: PolicyEvaluation) -> str:
        parts = asdict(value) | {"changed_at": to_wire(value.changed_at)}
        return json.dumps(parts, separators=(",", ":"))

    def deserialize(self, value: str) -> PolicyEvaluation:
        parts = json.loads(value)
        return PolicyEvaluation(**parts | {"changed_at": from_wire(parts["changed_at"])})
