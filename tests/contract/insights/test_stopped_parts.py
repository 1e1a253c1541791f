"""Each function, queue and schedule of the transformed template is stopped, on a simulated clock, while there
is work for it: an alarm of the template is raised within 15 minutes, and within three where revocations
depend on it. What the remaining functions measure is measured by their real code; the alarms are evaluated as
CloudWatch does."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from certctl.domain.insights.margins import MAINTENANCE, PUBLISHED, SERVED, LastRun
from certctl.store.insights.margins import RunLog
from certctl.store.notifications.notifications import NotificationStore
from tests.support.aws.clients import client
from tests.support.aws.transformed import resources, transformed
from tests.support.clock import Clock
from tests.support.costs.idle_stack import SCHEDULED, handler_of, in_idle_stack
from tests.support.functions.deployed import deployed
from tests.support.insights.alarm_states import Point, raised_at
from tests.support.insights.alarms import alarms
from tests.support.insights.emf import metrics_of
from tests.support.issuing.issuing import Issuing, issuing
from tests.support.notifications.rows import a_notification
from tests.support.template import functions

_WITHIN, _REVOCATIONS_WITHIN = timedelta(minutes=15), timedelta(minutes=3)
_MINUTE = timedelta(minutes=1)
_MARGINS = {"crl_publisher": PUBLISHED, "status_watch": SERVED, "maintenance_schedule": MAINTENANCE}
# what endpoint_prober does not probe, and a scope of cloud_discovery that falls silent, show by their age
_RECORDED = sorted(SCHEDULED.keys() - {"maintenance_schedule", "endpoint_prober", "cloud_discovery"})
_QUEUES = {"acme_validations", "jobs", "external_jobs", "notifications", "crl_nudges", "status_checks"}
_WORKERS = {"signing_worker", "external_issuer_worker"}
_APIS = {
    "agents_api",
    "catalog_api",
    "certificates_api",
    "identity_api",
    "insights_api",
    "inventory_api",
    "notifications_api",
    "public_api",
}
_ACME = {"acme_api", "acme_validator"}
"""With AcmeServer=true; the validator's failures go to failed_nudges, and its queue is one of those below."""
_FEEDS = {"dead_letter", "failed_nudges"}
"""Nothing consumes them: the first is the operator's, the depth of the second is an alarm."""


@dataclass(frozen=True)
class _World:
    issuing: Issuing
    patch: pytest.MonkeyPatch

    @property
    def clock(self) -> Clock:
        return self.issuing.stack.clock

    def points(self, folder: str, metric: str) -> list[Point]:
        """The points of one run now; its failure is a part of the simulation."""
        written = io.StringIO()
        with redirect_stdout(written):
            handler_of(self.issuing, folder, self.patch)()
        sent = [each for each in metrics_of(written.getvalue()) if each.name == metric]
        return [Point(self.clock(), value) for each in sent for value in each.values]

    def maintained(self, stopped: str = "", work: Callable[[], None] = lambda: None) -> list[Point]:
        """Runs of maintenance in 20 minutes; all schedules but one have just run."""
        log, points = RunLog(self.issuing.stack.database), list[Point]()
        for _ in range(4):
            self.clock.advance(timedelta(minutes=5))
            for folder in _RECORDED:
                if folder != stopped:
                    log.keep(LastRun(folder, self.clock(), {}))
            work()
            points += self.points("maintenance_schedule", MAINTENANCE)
        return points


@pytest.fixture
def world() -> Iterator[_World]:
    with deployed(Clock()) as stack, issuing(stack) as made, in_idle_stack(made, acme="true") as patch:
        yield _World(made, patch)


def _healthy(begin: datetime, every: timedelta) -> list[Point]:
    """Half an hour of them, the last one at `begin`."""
    return [Point(begin - number * every, 1.5) for number in range(30)]


def _found(metric: str, points: list[Point], stopped: datetime, within: timedelta) -> bool:
    """Raised within that time, and not at first."""
    at = raised_at(alarms()[metric], points, stopped, stopped + 2 * within)
    return at is not None and stopped < at <= stopped + within


def _parts(kind: str, suffix: str) -> set[str]:
    """`SigningWorkerFunction` -> `signing_worker`."""
    names = (name.removesuffix(suffix) for name in resources(transformed(), kind))
    return {re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower() for name in names}


def test_no_part_of_the_template_is_missing_here() -> None:
    """A new one has to be stopped by a test, too."""
    stopped = _APIS | _WORKERS | set(SCHEDULED) | {"notification_worker", "ocsp_responder"} | _ACME
    assert _parts("AWS::Lambda::Function", "Function") == stopped
    assert _parts("AWS::SQS::Queue", "Queue") == _QUEUES | _FEEDS
    schedules = resources(transformed(), "AWS::Scheduler::Schedule")
    assert len(schedules) == len(SCHEDULED)


