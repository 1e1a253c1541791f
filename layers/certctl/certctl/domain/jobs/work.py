"""The work of jobs beyond their certificates, in four kinds. Rows and events have it as four attributes, of
which those of the other kinds are absent."""

from dataclasses import dataclass
from typing import Any, assert_never

from certctl.domain.jobs.tasks import AgentTask
from certctl.domain.policies.evaluations import PolicyEvaluation
from certctl.domain.revocation.bulk import BulkRevocation


@dataclass(frozen=True)
class Order:
    """Work at an issuer."""

    progress: str | None = None
    """JSON, of an external issuer: the order (`issuing/orders.py`), or what was sent of a revocation."""
    task: AgentTask | None = None
    """What the agent that makes the key needs, if one does. The deployments of the version follow from it."""


type Work = Order | AgentTask | BulkRevocation | PolicyEvaluation
"""An `AgentTask` alone is a deployment."""


def attributes_of(work: Work | None) -> dict[str, Any]:
    """The names are permanent: rows are stored, and events sealed, with them."""
    absent = dict.fromkeys(("bulk", "evaluation", "issuer_progress", "task"))
    match work:
        case None:
            return absent
        case Order():
            return absent | {"issuer_progress": work.progress, "task": work.task}
        case AgentTask():
            return absent | {"task": work}
        case BulkRevocation():
            return absent | {"bulk": work}
        case PolicyEvaluation():
            return absent | {"evaluation": work}
        case _:
            assert_never(work)
