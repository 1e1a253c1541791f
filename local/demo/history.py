"""The demo's past: our own services on the emulator, by a clock moved back.

A program of its own, run by the interpreter and with the layers and variables of the deployed functions. The
certificates' times, their jobs and alerts are those of the moved clock. Audit events are of today: a seal
covers the time since the seal before, so an event under an older id would never be sealed. Revocations of the
past have no receipt, like those of earlier releases: the stack takes it when it first looks, after the demo
was made, and it would show a delay of days that never was.
"""

import heapq
import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from certctl.api.catalog.bodies import TargetBody, new_entry
from certctl.compose.agents_api import AgentsApi
from certctl.compose.catalog_api import CatalogApi
from certctl.compose.certificates_api import CertificatesApi
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.compose.notification_worker import NotificationWorker
from certctl.compose.notifications_api import NotificationsApi
from certctl.compose.renewal_schedule import RenewalSchedule
from certctl.compose.rooms.base import DEPLOYED, Base, Overrides
from certctl.compose.rooms.changes import ChangeFactories
from certctl.compose.signing_worker import SigningWorker
from certctl.connectors.aws.queue import Queue
from certctl.domain.access.permissions import ALL_TEAMS, Role
from certctl.domain.access.principals import Principal
from certctl.domain.agents.agents import AgentReport, ConsentUpdate
from certctl.domain.agents.deployments import Result
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.requests import NewCertificate
from certctl.domain.channels.records import ChannelEdit
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.notifications.mutes import NewMute
from certctl.domain.revocation.receipts import NO_RECEIPT
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation
from certctl.store.database import Database
from certctl.store.revocation.revocations import RevocationStore
from certctl.store.writes import Write
from certctl.unit_of_work.revoking import Revoking
from local.demo.requests import csr_pem

_TIMED_OUT_AFTER = timedelta(hours=24, minutes=1)
# A ladder of five attempts takes 15 minutes; what waits longer is left to the stack's own sweep.
_FOLLOWED = timedelta(minutes=20)
# Longer than the waits between the attempts at a deployment.
_TRIED_AGAIN_AFTER = timedelta(minutes=10)
# For so long functions remember channels.
_REMEMBERED = timedelta(seconds=61)
# What is revoked today is revoked within it, by the real clock.
_TODAY = timedelta(seconds=30)


