"""Retries while a stack is being set up: a role created seconds ago is not effective everywhere yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.errors import NotServed, Unavailable
from certctl.observability import logger

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 15.0
_REFUSALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True)
class SetupRetry:
    longest: timedelta
    now: Callable[[], datetime]
    sleep: Callable[[float], object]

    def until_done[T](self, attempt: Callable[[], T]) -> T:
        """The result of `attempt`, or its last failure after `longest`. Permanent errors fail at once.
        `attempt` is idempotent."""
        gives_up_at, pause = self.now() + self.longest, _FIRST_PAUSE
        while True:
            try:
                return attempt()
            except Exception as error:
                if not _may_settle(error) or self.now() + timedelta(seconds=pause) > gives_up_at:
                    raise
                logger.warning("not yet; trying again", extra={"cause": str(error)[:300], "pause": pause})
            self.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _may_settle(error: BaseException) -> bool:
    """Refusals are identified by name: botocore's by their code, ours by their class."""
    if isinstance(error, NotServed):
        return error.settles
    if isinstance(error, Unavailable) or type(error).__name__ in _REFUSALS:
        return True
    response = getattr(error, "response", None)
    return isinstance(response, dict) and response.get("Error", {}).get("Code") in _REFUSALS
