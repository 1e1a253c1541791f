"""A year on a moved clock: no false alarm, and each real one exactly once, in time."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from certctl.domain.inventory.endpoints.findings import Finding
from tests.support.served.fleet import Builder
from tests.support.served.year import DAY, MINUTE, START, Alarm, Fault, Year


def a_run(seed: int, sites: int, length: timedelta) -> Year:
    random = Random(seed)  # noqa: S311  # a simulation
    year = Year(Builder(random, length).sites(sites), random, START + length)
    year.run()
    return year


def faults_of(year: Year) -> list[Fault]:
    return [fault for site in year.sites for fault in site.faults]


def assert_each_fault_is_one_alarm(year: Year, alarms: list[Alarm], *, at_its_end: bool) -> None:
    wanted = Counter((fault.finding, fault.subject) for fault in faults_of(year))
    assert Counter((alarm.finding, alarm.subject) for alarm in alarms) == wanted
    for site in year.sites:
        for fault in site.faults:
            begin = fault.span.end if at_its_end else fault.due
            in_time = begin + 2.2 * site.endpoint.interval + 10 * MINUTE
            about = [a.at for a in alarms if (a.finding, a.subject) == (fault.finding, fault.subject)]
            assert any(fault.span.begin < at <= in_time for at in about), (fault, about)


def assert_right(year: Year) -> None:
    assert_each_fault_is_one_alarm(year, year.sent, at_its_end=False)
    assert_each_fault_is_one_alarm(year, year.resolved, at_its_end=True)


def test_six_weeks_of_twenty_endpoints() -> None:
    year = a_run(1, 20, 45 * DAY)
    assert len(faults_of(year)) > 10
    assert_right(year)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_year_of_300_endpoints() -> None:
    year = a_run(2026, 300, 365 * DAY)
    assert year.probes > 2_000_000
    assert {fault.finding for fault in faults_of(year)} >= {Finding.STALE, Finding.UNREACHABLE}
    assert_right(year)
