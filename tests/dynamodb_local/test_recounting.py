"""A recount beside writers, on a database that judges like the real one."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle
from certctl.domain.ids import COUNTER_SHARDS
from certctl.domain.insights.recounts import drift
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus
from certctl.services.insights.recount_requests import RecountRequests
from certctl.store.audit.events import AuditStore
from certctl.store.insights.recount_records import CountedRecords
from certctl.store.insights.recounts import RecountStore, ShardCounters
from certctl.unit_of_work.unit import certificate_change, job_change
from tests.support.agents.fleet import job, live
from tests.support.functions.control_plane import ControlPlane
from tests.support.insights.recounts import falsify, recounting

pytestmark = pytest.mark.dynamodb_local
_WRITERS = 2
_ROUNDS = 5
_PACE = 0.05
"""Seconds between the writes of one writer: of a shard, a write each second."""


def _write(plane: ControlPlane, writer: int, done: Event) -> int:
    """Certificates with an open job each, of which every second one is archived, its job cancelled."""
    made = 0
    while not done.wait(_PACE):
        now = plane.pki.clock()
        certificate = live(f"mc-w{writer}-{made}", now, now + timedelta(days=90))
        opened = job(certificate.id, now)
        _create(plane, certificate, opened)
        if made % 2:
            _end(plane, certificate, opened)
        made += 1
    return made


def _create(plane: ControlPlane, certificate: Certificate, opened: Job) -> None:
    stores = plane.stores
    counted = certificate_change(None, certificate) + job_change(None, opened)
    stores.database.transact(
        [
            *stores.certificates.create_steps(certificate, []),
            stores.jobs.create_step(opened),
            *plane.units.parts.counters.steps(counted, certificate.id),
        ]
    )


def _end(plane: ControlPlane, certificate: Certificate, opened: Job) -> None:
    now, stores = plane.pki.clock(), plane.stores
    archived = replace(certificate.with_changes(now), lifecycle=Lifecycle.ARCHIVED)
    cancelled = replace(opened, status=JobStatus.CANCELLED)
    counted = certificate_change(certificate, archived) + job_change(opened, cancelled)
    stores.database.transact(
        [
            stores.certificates.save_step(certificate, archived),
            stores.jobs.stop_step(opened, JobStatus.CANCELLED, now, "archived"),
            *plane.units.parts.counters.steps(counted, certificate.id),
        ]
    )


def _beside_writers(plane: ControlPlane) -> int:
    """Rounds of recounts while writers go on; how many certificates those made."""
    done = Event()
    with ThreadPoolExecutor(_WRITERS) as pool:
        writers = [pool.submit(_write, plane, writer, done) for writer in range(_WRITERS)]
        try:
            for _ in range(_ROUNDS):
                RecountRequests(plane.pki.database, plane.pki.clock).request()
                recounting(plane.pki.database, plane.pki.clock).run(lambda: True)
                plane.pki.clock.advance(timedelta(minutes=2))
        finally:
            done.set()
        return sum(writer.result() for writer in writers)


def _drift(plane: ControlPlane) -> dict[tuple[str, str], int]:
    """Once nobody writes."""
    database, now = plane.pki.database, plane.pki.clock
    counters, records = ShardCounters(database), CountedRecords(database, now)
    found: dict[tuple[str, str], int] = {}
    for shard in range(COUNTER_SHARDS):
        found |= drift(records.figures(shard), counters.read(shard).figures, now())
    return found


def _corrections(plane: ControlPlane, shard: int) -> list[int]:
    found = AuditStore(plane.pki.database).of_resource("counters", f"shard-{shard:02}", "~", 10)
    return [event["details"]["total"] for event in found.events]


def test_writes_beside_a_recount_are_never_taken_for_drift(plane: ControlPlane) -> None:
    assert _beside_writers(plane) > 20
    assert [_corrections(plane, shard) for shard in range(COUNTER_SHARDS)] == [[]] * COUNTER_SHARDS
    assert _drift(plane) == {}


def test_drift_is_corrected_exactly_while_writes_go_on(plane: ControlPlane) -> None:
    falsify(plane.pki.database, 3, certificates=7, jobs_open=-2)
    assert _beside_writers(plane) > 20
    assert RecountStore(plane.pki.database).read().recount.finished_at is not None
    assert _corrections(plane, 3) == [9]
    assert _drift(plane) == {}


def test_of_recounts_at_once_one_corrects(plane: ControlPlane) -> None:
    falsify(plane.pki.database, 3, certificates=7)
    recounting(plane.pki.database, plane.pki.clock).run(lambda: True)
    plane.pki.clock.advance(timedelta(minutes=2))
    with ThreadPoolExecutor(8) as pool:
        runs = [
            pool.submit(recounting(plane.pki.database, plane.pki.clock).run, lambda: True) for _ in range(8)
        ]
        assert all(not run.exception() for run in runs)
    assert _corrections(plane, 3) == [7]
    assert _drift(plane) == {}
