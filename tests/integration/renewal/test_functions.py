"""The schedules as deployed: renewal_schedule, and maintenance_schedule while that is silent."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.api.maintenance import renew_as_fallback
from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.renewal.policies import RenewalPolicy
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.items import CertificateItem
from certctl.store.follow_ups import FollowUpStore
from certctl.store.keys import RENEWAL_REPLAN
from certctl.store.renewal import RenewalRunStore
from functions.renewal_schedule.app import lambda_handler
from tests.support.functions.deployed import Deployed
from tests.support.functions.lambda_context import Context
from tests.support.issuing.issuing import Issuing, issuing

SETTLED = timedelta(minutes=3)


@pytest.fixture
def world(stack: Deployed) -> Iterator[Issuing]:
    with issuing(stack) as world:
        yield world


def planned_at(world: Issuing, certificate_id: str) -> Any:
    row = world.stack.database.get(CertificateItem, certificate_id, "certificate", consistent=True)
    return row and row.next_action_at


def test_a_run_renews_what_is_due_and_the_worker_issues_it(world: Issuing) -> None:
    first = world.issued()
    world.stack.clock.advance(timedelta(days=171))
    assert lambda_handler({}, Context()) == {"ran": True, "renewed": 1, "planned_anew": 0}
    world.work()
    assert world.read(first["id"])["serial_number"] != first["serial_number"]


def test_an_edited_policy_plans_its_certificates_again_after_the_caches_expire(
    world: Issuing,
) -> None:
    certificate = world.issued()
    database, now = world.stack.database, world.stack.clock()
    refer = CatalogStore(database).refer_step(
        Kind.RENEWAL_POLICY, "rp-default", f"certificate#{certificate['id']}"
    )
    before = Entry(Kind.RENEWAL_POLICY, "rp-default", "Default", RenewalPolicy(), now, now)
    database.transact([refer, *CatalogStore(database).create_steps(before)])
    catalog = world.stack.admin("catalog_api")
    path = "/api/v1/renewal-policies/rp-default"
    body = catalog.get(path).body
    edited = {name: body[name] for name in body if name not in ("id", "version", "created_at", "updated_at")}
    answer = catalog.put(path, edited | {"renewal_window_days": 60})
    assert answer.status == 200, answer.text
    planned = planned_at(world, certificate["id"])
    assert lambda_handler({}, Context())["planned_anew"] == 0
    world.stack.clock.advance(SETTLED)
    assert lambda_handler({}, Context())["planned_anew"] == 1
    assert planned_at(world, certificate["id"]) == planned - timedelta(days=30)
    assert FollowUpStore(database, RENEWAL_REPLAN).settled(world.stack.clock()) == []


def test_maintenance_renews_once_the_schedule_is_silent_for_hours(world: Issuing) -> None:
    first, renewal = world.issued(), MaintenanceSchedule(world.stack.overrides).renewal_stand_in
    assert renew_as_fallback(renewal, lambda: 100_000) == {}
    world.stack.clock.advance(timedelta(days=171))
    RenewalRunStore(world.stack.database).record(world.stack.clock() - timedelta(hours=5))
    assert renew_as_fallback(renewal, lambda: 100_000) == {}
    world.stack.clock.advance(timedelta(hours=2))
    assert renew_as_fallback(renewal, lambda: 100_000) == {"renewed": 1}
    world.work()
    assert world.read(first["id"])["serial_number"] != first["serial_number"]
