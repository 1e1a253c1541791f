"""An agent's task as an attribute of its job."""

import json
from dataclasses import asdict

from pynamodb.attributes import Attribute
from pynamodb.constants import STRING

from certctl.domain.jobs.tasks import AgentTask


class AgentTaskText(Attribute[AgentTask]):
    """JSON that is written and read as a whole."""

    attr_type = STRING

    def serialize(self, value: AgentTask) -> str:
        return json.dumps(asdict(value), separators=(",", ":"))

    def deserialize(self, value: str) -> AgentTask:
        parts = json.loads(value)
        return AgentTask(**parts | {"sans": tuple(parts["sans"])})
