"""What jobs over many certificates have in common, bulk revocations and campaigns: turns of a few seconds,
slices of a few certificates."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from certctl.domain.access.credentials import shown_kind_of
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import SubjectKind, has_kind
from certctl.domain.audit.events import Actor, ActorType, UsedCredential
from certctl.domain.due_work import Claim
from certctl.domain.errors import Conflict, DomainError, InvalidInput
from certctl.domain.ids import COUNTER_SHARDS, shard_of
from certctl.domain.jobs.jobs import Job
from certctl.observability import logger
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.stores import Stores

# Other jobs wait behind a turn.
TURN = timedelta(seconds=5)
SLICE = 50
WORKER = Actor("system/signing_worker", ActorType.SYSTEM)
_AT_ONCE = 4


class OutOfTime(Exception):
    """A slice took too long. What it did and did not store is found done by the next turn."""


@dataclass(frozen=True)
class Turn:
    """`caller` requested the job: each act is attributed to it."""

    claim: Claim
    job: Job
    caller: Principal

    def has_time(self, now: datetime) -> bool:
        """Whether an act that begins now ends within the function's run."""
        return now <= self.claim.last_step_at

    def require_time(self, now: datetime) -> None:
        """Raises OutOfTime if an act that begins now may outlive the function."""
        if not self.has_time(now):
            raise OutOfTime

    @property
    def is_one_too_many(self) -> bool:
        return self.claim.lost and self.claim.retry_count >= self.job.max_attempts


def turn_of(claim: Claim, job: Job) -> Turn:
    return Turn(claim, job, _caller_of(job))


def each_apart[T, R](items: Sequence[T], id_of: Callable[[T], str], act: Callable[[T], R]) -> list[R]:
    """The results of `act`, in the order of `items`. In parallel, but sequentially for those that count in
    the same rows: no two of a slice conflict there. `id_of` gives the certificate's id."""
    groups: dict[int, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        groups[shard_of(id_of(item), COUNTER_SHARDS)].append(index)

    def each(group: list[int]) -> list[tuple[int, R]]:
        return [(index, act(items[index])) for index in group]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        done = {index: result for results in pool.map(each, groups.values()) for index, result in results}
    return [done[index] for index in range(len(items))]


def give_way(turn: Turn, stores: Stores, nudges: Nudges, now: datetime) -> None:
    """Gives the job back at the end of a turn: other jobs have theirs. Does nothing if the job is no longer
    the worker's."""
    step = stores.jobs.postpone_step(turn.claim, now)
    with suppress(Conflict):
        stores.database.write_or_refuse(step)
        nudges.job(turn.job.nudge_for(turn.claim))


def detail_of(error: Exception, act: str, certificate_id: str) -> str:
    """What may be told about an act that failed; the log has the rest."""
    if isinstance(error, InvalidInput):
        return error.reasons
    if isinstance(error, DomainError):
        return error.detail
    logger.error(f"a {act} failed", exc_info=error, extra={"certificate_id": certificate_id})
    return f"The {act} failed. The log has the reason."


def _caller_of(job: Job) -> Principal:
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
