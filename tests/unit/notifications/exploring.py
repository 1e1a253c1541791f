"""Every state that a model can reach, and whether each can still come to an end without further faults."""

from collections import deque
from dataclasses import dataclass, field

from tests.unit.notifications.protocol_model import Model
from tests.unit.notifications.protocol_states import Faults, State


@dataclass
class Explored:
    """`calm` holds, for each state, the states from which it is reached without a fault."""

    numbers: dict[State, int] = field(default_factory=dict)
    calm: list[list[int]] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)

    def number(self, state: State) -> int:
        known = self.numbers.get(state)
        if known is not None:
            return known
        self.calm.append([])
        return self.numbers.setdefault(state, len(self.calm) - 1)


def explore(model: Model, faults: Faults, most: int = 1_000_000) -> Explored:
    """Raises Broken at the first state in which an invariant does not hold."""
    found = Explored()
    first = State(faults=faults)
    waiting = deque([first])
    found.number(first)
    while waiting:
        state = waiting.popleft()
        model.check(state)
        here = found.numbers[state]
        if model.is_settled(state):
            found.settled.append(here)
        for following, is_fault in model.steps(state):
            if following not in found.numbers:
                waiting.append(following)
            there = found.number(following)
            if not is_fault:
                found.calm[there].append(here)
        assert len(found.numbers) < most, "the model has no end"
    return found


def stuck_states(found: Explored) -> list[State]:
    """The states from which no end is reached by workers, sweeps and the clock alone."""
    reaching = set(found.settled)
    waiting = deque(found.settled)
    while waiting:
        for before in found.calm[waiting.popleft()]:
            if before not in reaching:
                reaching.add(before)
                waiting.append(before)
    return [state for state, number in found.numbers.items() if number not in reaching]
