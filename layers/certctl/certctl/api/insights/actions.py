"""The action that has the counters recounted."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from certctl.api.actions import Action, Fields
from certctl.domain.times import to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.insights.recount_requests import RecountRequests


def recount(requests: "Callable[[], RecountRequests]") -> Action:
    """The maintenance schedule does it within minutes; a second call returns the progress."""

    def run(_: Fields) -> dict[str, Any]:
        at = requests().request()
        return {
            "shards_left": len(at.left),
            "corrected": at.corrected,
            "started_at": to_wire_or_none(at.started_at),
            "last_finished_at": to_wire_or_none(at.finished_at),
            "last_corrected": at.last_corrected,
        }

    return run