@pytest.mark.parametrize("folder", sorted(_MARGINS))
def test_a_function_with_a_margin_is_missed_when_it_or_its_schedule_stops(folder: str) -> None:
    stopped = datetime.fromisoformat("2026-11-27T12:00:00+00:00")
    within = _REVOCATIONS_WITHIN if SCHEDULED[folder] == _MINUTE else _WITHIN
    points = _healthy(stopped, SCHEDULED[folder])
    assert _found(_MARGINS[folder], points, stopped, within)


@pytest.mark.parametrize("folder", sorted(_MARGINS))
def test_a_single_run_that_is_dropped_raises_no_alarm(folder: str) -> None:
    now, every = datetime.fromisoformat("2026-11-27T12:00:00+00:00"), SCHEDULED[folder]
    points = [point for point in _healthy(now, every) if point.at != now - 5 * every]
    assert raised_at(alarms()[_MARGINS[folder]], points, now - 8 * every, now) is None


@pytest.mark.parametrize("folder", ["renewal_schedule", "retry_sweep_schedule", "stack_admin"])
def test_another_schedule_is_missed_after_two_of_its_runs(world: _World, folder: str) -> None:
    every = SCHEDULED[folder]
    RunLog(world.issuing.stack.database).keep(LastRun(folder, world.clock(), {}))
    short = every < timedelta(minutes=5)
    world.clock.advance(timedelta(0) if short else 2 * every - timedelta(minutes=5))
    begin = world.clock() if short else world.clock() + timedelta(minutes=5)
    before = _healthy(world.clock(), SCHEDULED["maintenance_schedule"])
    assert _found(MAINTENANCE, [*before, *world.maintained(folder)], begin, _WITHIN)


@pytest.mark.parametrize("queue", sorted(_QUEUES))
def test_a_queue_that_nobody_reads_is_found(world: _World, queue: str) -> None:
    begin = world.clock()
    sqs = client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody="{}")
    before = _healthy(begin, SCHEDULED["maintenance_schedule"])
    assert _found(MAINTENANCE, [*before, *world.maintained()], begin, _WITHIN)


@pytest.mark.parametrize("worker", sorted(_WORKERS))
def test_a_worker_that_fails_is_found_by_its_due_job(world: _World, worker: str) -> None:
    """Jobs of both workers are rows of one table and one due index. Its queue looks as if it was at work."""
    begin, sqs = world.clock(), client("sqs")
    world.issuing.created(f"{worker}.example.com".replace("_", "-"))

    def take() -> None:
        for queue in _QUEUES:
            url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
            while sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=900).get(
                "Messages"
            ):
                pass

    before = _healthy(begin, SCHEDULED["maintenance_schedule"])
    assert _found(MAINTENANCE, [*before, *world.maintained(work=take)], begin, _WITHIN)


def test_a_worker_that_sends_no_alert_is_found_by_the_sweep(world: _World) -> None:
    begin, database = world.clock(), world.issuing.stack.database

    def sweep() -> None:
        row = a_notification(world.clock() - timedelta(seconds=90))
        database.write(NotificationStore(database).create_step(row))
        handler_of(world.issuing, "retry_sweep_schedule", world.patch)()

    before = _healthy(begin, SCHEDULED["maintenance_schedule"])
    assert _found(MAINTENANCE, [*before, *world.maintained("retry_sweep_schedule", sweep)], begin, _WITHIN)


@pytest.mark.parametrize("folder", sorted(_APIS))
def test_a_function_that_answers_calls_is_found_by_its_callers(folder: str) -> None:
    """One call a minute gets a 5xx."""
    begin = datetime.fromisoformat("2026-11-27T12:00:00+00:00")
    points = [Point(begin + number * _MINUTE, 1) for number in range(1, 31)]
    events = [event["Properties"] for event in functions()[folder]["Events"].values()]
    assert {event["ApiId"]["Ref"] for event in events} == {"HttpApi"}
    assert _found("ApiErrors", points, begin, _WITHIN)


def test_the_acme_server_is_found_by_its_clients() -> None:
    begin = datetime.fromisoformat("2026-11-27T12:00:00+00:00")
    points = [Point(begin + number * _MINUTE, 1) for number in range(1, 31)]
    assert _found("AcmeErrors", points, begin, _WITHIN)


def test_what_nobody_could_process_is_found_by_its_queue() -> None:
    begin = datetime.fromisoformat("2026-11-27T12:00:00+00:00")
    points = [Point(begin + number * _MINUTE, 1) for number in range(1, 31)]
    assert _found("FailedNudges", points, begin, _REVOCATIONS_WITHIN)


def test_while_everything_runs_no_margin_is_used_up(world: _World) -> None:
    begin = world.clock()
    points = [*_healthy(begin, SCHEDULED["maintenance_schedule"]), *world.maintained()]
    assert raised_at(alarms()[MAINTENANCE], points, begin, begin + timedelta(minutes=20)) is None
