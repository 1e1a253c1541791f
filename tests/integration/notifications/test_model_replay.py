"""The model is a model of the real code: a walk of it, taken by the real worker, leads to the same states."""

import random
from collections import Counter
from collections.abc import Sequence

import pytest

from certctl.store.database import Database
from tests.integration.notifications.model_replay import Replay, Step, Walker, view_of
from tests.support.aws.clients import local_aws, new_database
from tests.support.notifications.engine import Engine
from tests.unit.notifications.protocol_states import Faults, State

_FAULTS = Faults(crashes=1, stalls=1, requeues=1, throttles=1)
_STEPS = 25
_STALL = (
    "begin at pending",
    "tick",
    "tick in a stall",
    "tick",
    "begin after a lost attempt",
    "answer delivered",
    "complete in vain",
)
"""A walk that chance hardly ever takes: two workers answer, and the one that stalled writes nothing."""
_KINDS = {
    "begin at pending",
    "begin at failed",
    "begin after a lost attempt",
    "answer delivered",
    "answer retryable",
    "answer permanent",
    "answer throttled",
    "complete to sent",
    "complete to failed",
    "complete to dead",
    "complete in vain",
    "crash before the send",
    "crash after the send",
    "tick",
    "tick in a stall",
    "requeue of dead",
    "requeue of failed",
}


def test_the_real_worker_takes_each_step_of_the_model_to_the_same_state() -> None:
    kinds: Counter[str] = Counter()
    with local_aws():
        database = new_database()
        _walk(database, 0, kinds, _STALL)
        for seed in range(1, 20):
            _walk(database, seed, kinds)
    assert {kind for kind in _KINDS if not kinds[kind]} == set()


@pytest.mark.nightly
def test_the_real_worker_takes_400_walks_of_the_model() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(1000, 1400):
        with local_aws():
            _walk(new_database(), seed, kinds)


def _walk(database: Database, seed: int, kinds: Counter[str], first: Sequence[str] = ()) -> None:
    """Takes these kinds of steps first, then prefers those that no walk has had yet."""
    rng = random.Random(seed)  # noqa: S311  # walks that repeat
    walker, replay, state = Walker(), Replay(Engine(database)), State(faults=_FAULTS)
    taken: list[Step] = []
    for _ in range(_STEPS):
        following = list(walker.steps(state))
        if not following:
            break
        wanted = first[len(taken)] if len(taken) < len(first) else ""
        step, after = min(
            following,
            key=lambda each: _rank(_kind(each[0], state, each[1]), wanted, kinds, rng),
        )
        replay.take(step, state)
        taken.append(step)
        assert replay.view() == view_of(after), taken
        kinds[_kind(step, state, after)] += 1
        state = after
    replay.end()


def _rank(kind: str, wanted: str, kinds: Counter[str], rng: random.Random) -> float:
    """The lowest is taken; the earlier worker's step of two that are wanted."""
    return -1 if kind == wanted else kinds[kind] + rng.random() * 4


def _kind(step: Step, before: State, after: State) -> str:
    worker = before.workers[step.me]
    match step.kind:
        case "begin":
            is_lost = after.booked > before.booked
            return "begin after a lost attempt" if is_lost else f"begin at {before.status}"
        case "answer":
            return f"answer {step.answer}"
        case "complete":
            is_ours = before.owner == step.me and worker.epoch == before.epoch
            return f"complete to {after.status}" if is_ours else "complete in vain"
        case "crash":
            return f"crash {'before' if worker.phase == 'sending' else 'after'} the send"
        case "requeue":
            return f"requeue of {before.status}"
    return "tick in a stall" if after.faults.stalls < before.faults.stalls else "tick"
