"""How urgent something is for the people who have to act."""

from enum import StrEnum


class Urgency(StrEnum):
    """Critical: something fails now, or within a day. Warning: it will. Notice: somebody should act."""

    CRITICAL = "critical"
    WARNING = "warning"
    NOTICE = "notice"
