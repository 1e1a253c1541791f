"""Use cases that lose a race with another writer: one is repeated, a report is left to the other run."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from certctl.domain.errors import ChangedMeanwhile
from certctl.observability import logger

if TYPE_CHECKING:
    from certctl.unit_of_work.unit import UnitOfWork

_TRIES = 4


def retry_on_conflict[**P, R](use_case: Callable[P, R]) -> Callable[P, R]:
    """Repeats a use case that reads, decides and commits. Raises ChangedMeanwhile when the record changes
    during each of four tries."""

    @wraps(use_case)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(_TRIES - 1):
            try:
                return use_case(*args, **kwargs)
            except ChangedMeanwhile:
                continue
        return use_case(*args, **kwargs)

    return repeated


def is_committed(unit: "UnitOfWork", report: str, about: dict[str, str]) -> bool:
    """Commits what a scheduled run reports. False if another run has reported it, which `about` says in the
    log. Raises Unavailable."""
    try:
        unit.commit()
    except ChangedMeanwhile:
        logger.info(f"another run has {report}", extra=about)
        return False
    return True
