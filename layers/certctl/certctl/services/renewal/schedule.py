"""The renewal schedule: renews the due certificates of the index, and sends expiry alerts.

The index yields candidates, the row decides: each certificate's change is one transaction on condition that
the row has not changed since it was read. docs/renewal.md describes failures and their handling.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from uuid import uuid4

from certctl.crypto.names import names_of
from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.certificates.versions import MAX_UNEXPIRED_VERSIONS
from certctl.domain.due_work import Nudge
from certctl.domain.errors import AwsRefusal, ChangedMeanwhile, InvalidInput, Unavailable
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.new_jobs import RenewalRequest, renewal_job
from certctl.domain.notifications.alerts import Alert
from certctl.domain.renewal.alerts import expiry_alert, issuance_failure_alert, stopped_client_alert
from certctl.domain.renewal.planning import WINDOW_NUDGE, DueAlerts, RenewalPlan, plan_of
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.observability import logger
from certctl.store.acme.accounts import AcmeAccountStore
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.locks import LockStore
from certctl.unit_of_work.certificates.chains import KnownChains
from certctl.unit_of_work.certificates.preconditions import IssuancePreconditions
from certctl.unit_of_work.jobs.workers import worker_of
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.renewal import RenewalRequests
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

LOCK = "renewal"
ACTOR = Actor("system/renewal_schedule", ActorType.SYSTEM)
_POSTPONED_BY = timedelta(hours=1)
_UNEXPECTED = "its renewal could not be decided on, and the log of renewal_schedule has the reason"

HasTime = Callable[[], bool]
AlertsDue = Callable[[RenewalPlan, datetime], DueAlerts]


@dataclass(frozen=True)
class RenewalLimits:
    """`at_once` certificates in parallel; none is started with less than `reserve` left. The lock
    outlasts the invocation by `lock_margin`."""

    at_once: int = 8
    reserve: timedelta = timedelta(seconds=15)
    lock_margin: timedelta = timedelta(seconds=5)


@dataclass
class RenewalReport:
    """`ran` is false if another run was active. `done` counts certificates: renewed, refused, alerted, whose
    ACME client has `stopped`, whose CA is `asked` for its window, planned again (`replanned`), changed
    concurrently (`changed`), for the next run (`left`), and those that failed (`errors`)."""

    ran: bool = True
    done: Counter[str] = field(default_factory=Counter)
    unreadable_shards: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _DueCertificate:
    """A due certificate. `request` is the starting point of its renewal, if that is due."""

    certificate: Certificate
    plan: RenewalPlan
    alerts: DueAlerts
    request: RenewalRequest | None = None


@dataclass
class _Change:
    """The result for one certificate."""

    before: Certificate
    after: Certificate
    outcomes: list[str] = field(default_factory=list)
    event: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    job: Job | None = None
    alerts: list[Alert] = field(default_factory=list)


@dataclass(frozen=True)
class DueRenewals:
    """`alerts_due` returns the alerts that are due under a plan; none if the run only renews."""

    stores: Stores
    units: Units
    nudges: Nudges
    locks: LockStore
    accounts: AcmeAccountStore
    catalog: CachedCatalog
    preconditions: IssuancePreconditions
    now: Callable[[], datetime]
    alerts_due: AlertsDue = RenewalPlan.alerts_due
    limits: RenewalLimits = field(default_factory=RenewalLimits)

    @cached_property
    def _requests(self) -> RenewalRequests:
        return RenewalRequests(self.stores, self.catalog)

    @cached_property
    def _chains(self) -> KnownChains:
        return KnownChains(self.stores.authorities, self.now)

    def run(self, remaining: Callable[[], timedelta]) -> RenewalReport:
        """Processes all shards until nothing is due or too little time is left. One run at a time in a stack.
        Raises Unavailable at the end if a shard could not be read to its end."""
        owner, now = uuid4().hex, self.now()
        if not self.locks.take(LOCK, owner, now, now + remaining() + self.limits.lock_margin):
            return RenewalReport(ran=False)
        report = RenewalReport()
        try:
            self._walk(report, lambda: remaining() > self.limits.reserve)
        finally:
            self.locks.release(LOCK, owner)
        if report.unreadable_shards:
            raise Unavailable(f"Shards {report.unreadable_shards} could not be read to their end.")
        return report

    def _walk(self, report: RenewalReport, has_time: HasTime) -> None:
        now = self.now()
        with ThreadPoolExecutor(self.limits.at_once, thread_name_prefix="renewal") as pool:
            for shard in range(DUE_SHARDS):
                try:
                    self._shard(shard, now, report, pool, has_time)
                except Exception:  # a row that does not fit its model ends its shard too
                    logger.exception("a shard could not be read", extra={"shard": shard})
                    report.unreadable_shards.append(shard)

    def _shard(
        self, shard: int, now: datetime, report: RenewalReport, pool: ThreadPoolExecutor, has_time: HasTime
    ) -> None:
        for ids in self.stores.certificates.due_pages(shard, now):
            if not has_time():
                report.done["left"] += len(ids)
                return
            found = self._found(self.stores.certificates.get_many(ids))
            for outcomes in pool.map(partial(self._guarded, has_time), found):
                report.done.update(outcomes)

    def _found(self, certificates: Sequence[Certificate]) -> list[_DueCertificate]:
        """One page, with one batch of reads for all of it."""
        now = self.now()
        found = []
        for certificate in certificates:
            plan = plan_of(certificate, self.catalog.renewal_policy(certificate.renewal_policy_id))
            if plan is not None:
                found.append(_DueCertificate(certificate, plan, self.alerts_due(plan, now)))
        requests = self._requests.of([f.plan for f in found if _renews(f.plan, now)])
        return [
            _DueCertificate(f.certificate, f.plan, f.alerts, requests.get(f.certificate.id)) for f in found
        ]

    def _guarded(self, has_time: HasTime, found: _DueCertificate) -> list[str]:
        """A failure of one certificate never stops the others."""
        if not has_time():
            return ["left"]
        try:
            return self._handle(found)
        except ChangedMeanwhile:
            return ["changed"]
        except (Unavailable, AwsRefusal):
            logger.exception("a certificate could not be renewed now", extra={"id": found.certificate.id})
            self._postpone(found.certificate.id)
            return ["errors"]
        except Exception as error:
            logger.exception("a certificate could not be renewed", extra={"id": found.certificate.id})
            self._give_up(found, error)
            return ["errors"]

    def _give_up(self, found: _DueCertificate, error: Exception) -> None:
        """A failure here repeats at each run: without an alert the certificate would expire unnoticed."""
        try:
            self._fail(found, f"{_UNEXPECTED}: {type(error).__name__}")
        except Exception:
            logger.exception("a failed renewal was not recorded", extra={"id": found.certificate.id})
            self._postpone(found.certificate.id)

    def _fail(self, found: _DueCertificate, why: str) -> None:
        if found.request is None:
            self._postpone(found.certificate.id)
            return
        now = self.now()
        change = _Change(found.certificate, found.certificate.with_changes(now))
        _refuse(change, why, now)
        self._commit(change, now)

    def _postpone(self, certificate_id: str) -> None:
        """Rows that always fail must not fill the head of the index."""
        now = self.now()
        try:
            step = self.stores.certificates.postpone_step(certificate_id, now, now + _POSTPONED_BY)
            self.stores.database.write_or_refuse(step)
        except (ChangedMeanwhile, Unavailable):
            logger.warning("it stays due", extra={"id": certificate_id})

    def _handle(self, found: _DueCertificate) -> list[str]:
        now = self.now()
        if found.request is None and not found.alerts:
            return self._ask(found.certificate, now) if found.plan.asks_issuer(now) else self._replan(found)
        change = _Change(found.certificate, found.certificate.with_changes(now))
        if found.request is not None:
            self._renew(change, found.plan.policy, found.request, now)
        self._report(change, found.alerts, now)
        self._commit(change, now)
        return change.outcomes

    def _report(self, change: _Change, due: DueAlerts, now: datetime) -> None:
        if due.has_client_stopped:
            seen_at = self._last_seen(change.before)
            change.after = replace(change.after, acme_stopped_at=now)
            change.alerts.append(stopped_client_alert(change.after, seen_at, now))
            change.outcomes.append("stopped")
        if due.expiry is not None:
            change.after = change.after.with_alerted(due.expiry.threshold)
            change.alerts.append(expiry_alert(change.after, due.expiry, now))
            change.outcomes.append("alerted")

    def _last_seen(self, certificate: Certificate) -> datetime | None:
        """The time of the last order of its ACME account; None if there is no such ACME account any more."""
        account = certificate.acme and self.accounts.get(certificate.acme.account_id)
        return account.last_seen_at if account else None

    def _ask(self, certificate: Certificate, now: datetime) -> list[str]:
        """The worker asks the CA, and stores when to ask next; if it did not, it is nudged again."""
        again = replace(certificate, ari_refresh_at=now + _POSTPONED_BY)
        self.stores.database.write_or_refuse(self.stores.certificates.window_step(again))
        self.nudges.job(Nudge(f"{WINDOW_NUDGE}{certificate.id}", certificate.revision, is_external=True))
        return ["asked"]

    def _replan(self, found: _DueCertificate) -> list[str]:
        """Plans a certificate again that is in the index, but needs nothing yet under its current policy."""
        moment = found.plan.next_action_at
        if moment is not None and moment <= self.now():
            return ["left"]
        self.stores.database.write_or_refuse(self.stores.certificates.replan_step(found.certificate))
        return ["replanned"]

    def _renew(self, change: _Change, policy: RenewalPolicy, request: RenewalRequest, now: datetime) -> None:
        refusal = self._refusal(change.before, now)
        if refusal is not None:
            _refuse(change, refusal, now)
            return
        worker = worker_of(self.catalog, change.before.issuer_id)
        job = renewal_job(change.before, policy, request, worker, ACTOR.id, now)
        change.job = job
        change.after = change.before.with_changes(
            now, open_job_id=job.id, renewal_state=RenewalState.IN_PROGRESS
        )
        change.event, change.details = "certificate_renewal_requested", {"job_id": job.id}
        change.outcomes.append("renewed")

    def _refusal(self, certificate: Certificate, now: datetime) -> str | None:
        unexpired = self.stores.certificates.unexpired_versions(certificate.id, now)
        if len(unexpired) >= MAX_UNEXPIRED_VERSIONS:
            return f"it has {MAX_UNEXPIRED_VERSIONS} unexpired versions, the limit"
        try:
            names = names_of(certificate.common_name, certificate.sans)
        except InvalidInput as refused:
            return refused.reasons
        refusal = self.preconditions.refusal_of(ACTOR, certificate)
        profile = self.preconditions.find_profile(certificate)
        if refusal is not None or profile is None:
            return refusal
        return self._chains.refusal_of(certificate, names, profile)

    def _commit(self, change: _Change, now: datetime) -> None:
        unit = self.units.begin(ACTOR, change.after.id, now)
        unit.save(change.before, change.after, event=change.event, **change.details)
        if change.job is not None:
            unit.create(change.job)
        if change.alerts:
            routing = self.stores.routing_of(change.after)
            for alert in change.alerts:
                unit.alert(alert, routing)
        unit.commit()


def _refuse(change: _Change, refusal: str, now: datetime) -> None:
    """Like a job that failed: an alert, and another attempt later."""
    change.after = change.before.failed(now, refusal)
    change.alerts.append(issuance_failure_alert(change.after, refusal))
    change.event, change.details = "certificate_issuance_failed", {"error": refusal}
    change.outcomes.append("refused")


def _renews(plan: RenewalPlan, now: datetime) -> bool:
    return plan.renew_at is not None and plan.renew_at <= now
