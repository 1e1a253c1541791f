"""Repeats a use case that lost a race with another writer."""

from collections.abc import Callable
from functools import wraps

from certctl.domain.errors import ChangedMeanwhile

_TRIES = 4


def retry_on_conflict[**P, R](use_case: Callable[P, R]) -> Callable[P, R]:
    """For a use case that reads, decides and commits. Raises ChangedMeanwhile when the record changes during
    each of four tries."""

    @wraps(use_case)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(_TRIES - 1):
            try:
                return use_case(*args, **kwargs)
            except ChangedMeanwhile:
                continue
        return use_case(*args, **kwargs)

    return repeated
