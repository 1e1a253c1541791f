"""The worker of bulk revocations: turns of a few seconds, chunks of a few certificates, one transaction each.

After each chunk the job's row stores where the scan continues, with the counts so far, on condition that the
worker still holds it. What a worker did of a chunk without reporting it is found done by the next one, and
counted then (`domain/revocation/bulk.py`).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor, changes, facts
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.alerts import stopped_alert
from certctl.domain.revocation.bulk import BulkRevocation, Outcome, Result, failure_of
from certctl.services.revocation.bulk_selections import BulkSelections, Part
from certctl.services.revocation.turns import (
    SLICE,
    TURN,
    WORKER,
    OutOfTime,
    Turn,
    detail_of,
    each_apart,
    give_way,
    turn_of,
)
from certctl.store.paging import Position
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.revoking import Revoking
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class BulkRevocationWorker:
    stores: Stores
    units: Units
    selections: BulkSelections
    revocation: Revoking
    nudges: Nudges
    now: Callable[[], datetime]

    def attempt(self, claim: Claim, job: Job) -> None:
        """Chunk after chunk, until all is done, the turn is over, or who requested it may no longer act.
        Raises Unavailable if the store is down: the lease runs out, and another turn continues after the last
        chunk that was reported."""
        bulk = job.work
        if not isinstance(bulk, BulkRevocation):
            return
        turn = turn_of(claim, job)
        if turn.is_one_too_many:
            self._end(turn, bulk, JobStatus.FAILED, "the worker stopped in every turn")
            return
        until = claim.turn_ends(TURN, self.now())
        while not bulk.is_over and self.now() < until:
            obstacle = self.stores.requesters.obstacle(job)
            if obstacle is not None:
                self._stop(turn, bulk, obstacle)
                return
            try:
                bulk = self._after_slice(turn, bulk)
            except OutOfTime:
                break
            if not self._is_reported(turn, bulk):
                return
        if bulk.is_over:
            self._finish(turn, bulk)
        else:
            give_way(turn, self.stores, self.nudges, self.now())

    def _after_slice(self, turn: Turn, bulk: BulkRevocation) -> BulkRevocation:
        if bulk.must_retry:
            return bulk.retried(self._revoked(turn, bulk, bulk.retries[:SLICE]))
        position = Position.of_text(bulk.position) if bulk.position else None
        part = self.selections.part(bulk.selection, turn.job.created_at, position, SLICE)
        done, to_revoke, absent = self._sorted(turn, bulk, part)
        results = [*[Outcome.DONE] * done, *self._revoked(turn, bulk, to_revoke), *[Outcome.SKIPPED] * absent]
        following = part.walked.next
        return bulk.walked(str(following) if following else None, done + len(to_revoke), results)

    def _sorted(self, turn: Turn, bulk: BulkRevocation, part: Part) -> tuple[int, list[str], int]:
        """How many are already done, the ids of those to revoke, and how many of the given ids matched
        nothing."""
        ids, now = list(dict.fromkeys(found.id for found in part.walked.found)), self.now()
        found = [part.records[i] for i in ids if i in part.records]
        done = sum(bulk.has_ended(certificate, turn.job.created_at) for certificate in found)
        to_revoke = [c.id for c in found if bulk.means(c, turn.job.created_at, now)]
        absent = len(ids) - done - len(to_revoke) if bulk.selection.certificate_ids else 0
        return done, to_revoke, absent

    def _revoked(self, turn: Turn, bulk: BulkRevocation, ids: Sequence[str]) -> list[Result]:
        def revoke(certificate_id: str) -> Result:
            turn.require_time(self.now())
            return self._revoke(turn, bulk, certificate_id)

        return each_apart(ids, str, revoke)

    def _revoke(self, turn: Turn, bulk: BulkRevocation, certificate_id: str) -> Result:
        """One certificate's failure never stops the others. A failure that is not its fault ends the turn:
        the next one finds what was done."""

        def is_selected(certificate: Certificate) -> bool:
            return bulk.means(certificate, turn.job.created_at, self.now())

        try:
            stored = self.revocation.revoke_if(turn.caller, certificate_id, bulk.wanted, is_selected)
        except NotFound:
            return Outcome.SKIPPED
        except Exception as error:
            if turn.job.is_postponed_by(error, self.now()):
                raise
            return failure_of(certificate_id, detail_of(error, "revocation", certificate_id))
        return Outcome.DONE if bulk.has_ended(stored, turn.job.created_at) else Outcome.SKIPPED

    def _is_reported(self, turn: Turn, bulk: BulkRevocation) -> bool:
        """False if the job was cancelled, which then gets this chunk's counts, or taken over."""
        jobs = self.stores.jobs
        try:
            self.stores.database.write_or_refuse(jobs.progress_step(turn.claim, bulk))
        except Conflict:
            with suppress(Conflict):
                self.stores.database.write_or_refuse(jobs.late_progress_step(turn.claim, bulk))
            return False
        return True

    def _finish(self, turn: Turn, bulk: BulkRevocation) -> None:
        failed = bulk.progress.failed
        if failed:
            of_all = f"{failed} of {bulk.progress.total} certificates could not be revoked"
            self._end(turn, bulk, JobStatus.FAILED, of_all)
        else:
            self._end(turn, bulk, JobStatus.COMPLETED, None)

    def _end(self, turn: Turn, bulk: BulkRevocation, status: JobStatus, error: str | None) -> None:
        """Does nothing if the job was cancelled, ended or taken over concurrently."""
        unit = self._ending(turn, turn.caller.actor, bulk, status, error)
        with suppress(Conflict):
            unit.commit()

    def _stop(self, turn: Turn, bulk: BulkRevocation, why: str) -> None:
        """Ends the job for the worker itself, with an alert: what was not reached is still valid."""
        routing = self.stores.routing.stack_facts()
        unit = self._ending(turn, WORKER, bulk, JobStatus.FAILED, why)
        unit.alert(stopped_alert(turn.job.id, bulk, why), routing)
        with suppress(Conflict):
            unit.commit()

    def _ending(
        self, turn: Turn, actor: Actor, bulk: BulkRevocation, status: JobStatus, error: str | None
    ) -> UnitOfWork:
        before = replace(turn.job, work=bulk)
        after = before.ended(status, error)
        counts = {"reason": bulk.wanted.reason, "progress": facts(bulk.progress)}
        unit = self.units.begin(actor, turn.job.id, self.now())
        unit.end(turn.claim, before, status, error)
        unit.event(_ENDINGS[status], job_resource(after), changes(before, after) | counts)
        return unit


_ENDINGS = {
    JobStatus.COMPLETED: "bulk_revocation_completed",
    JobStatus.FAILED: "bulk_revocation_failed",
}
