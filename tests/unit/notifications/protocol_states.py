"""The protocol of claims (ADR 4, ADR 9) as a state machine: one row, two workers, a clock, and
everything that fails.

Times are ticks from now. A lease lasts three, a send with its completion one at most; more is a stall.
A token is the worker that holds it, `X` where its holder is gone, `LATE` where a duplicate of its claim is
under way.
"""

from dataclasses import dataclass
from typing import NamedTuple

LEASE, WORK, WAIT, DEAD_LETTER_WAIT, MAX_ATTEMPTS = 3, 1, 1, 1, 2
X, LATE = 8, 9
OPEN = ("pending", "failed")
WORKERS = (0, 1)


@dataclass(frozen=True)
class Rules:
    """Each is true of the protocol; a mutant breaks one."""

    arms_first_failure: bool = True
    respects_leases: bool = True
    accepts_own_token: bool = True
    second_try_is_conditional: bool = True
    books_lost_attempts: bool = True
    spent_is_not_sent: bool = True
    checks_time: bool = True
    gives_back_by_token: bool = True
    gives_back_uncharged: bool = True
    completes_by_token: bool = True
    rereads_refused_completions: bool = True
    reread_compares_budget: bool = True
    failure_releases: bool = True
    marks_dead_letters: bool = True
    publishes_before_clearing: bool = True
    rereads_before_publishing: bool = True
    clears_by_epoch: bool = True
    requeue_respects_leases: bool = True
    requeue_raises_epoch: bool = True
    requeue_resets_budget: bool = True
    parked_stays_due: bool = True
    probe_is_uncharged: bool = True


class Worker(NamedTuple):
    """`fits`: the row is still as this worker saw it (its attempt, or before a claim, its lease)."""

    phase: str = "idle"
    epoch: int = 0
    retry: int = 0
    lost: bool = False
    outcome: str = ""
    elapsed: int = 0
    lease: int = 0
    fits: bool = True
    stalled: bool = False


IDLE = Worker()


class Faults(NamedTuple):
    """How many of each may still happen."""

    crashes: int = 0
    stalls: int = 0
    requeues: int = 0
    duplicates: int = 0
    throttles: int = 0
    outages: int = 0


class State(NamedTuple):
    """The row, then what only an observer knows: `tries` of this epoch, `delivered` in it, `excuses` for
    duplicates, attempts `lost` to faults and `booked` as lost, whether the dead letter is `published`."""

    status: str = "pending"
    due: int | None = 0
    epoch: int = 1
    retry: int = 0
    owner: int | None = None
    lease: int = 0
    dead_letter: bool = False
    published: bool = False
    tries: int = 0
    delivered: int = 0
    excuses: int = 0
    lost: int = 0
    booked: int = 0
    late: tuple[int, int] | None = None
    faults: Faults = Faults()
    workers: tuple[Worker, Worker] = (IDLE, IDLE)


class Broken(Exception):
    """An invariant does not hold."""


_TIMED = ("held", "sending", "sent", "refused")


def older(worker: Worker) -> Worker:
    """A tick later; one that has used its time up is stalled from then on."""
    if worker.phase not in _TIMED:
        return worker
    over = worker.elapsed >= (WORK if worker.phase != "held" else LEASE - 1)
    elapsed = worker.elapsed if over else worker.elapsed + 1
    return worker._replace(elapsed=elapsed, lease=max(worker.lease - 1, 0), stalled=worker.stalled or over)


def with_worker(state: State, me: int, worker: Worker) -> State:
    first, second = state.workers
    return state._replace(workers=(worker, second) if me == 0 else (first, worker))


def unfit(state: State) -> State:
    """Lease and attempt changed: nobody's view of them holds any more."""
    first, second = (w if w is IDLE else w._replace(fits=False) for w in state.workers)
    return state._replace(workers=(first, second))


def released(state: State) -> State:
    return unfit(state._replace(owner=None, lease=0))


def due_anew(state: State) -> State:
    """A duplicate that is still under way asks for what was due at its own time: it will be refused."""
    late = state.late and state.late[0]
    return state._replace(late=None, owner=X if late == LATE == state.owner else state.owner)


def ended(state: State, me: int) -> State:
    """A duplicate that is still under way carries a token that is nobody's any more."""
    is_late = state.late is not None and state.late[0] == me
    return state._replace(late=(LATE, state.late[1])) if is_late and state.late else state


def orphaned(state: State, me: int) -> State:
    """The token outlives its worker."""
    left = ended(state, me)
    return left._replace(owner=X if left.late == state.late else LATE) if state.owner == me else left
