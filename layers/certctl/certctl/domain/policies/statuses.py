"""Severities of policies and states of evaluations, without the policies: what shows them needs no more."""

from enum import StrEnum


class PolicySeverity(StrEnum):
    """Warning records the violation; Error and Critical also refuse the change."""

    WARNING = "Warning"
    ERROR = "Error"
    CRITICAL = "Critical"

    @property
    def refuses(self) -> bool:
        return self is not PolicySeverity.WARNING


class EvaluationState(StrEnum):
    """Confirming: all were evaluated, and those of the first two minutes are evaluated again."""

    WAITING = "waiting"
    RUNNING = "running"
    CONFIRMING = "confirming"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
