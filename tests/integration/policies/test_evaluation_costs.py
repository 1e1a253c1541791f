"""Reads and writes of an evaluation grow with the inventory, once for each change of a policy."""

from datetime import timedelta

import pytest

from tests.integration.policies.test_policy_evaluation import evaluation, made, work
from tests.support.agents.fleet import live, store_certificates
from tests.support.costs.read_units import metered_reads
from tests.support.costs.write_units import metered
from tests.support.issuing.issuing import Issuing

_CERTIFICATES, _BREAKING = 200, 20
READS_PER_100 = 105
"""Half a unit for each record and for its open violation, and the index. docs/policies.md states it."""
WRITES_PER_VIOLATION = 13


@pytest.fixture
def fleet(world: Issuing) -> Issuing:
    now = world.stack.clock()
    until = now + timedelta(days=90)
    records = [
        live(f"mc-{number:06}", now, until, environment="staging" if number < _BREAKING else "production")
        for number in range(_CERTIFICATES)
    ]
    store_certificates(world.stack.database, records)
    return world


@pytest.mark.slow
def test_the_first_pass_costs_what_the_documentation_states(fleet: Issuing) -> None:
    made(fleet)
    job_id = evaluation(fleet)["job_id"]

    with metered_reads(fleet.stack.database.client) as reads, metered(fleet.stack.database.client) as writes:
        work(fleet, job_id)

    assert evaluation(fleet)["violations"] == _BREAKING
    assert reads.units <= READS_PER_100 * _CERTIFICATES / 100, reads.units
    assert writes.units <= WRITES_PER_VIOLATION * _BREAKING + 30, writes.units
