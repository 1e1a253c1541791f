"""Renewal on a database that judges like the real one: a shortened year, and runs at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from certctl.domain.renewal.policies import RenewalPolicy
from certctl.services.renewal.schedule import DueRenewals, RenewalReport
from tests.support.agents.fleet import live, store_certificates
from tests.support.aws.dynamodb_local import new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.renewal.renewals import add_renewal_policy, alerts_of
from tests.support.renewal.run import Inventory, certificates_in, requests_of, writes_of
from tests.support.renewal.year import Year, plot_of

pytestmark = pytest.mark.dynamodb_local


@pytest.mark.timeout(400)
def test_in_a_year_cut_short_nothing_with_auto_renew_expires_and_each_alert_is_stored_once(
    endpoint: str, access_key: str
) -> None:
    plot = replace(plot_of(9), days=110, issuer_down=(60, 63), scheduler_off=(75, 79))
    year = Year(new_database(endpoint), plot)
    year.run()
    assert year.expired("auto") == {}
    assert year.repeated() == []
    assert year.of_superseded() == []
    assert year.runs["renewed"] > 0
    assert year.runs["stand-in: renewed"] > 0
    assert len(year.expired("left")) >= 2
    assert any("late" in what for _, _, what, _, _ in year.table())


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    return Inventory(new_database(endpoint), Clock(), 60, 20).plane


def _at_once(plane: ControlPlane, times: int) -> list[RenewalReport]:
    """Runs that do not know of one another: the lock is passed by."""
    barrier = Barrier(times)

    def run(renewing: DueRenewals) -> RenewalReport:
        report = RenewalReport()
        barrier.wait()
        renewing._walk(report, lambda: True)
        return report

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, [plane.renewing() for _ in range(times)]))


def test_of_runs_at_the_same_time_one_opens_each_job_and_stores_each_alert(plane: ControlPlane) -> None:
    add_renewal_policy(plane, "rp-hand", RenewalPolicy(auto_renew=False))
    now = plane.pki.clock()
    ending = {"expires_at": now + timedelta(days=29), "not_before": now - timedelta(days=61)}
    renewed = [live(f"mc-auto-{n}", now, **ending) for n in range(6)]
    told = [live(f"mc-hand-{n}", now, renewal_policy_id="rp-hand", **ending) for n in range(6)]
    store_certificates(plane.pki.database, renewed)
    for each in told:
        plane.pki.database.transact(plane.stores.certificates.create_steps(each, []))
    reports = _at_once(plane, 3)
    assert sum(report.done["renewed"] for report in reports) == 6
    assert sum(report.done["alerted"] for report in reports) == 6
    assert plane.totals()["jobs_open"] == 6
    assert [len(alerts_of(plane, each.id)) for each in told] == [2] * 6


def test_a_run_reads_and_writes_what_is_due_and_nothing_else(endpoint: str, access_key: str) -> None:
    inventory = Inventory(new_database(endpoint), Clock(), 300, 20)
    inventory.lay_down()
    done, recording = inventory.run()
    assert done == {"renewed": 20}
    assert certificates_in(recording) == {f"mc-{number:06}" for number in range(20)}
    assert "Scan" not in {operation for operation, _ in requests_of(recording)}
    assert writes_of(recording)["Put", "certificates"] == 20
    assert writes_of(recording)["Put", "jobs"] == 20
