"""What may happen next in each state of the protocol, and what must hold there."""

from collections.abc import Iterator

from tests.unit.notifications.protocol_states import (
    DEAD_LETTER_WAIT,
    IDLE,
    LATE,
    LEASE,
    MAX_ATTEMPTS,
    OPEN,
    WAIT,
    WORK,
    WORKERS,
    Broken,
    Rules,
    State,
    Worker,
    X,
    due_anew,
    older,
    orphaned,
    released,
    unfit,
    with_worker,
)

Steps = Iterator[tuple[State, bool]]
"""Next states, each with whether a fault led there."""


class Model:
    def __init__(self, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()

    def steps(self, state: State) -> Steps:
        for number in WORKERS:
            yield from self._worker_steps(state, number)
        yield from self._tick(state)
        yield from self._requeue(state)
        yield from self._late_duplicate(state)

    def check(self, state: State) -> None:
        """What must hold in every state."""
        if state.status in OPEN and state.due is None:
            raise Broken("a row that wants work is not in the due index")
        if (
            state.status == "dead"
            and not state.published
            and not (state.dead_letter and state.due is not None)
        ):
            raise Broken("a dead letter is lost")
        if state.status == "sent" and (state.due is not None or state.owner is not None):
            raise Broken("a sent row still wants work")
        if state.status == "sent" and not state.delivered:
            raise Broken("sent without a delivery")
        if state.delivered > 1 + state.excuses:
            raise Broken("a duplicate without a crash or stall between send and complete")
        if state.tries > MAX_ATTEMPTS:
            raise Broken("more attempts than the budget has")
        if state.booked > state.lost:
            raise Broken("an attempt was booked as lost that was not")

    def is_settled(self, state: State) -> bool:
        """Nothing is left to do, and nobody holds anything."""
        done = state.status == "sent" or (state.status == "dead" and not state.dead_letter)
        return done and state.due is None and state.owner is None

    def _worker_steps(self, state: State, me: int) -> Steps:
        worker = state.workers[me]
        if worker.phase == "idle":
            yield from self._begin(state, me)
            return
        yield from PHASES[worker.phase](self, state, me, worker)
        if state.faults.crashes:
            yield self._crash(state, me, worker), True

    # claim

    def _begin(self, state: State, me: int) -> Steps:
        if state.due != 0:
            return
        if state.status == "dead":
            yield with_worker(state, me, Worker("nominated", state.epoch)), False
        elif state.status in OPEN:
            yield from self._claim(state, me)

    def _claim(self, state: State, me: int) -> Steps:
        if state.owner is not None and self.rules.respects_leases:
            if state.lease == 0:
                yield with_worker(state, me, Worker("second", retry=state.retry)), False
            return
        taken = self._taken(state, me, lost=False)
        yield taken, False
        if state.faults.duplicates:
            yield from self._claim_with_lost_answer(state, taken, me)

    def _claim_with_lost_answer(self, state: State, taken: State, me: int) -> Steps:
        fewer = state.faults._replace(duplicates=state.faults.duplicates - 1)
        if not self.rules.accepts_own_token:
            yield with_worker(taken._replace(owner=X, faults=fewer), me, IDLE), True
            return
        yield taken._replace(late=(me, LEASE), faults=fewer), True

    def _second(self, state: State, me: int, worker: Worker) -> Steps:
        if not worker.fits and self.rules.second_try_is_conditional:
            yield with_worker(state, me, IDLE), False
            return
        booked = self.rules.books_lost_attempts
        seen = state._replace(retry=worker.retry + booked, booked=state.booked + 1)
        is_spent = seen.retry >= MAX_ATTEMPTS and self.rules.spent_is_not_sent
        yield self._taken(seen._replace(tries=state.tries - is_spent), me, lost=True), False

    def _taken(self, state: State, me: int, *, lost: bool) -> State:
        worker = Worker("held", state.epoch, state.retry, lost, lease=LEASE)
        moved = unfit(state._replace(owner=me, lease=LEASE, tries=state.tries + 1))
        return with_worker(moved, me, worker)

    def _held(self, state: State, me: int, worker: Worker) -> Steps:
        if worker.lost and worker.retry >= MAX_ATTEMPTS and self.rules.spent_is_not_sent:
            yield with_worker(state, me, worker._replace(phase="sent", outcome="spent")), False
        elif worker.lease > WORK or not self.rules.checks_time:
            yield with_worker(state, me, worker._replace(phase="sending", elapsed=0)), False
        else:
            yield self._given_back(state, me, worker), False
        if state.faults.outages:
            yield from self._at_open_channel(state, me, worker)

    def _at_open_channel(self, state: State, me: int, worker: Worker) -> Steps:
        """The row is parked, or is too old for that."""
        parked = self._given_back(state, me, worker)
        if not self.rules.parked_stays_due and parked.owner is None:
            parked = parked._replace(due=None)
        yield parked, False
        fewer = state.faults._replace(outages=state.faults.outages - 1)
        expired = worker._replace(phase="sent", outcome="expired")
        yield with_worker(state._replace(faults=fewer), me, expired), False

    def _given_back(self, state: State, me: int, worker: Worker) -> State:
        """Gives the row back on the token alone: a late duplicate of the claim may have raised the
        attempt."""
        if not (state.owner == me if self.rules.gives_back_by_token else self._holds(state, me, worker)):
            return self._finished(state, me)
        after = self._finished(state, me)
        if not self.rules.gives_back_uncharged:
            return released(after)._replace(retry=state.retry + 1)
        return released(after)._replace(tries=state.tries - 1)

    # send and complete

    def _sending(self, state: State, me: int, worker: Worker) -> Steps:
        done = worker._replace(phase="sent")
        delivered = state._replace(delivered=state.delivered + 1)
        yield with_worker(delivered, me, done._replace(outcome="delivered")), False
        yield with_worker(state, me, done._replace(outcome="retryable")), False
        yield with_worker(state, me, done._replace(outcome="permanent")), False
        if state.faults.throttles:
            fewer = state.faults._replace(throttles=state.faults.throttles - 1)
            yield with_worker(state._replace(faults=fewer), me, done._replace(outcome="throttled")), False
        if state.faults.outages:
            fewer = state.faults._replace(outages=state.faults.outages - 1)
            yield with_worker(state._replace(faults=fewer), me, done._replace(outcome="failed probe")), False

    def _sent(self, state: State, me: int, worker: Worker) -> Steps:
        if self._holds(state, me, worker):
            yield self._completed(with_worker(due_anew(state), me, IDLE), me, worker), False
        else:
            yield with_worker(state, me, worker._replace(phase="refused")), False

    def _holds(self, state: State, me: int, worker: Worker) -> bool:
        if not self.rules.completes_by_token:
            return state.status in OPEN
        return state.owner == me and worker.fits and state.epoch == worker.epoch

    def _completed(self, state: State, me: int, worker: Worker) -> State:
        freed = released(state) if self.rules.failure_releases else state
        match worker.outcome:
            case "delivered":
                return released(state)._replace(status="sent", due=None)
            case "throttled":
                return freed._replace(status="failed", due=WAIT, tries=state.tries - 1)
            case "failed probe":
                retry = worker.retry + (not self.rules.probe_is_uncharged)
                return freed._replace(status="failed", due=WAIT, retry=retry, tries=state.tries - 1)
            case "retryable" if worker.retry < MAX_ATTEMPTS - 1:
                armed = WAIT if worker.retry or self.rules.arms_first_failure else None
                return freed._replace(status="failed", due=armed, retry=worker.retry + 1)
            case _:
                return self._dead(released(state), me, worker)

    def _dead(self, state: State, me: int, worker: Worker) -> State:
        if worker.outcome not in ("permanent", "expired") and state.tries < MAX_ATTEMPTS:
            raise Broken("dead before its budget is spent")
        marked = self.rules.marks_dead_letters
        dead = state._replace(
            status="dead",
            due=DEAD_LETTER_WAIT if marked else None,
            dead_letter=marked,
            published=False,
        )
        return with_worker(dead, me, Worker("nominated", state.epoch))

    def _refused(self, state: State, me: int, worker: Worker) -> Steps:
        """The row is read consistently: a late duplicate of our own claim may have raised the attempt."""
        is_mine = state.owner == me and state.epoch == worker.epoch
        is_mine = is_mine and (state.retry == worker.retry or not self.rules.reread_compares_budget)
        if is_mine and self.rules.rereads_refused_completions:
            yield with_worker(state, me, worker._replace(phase="sent", fits=True)), False
        else:
            yield self._finished(state, me), False

    def _finished(self, state: State, me: int) -> State:
        return with_worker(orphaned(state, me), me, IDLE)

    # dead letters

    def _nominated(self, state: State, me: int, worker: Worker) -> Steps:
        is_dead = state.status == "dead" and state.dead_letter
        if is_dead or not self.rules.rereads_before_publishing:
            phase = "publishing" if self.rules.publishes_before_clearing else "clearing"
            yield with_worker(state, me, Worker(phase, state.epoch if is_dead else worker.epoch)), False
            return
        yield with_worker(state, me, IDLE), False

    def _publishing(self, state: State, me: int, worker: Worker) -> Steps:
        if state.status != "dead" and not self.rules.rereads_before_publishing:
            raise Broken("a dead letter of a requeued row")
        is_this = state.status == "dead" and state.epoch == worker.epoch
        published = state._replace(published=state.published or is_this)
        after = "clearing" if self.rules.publishes_before_clearing else "idle"
        yield with_worker(published, me, Worker(after, worker.epoch)), False

    def _clearing(self, state: State, me: int, worker: Worker) -> Steps:
        same = state.epoch == worker.epoch or not self.rules.clears_by_epoch
        after = "idle" if self.rules.publishes_before_clearing else "publishing"
        done = with_worker(state, me, Worker(after, worker.epoch))
        if state.status == "dead" and state.dead_letter and same:
            done = done._replace(dead_letter=False, due=None)
        yield done, False

    # what happens to them

    def _crash(self, state: State, me: int, worker: Worker) -> State:
        reached = worker.phase in ("sent", "refused") and worker.outcome == "delivered"
        fewer = state.faults._replace(crashes=state.faults.crashes - 1)
        crashed = state._replace(
            faults=fewer,
            excuses=state.excuses + reached,
            lost=state.lost + (state.owner == me),
        )
        return self._finished(crashed, me)

    def _requeue(self, state: State) -> Steps:
        unheld = state.owner is None or state.lease == 0 or not self.rules.requeue_respects_leases
        if not state.faults.requeues or not (state.status == "dead" or (state.status == "failed" and unheld)):
            return
        again = released(due_anew(state))._replace(
            status="pending",
            due=0,
            epoch=state.epoch + self.rules.requeue_raises_epoch,
            retry=0 if self.rules.requeue_resets_budget else state.retry,
            dead_letter=False,
            published=False,
            tries=0,
            delivered=0,
            faults=state.faults._replace(requeues=state.faults.requeues - 1),
        )
        yield again, True

    def _late_duplicate(self, state: State) -> Steps:
        """The first copy of a claim arrives after the second was answered."""
        if state.late is None:
            return
        token, left = state.late
        arrived = state._replace(late=None)
        if state.status in OPEN and state.due == 0 and state.owner in (None, token):
            is_new = state.owner is None
            arrived = unfit(
                arrived._replace(
                    owner=X if token == LATE else token,
                    lease=left,
                    tries=state.tries + is_new,
                    lost=state.lost + is_new,
                )
            )
        elif state.owner == LATE:
            arrived = arrived._replace(owner=X)
        yield arrived, False

    def _tick(self, state: State) -> Steps:
        workers = tuple(older(worker) for worker in state.workers)
        newly = sum(
            after.stalled and not before.stalled for before, after in zip(state.workers, workers, strict=True)
        )
        stalls = state.faults.stalls - newly
        if stalls < 0:
            return
        later = state._replace(
            due=state.due and state.due - 1,
            lease=max(state.lease - 1, 0),
            late=state.late and (state.late[0], max(state.late[1] - 1, 0)),
            workers=(workers[0], workers[1]),
            excuses=state.excuses + newly,
            lost=state.lost + newly,
            faults=state.faults._replace(stalls=stalls),
        )
        if later != state:
            yield later, bool(newly)


PHASES = {
    "second": Model._second,
    "held": Model._held,
    "sending": Model._sending,
    "sent": Model._sent,
    "refused": Model._refused,
    "nominated": Model._nominated,
    "publishing": Model._publishing,
    "clearing": Model._clearing,
}