def _real_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Past:
    """The moved clock, and the nudges of notifications that the queue would have carried, by their time."""

    moment: datetime = field(default_factory=_real_now)
    nudges: list[tuple[datetime, str]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def nudge(self, body: dict[str, Any], wait_seconds: float) -> None:
        heapq.heappush(self.nudges, (self.moment + timedelta(seconds=wait_seconds), body["id"]))

    def overrides(self) -> Overrides:
        deployed = Base(DEPLOYED)
        append = deployed.audit.event_step
        deployed.audit.event_step = (  # type: ignore[method-assign]  # the one thing that happens today
            lambda actor, action, resource_type, resource_id, details, now, team_id=None, ulid=None: append(
                actor, action, resource_type, resource_id, details, _real_now(), team_id, ulid
            )
        )
        kept: dict[str, Any] = {
            "jobs": NudgeSink(lambda body, wait_seconds: None),
            "notifications": NudgeSink(self.nudge),
        }

        def queue(name: str) -> Queue:
            return Queue(kept[name], name) if name in kept else deployed.queue(name)

        return Overrides(now=self.now, database=deployed.database, audit=deployed.audit, queue=queue)


class UnwatchedPast(RevocationStore):
    """`today` is the real clock."""

    def __init__(self, database: Database, today: Callable[[], datetime]) -> None:
        super().__init__(database)
        self._today = today

    def add_step(self, revocation: Revocation) -> Write:
        is_past = revocation.revoked_at < self._today() - _TODAY
        return super().add_step(replace(revocation, receipt=NO_RECEIPT) if is_past else revocation)


def without_past_receipts(overrides: Overrides, today: Callable[[], datetime] = _real_now) -> Overrides:
    base = Base(overrides)
    changes = ChangeFactories(base)
    stores = replace(changes.stores, revocations=UnwatchedPast(base.database, today))
    revocation = Revoking(stores, changes.units, base.nudges, overrides.now)
    return replace(overrides, revocation=revocation)


@dataclass(frozen=True)
class NudgeSink:
    """The one method of SQS that nudges need."""

    take: Callable[[dict[str, Any], float], None]

    def send_message(self, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        self.take(json.loads(MessageBody), DelaySeconds)


@dataclass(frozen=True)
class Composed:
    """The functions whose work the past needs, over one database."""

    agents: AgentsApi
    catalog: CatalogApi
    certificates: CertificatesApi
    maintenance: MaintenanceSchedule
    notifications: NotificationsApi
    worker: NotificationWorker
    renewal: RenewalSchedule
    signing: SigningWorker


def composed(overrides: Overrides) -> Composed:
    return Composed(
        AgentsApi(overrides),
        CatalogApi(overrides),
        CertificatesApi(overrides),
        MaintenanceSchedule(overrides),
        NotificationsApi(overrides),
        NotificationWorker(overrides),
        RenewalSchedule(overrides),
        SigningWorker(overrides),
    )


@dataclass(frozen=True)
class History:
    """Makes the past: each method does what happened `ago`, in the order of the calls."""

    past: Past
    made: Composed
    caller: Principal
    agents: dict[str, Principal] = field(default_factory=dict)
    agent_keys: dict[str, str] = field(default_factory=dict)

    def at(self, ago: timedelta) -> None:
        moment = (_real_now() - ago).replace(microsecond=random.randrange(1000) * 1000)  # noqa: S311
        self.past.moment = min(moment, _real_now())

    def enroll(self, host: str, team: str) -> None:
        """With a bootstrap token, as on the host."""
        registration = self.made.agents.registration
        token = registration.create_token(self.caller, host, team).text
        agent = registration.register(f"Bearer {token}", _report(host))
        self.agents[host] = Principal(
            agent.entry.content.key_id, Role.AGENT, (team,), agent_id=agent.entry.id
        )
        self.agent_keys[host] = agent.key_text

    def hear(self, host: str) -> None:
        """Sends the last heartbeat of a host."""
        self.made.agents.agent_work.heartbeat(self.agents[host], _report(host), ConsentUpdate())

    def add_target(self, target_id: str, host: str, kind: str, config: dict[str, Any]) -> None:
        agent = self.agents[host]
        body = TargetBody(
            id=target_id,
            name=target_id,
            type=kind,
            config=config,
            agent_id=agent.agent_id,
            team_id=agent.teams[0],
        )
        self.made.catalog.catalog.create(self.caller, Kind.TARGET, new_entry(body))

    def issue_and_deploy(self, fields: dict[str, Any], host: str) -> None:
        """With a key that the agent of the host makes."""
        created = self.made.certificates.issuance.create(self.caller, NewCertificate(**fields))
        self._request(host, created.job)
        self._deploy(host)

    def renew_and_deploy(self, certificate_id: str, host: str) -> None:
        self._renew_by(host, certificate_id)
        self._deploy(host)

    def renew_in_vain(self, certificate_id: str, host: str, error: str) -> None:
        """The new version is deployed in no attempt."""
        self._renew_by(host, certificate_id)
        deploying, agent = self.made.agents.deployments, self.agents[host]
        for job in self._deployments(host):
            status = JobStatus.PENDING
            while status is JobStatus.PENDING:
                attempt = deploying.start(agent, job.id).attempt
                status = deploying.report(agent, job.id, Result(attempt, False, error, rolled_back=True))
                self.past.moment += _TRIED_AGAIN_AFTER

    def ask_to_deploy(self, certificate_id: str) -> None:
        self.made.certificates.deployment_requests.deploy(self.caller, certificate_id, None)

    def issue(self, fields: dict[str, Any]) -> None:
        wanted = NewCertificate(**fields, csr_pem=csr_pem(fields["common_name"], fields.get("sans", ())))
        self._sign(self.made.certificates.issuance.create(self.caller, wanted).job.id)

    def ask(self, fields: dict[str, Any]) -> None:
        """Without a request: its job awaits one."""
        self.made.certificates.issuance.create(self.caller, NewCertificate(**fields))

    def ask_for_renewal(self, certificate_id: str) -> None:
        self.made.certificates.issuance.renew(self.caller, certificate_id, None)

    def give_up_waiting(self) -> None:
        """The jobs that await a request since the last calls."""
        self.past.moment += _TIMED_OUT_AFTER
        self.made.maintenance.due_jobs.run(lambda: True)
        self.deliver()

    def revoke(self, certificate_id: str, reason: str) -> None:
        self.made.certificates.revocation.revoke(self.caller, certificate_id, RevocationRequest(reason))

    def archive(self, certificate_id: str) -> None:
        """What is valid stays so."""
        self.made.certificates.certificates.archive(self.caller, certificate_id, keep_valid=True)

    def mute(self, certificate_id: str, days: int, reason: str) -> None:
        until = self.past.moment + timedelta(days=days)
        self.made.notifications.mutes.create(self.caller, NewMute(until, reason, certificate_id))

    def renew_what_is_due(self) -> None:
        """Renews with warnings, as the hourly schedule does."""
        self.made.renewal.renewals.run(lambda: timedelta(minutes=1))
        self.made.renewal.runs.record(self.past.moment)

    def disable_channel(self, channel_id: str) -> None:
        channels = self.made.notifications.channels
        known = channels.get(channel_id).config
        channels.edit(self.caller, channel_id, ChannelEdit(known.settings, False, known.team_id))
        self.past.moment += _REMEMBERED

    def deliver(self) -> None:
        """All attempts at the alerts of the last call, each at its time, over real HTTP."""
        until = min(self.past.moment + _FOLLOWED, _real_now())
        while self.past.nudges:
            moment, notification_id = heapq.heappop(self.past.nudges)
            if moment <= until:
                self.past.moment = max(moment, self.past.moment)
                self.made.worker.delivery.deliver(notification_id)
        self.made.worker.send_counts.flush()

    def _renew_by(self, host: str, certificate_id: str) -> None:
        self._request(host, self.made.certificates.issuance.renew(self.caller, certificate_id, None).job)

    def _request(self, host: str, job: Job) -> None:
        assert job.task is not None  # noqa: S101  # the targets have one agent
        request = csr_pem(job.task.common_name, job.task.sans)
        self.made.agents.signing_requests.submit_for_job(self.agents[host], job.id, request)
        self._sign(job.id)

    def _deploy(self, host: str) -> None:
        deploying, agent = self.made.agents.deployments, self.agents[host]
        for job in self._deployments(host):
            attempt = deploying.start(agent, job.id).attempt
            self.past.moment += timedelta(seconds=2)
            served = job.task.fingerprint_sha256 if job.task else None
            deploying.report(agent, job.id, Result(attempt, True, served_fingerprint_sha256=served))

    def _deployments(self, host: str) -> list[Job]:
        page = self.made.agents.agent_work.page(self.agents[host], None, 50)
        return [job for job in page.jobs.records if job.type is JobType.DEPLOYMENT]

    def _sign(self, job_id: str) -> None:
        # as long as a worker takes
        self.past.moment += timedelta(seconds=random.randrange(1, 4))  # noqa: S311
        self.made.signing.jobs.process(job_id)


def _report(host: str) -> AgentReport:
    return AgentReport(host, "0.1.0", "Linux", "x86_64", "10.20.0.11")


def main() -> None:
    """Standard input: `{"key_id": ..., "steps": [[<days ago>, <method of History>, <arguments>], ...],
    "agent_keys": <file for the keys of the agents, by host>}`."""
    past = Past()
    made = composed(without_past_receipts(past.overrides()))
    given = json.load(sys.stdin)
    history = History(past, made, Principal(given["key_id"], Role.ADMIN, (ALL_TEAMS,)))
    for days_ago, method, arguments in given["steps"]:
        if days_ago is not None:
            history.at(timedelta(days=days_ago))
        getattr(history, method)(*arguments)
    Path(given["agent_keys"]).write_text(json.dumps(history.agent_keys))


if __name__ == "__main__":
    main()
