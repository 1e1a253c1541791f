"""What a policy writes with a change that breaks it, or keeps it again."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from certctl.domain.due_work import Nudge
from certctl.store.writes import Write


@dataclass(frozen=True)
class PolicyEffects:
    """Violations to write, one group of steps each, and whom to wake once they are written."""

    groups: Sequence[Sequence[Write]] = ()
    nudges: Sequence[Nudge] = field(default_factory=tuple)

    @property
    def actions(self) -> int:
        return sum(map(len, self.groups))
