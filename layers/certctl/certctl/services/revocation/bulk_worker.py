"""The worker of bulk revocations: turns of a few seconds, chunks of a few certificates, one transaction each.

After each chunk the job's row stores where the scan continues, with the counts so far, on condition that the
worker still holds it. What a worker did of a chunk without reporting it is found done by the next one, and
counted then (`domain/revocation/bulk.py`).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.access.credentials import shown_kind_of
from certctl.domain.access.permissions import ALL_TEAMS, Principal, Role
from certctl.domain.access.subjects import SubjectKind, has_kind
from certctl.domain.audit.events import Actor, ActorType, UsedCredential, changes, facts
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Claim
from certctl.domain.errors import Conflict, DomainError, NotFound
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.jobs import Job, JobStatus
from certctl.domain.revocation.bulk import BulkRevocation, Outcome, Result, failure_of
from certctl.domain.revocation.bulk_alerts import stopped_notifications
from certctl.observability import logger
from certctl.services.revocation.bulk_selections import BulkSelections, Part
from certctl.services.revocation.revocation import RevocationService
from certctl.store.paging import Position
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.resources import job_resource
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.unit import UnitOfWork, Units

# Other jobs wait behind a turn, and the function has 30 s for a batch of them.
_TURN = timedelta(seconds=5)
_SLICE = 50
_AT_ONCE = 4
_WORKER = Actor("system/signing_worker", ActorType.SYSTEM)


@dataclass(frozen=True)
class _Turn:
    """`caller` requested the job: each revocation is attributed to it."""

    claim: Claim
    job: Job
    caller: Principal

    @property
    def began(self) -> datetime:
        return self.job.created_at


class BulkRevocationWorker:
    def __init__(
        self,
        stores: Stores,
        units: Units,
        selections: BulkSelections,
        revocation: RevocationService,
        nudges: Nudges,
        now: Callable[[], datetime],
    ) -> None:
        self._stores = stores
        self._units = units
        self._selections = selections
        self._revocation = revocation
        self._nudges = nudges
        self._now = now

    def attempt(self, claim: Claim, job: Job) -> None:
        """Chunk after chunk, until all is done, the turn is over, or who requested it may no longer act.
        Raises Unavailable if the store is down: the lease runs out, and another turn continues after the last
        chunk that was reported."""
        bulk = job.bulk
        if bulk is None:
            return
        turn = _Turn(claim, job, caller_of(job))
        if claim.lost and claim.retry_count >= job.max_attempts:
            self._end(turn, bulk, JobStatus.FAILED, "the worker stopped in every turn")
            return
        until = self._now() + _TURN
        while not bulk.is_over and self._now() < until:
            obstacle = self._stores.requesters.obstacle(job)
            if obstacle is not None:
                self._stop(turn, bulk, obstacle)
                return
            bulk = self._after_slice(turn, bulk)
            if not self._is_reported(turn, bulk):
                return
        if bulk.is_over:
            self._finish(turn, bulk)
        else:
            self._continue(turn)

    def _after_slice(self, turn: _Turn, bulk: BulkRevocation) -> BulkRevocation:
        if bulk.must_retry:
            return bulk.retried(self._revoked(turn, bulk, bulk.retries[:_SLICE]))
        position = Position.of_text(bulk.position) if bulk.position else None
        part = self._selections.part(bulk.selection, turn.began, position, _SLICE)
        done, meant, absent = self._sorted(turn, bulk, part)
        results = [*[Outcome.DONE] * done, *self._revoked(turn, bulk, meant), *[Outcome.SKIPPED] * absent]
        following = part.walked.next
        return bulk.walked(str(following) if following else None, done + len(meant), results)

    def _sorted(self, turn: _Turn, bulk: BulkRevocation, part: Part) -> tuple[int, list[str], int]:
        """How many are already done, the ids of those to revoke, and how many of the given ids matched
        nothing."""
        ids, now = list(dict.fromkeys(found.id for found in part.walked.found)), self._now()
        found = [part.records[i] for i in ids if i in part.records]
        done = sum(bulk.has_ended(certificate, turn.began) for certificate in found)
        meant = [c.id for c in found if bulk.means(c, turn.began, now)]
        absent = len(ids) - done - len(meant) if bulk.selection.certificate_ids else 0
        return done, meant, absent

    def _revoked(self, turn: _Turn, bulk: BulkRevocation, ids: Sequence[str]) -> list[Result]:
        """In parallel, but sequentially for those that count in the same rows: no two of a chunk conflict
        there."""
        groups: dict[int, list[str]] = defaultdict(list)
        for certificate_id in ids:
            groups[shard_of(certificate_id, COUNTER_SHARDS)].append(certificate_id)

        def each(group: list[str]) -> list[Result]:
            return [self._revoke(turn, bulk, certificate_id) for certificate_id in group]

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [result for results in pool.map(each, groups.values()) for result in results]

    def _revoke(self, turn: _Turn, bulk: BulkRevocation, certificate_id: str) -> Result:
        """One certificate's failure never stops the others. A failure that is not its fault ends the turn:
        the next one finds what was done."""

        def is_meant(certificate: Certificate) -> bool:
            return bulk.means(certificate, turn.began, self._now())

        try:
            stored = self._revocation.revoke_if(turn.caller, certificate_id, bulk.wanted, is_meant)
        except NotFound:
            return Outcome.SKIPPED
        except Exception as error:
            if turn.job.is_postponed_by(error, self._now()):
                raise
            return _failure(certificate_id, error)
        return Outcome.DONE if bulk.has_ended(stored, turn.began) else Outcome.SKIPPED

    def _is_reported(self, turn: _Turn, bulk: BulkRevocation) -> bool:
        """False if the job was cancelled, which then gets this chunk's counts, or taken over."""
        jobs = self._stores.jobs
        try:
            self._stores.database.write_or_refuse(jobs.progress_step(turn.claim, bulk))
        except Conflict:
            with suppress(Conflict):
                self._stores.database.write_or_refuse(jobs.late_progress_step(turn.claim, bulk))
            return False
        return True

    def _continue(self, turn: _Turn) -> None:
        step = self._stores.jobs.postpone_step(turn.claim, self._now())
        with suppress(Conflict):
            self._stores.database.write_or_refuse(step)
            self._nudges.job(turn.job.nudge_for(turn.claim))

    def _finish(self, turn: _Turn, bulk: BulkRevocation) -> None:
        failed = bulk.progress.failed
        if failed:
            of_all = f"{failed} of {bulk.progress.total} certificates could not be revoked"
            self._end(turn, bulk, JobStatus.FAILED, of_all)
        else:
            self._end(turn, bulk, JobStatus.COMPLETED, None)

    def _end(self, turn: _Turn, bulk: BulkRevocation, status: JobStatus, error: str | None) -> None:
        """Does nothing if the job was cancelled, ended or taken over concurrently."""
        unit = self._ending(turn, turn.caller.actor, bulk, status, error)
        with suppress(Conflict):
            unit.commit()

    def _stop(self, turn: _Turn, bulk: BulkRevocation, why: str) -> None:
        """As `_end`, by the worker itself, with an alert: what was not reached is still valid."""
        routing = self._stores.routing.stack_facts()
        unit = self._ending(turn, _WORKER, bulk, JobStatus.FAILED, why)
        unit.notify(*stopped_notifications(turn.job.id, bulk, why, routing, unit.now))
        with suppress(Conflict):
            unit.commit()

    def _ending(
        self, turn: _Turn, actor: Actor, bulk: BulkRevocation, status: JobStatus, error: str | None
    ) -> UnitOfWork:
        before = replace(turn.job, bulk=bulk)
        after = before.ended(status, error)
        counts = {"reason": bulk.wanted.reason, "progress": facts(bulk.progress)}
        unit = self._units.begin(actor, turn.job.id, self._now())
        unit.end(turn.claim, before, status, error)
        unit.event(_ENDINGS[status], job_resource(after), changes(before, after) | counts)
        return unit


def caller_of(job: Job) -> Principal:
    """Who requested the job. One of an earlier release has the key alone."""
    caller = Principal(job.requested_by, Role.ADMIN, (ALL_TEAMS,))
    if job.subject_id is None:
        return caller
    is_service = has_kind(job.subject_id, SubjectKind.SERVICE_ACCOUNT)
    used = UsedCredential(job.requested_by, shown_kind_of(job.requested_by))
    return replace(
        caller,
        subject_id=job.subject_id,
        actor_type=ActorType.SERVICE if is_service else ActorType.USER,
        credential=used,
    )


def _failure(certificate_id: str, error: Exception) -> Result:
    if isinstance(error, DomainError):
        return failure_of(certificate_id, error.detail)
    logger.error("a revocation failed", exc_info=error, extra={"certificate_id": certificate_id})
    return failure_of(certificate_id, "The revocation failed. The log has the reason.")


_ENDINGS = {
    JobStatus.COMPLETED: "bulk_revocation_completed",
    JobStatus.FAILED: "bulk_revocation_failed",
}
