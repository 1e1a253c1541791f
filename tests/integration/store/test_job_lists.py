"""Lists of jobs on the indexes of template.yaml."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.errors import InvalidInput
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.services.jobs.jobs import Jobs
from certctl.store.database import Database
from certctl.store.jobs.lists import JobIndexes
from certctl.store.paging import Position
from tests.support.agents.fleet import every_page, job, store_jobs
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
CALLERS = (
    ADMIN,
    Principal("key-1", Role.OPERATOR, ("t-1",)),
    Principal("key-2", Role.VIEWER, ("t-0", "t-2")),
)
FILTERS = (
    JobFilter(),
    *(JobFilter(status=status) for status in JobStatus),
    JobFilter(type=JobType.RENEWAL),
    JobFilter(certificate_id="mc-3"),
    JobFilter(certificate_id="mc-3", status=JobStatus.FAILED),
    JobFilter(type=JobType.ISSUANCE, status=JobStatus.PENDING),
    JobFilter(certificate_id="mc-nobody"),
    JobFilter(agent_id="agent-2"),
    JobFilter(team_id="t-1"),
    JobFilter(team_id="t-2", status=JobStatus.FAILED),
    JobFilter(target_id="tgt-1"),
    JobFilter(agent_id="agent-2", type=JobType.ISSUANCE),
    JobFilter(agent_id="agent-2", certificate_id="mc-3"),
)


def _of_number(number: int) -> Job:
    return job(
        f"mc-{number % 5}",
        NOW - timedelta(days=number),
        team_id=f"t-{number % 3}",
        type=(JobType.ISSUANCE, JobType.RENEWAL)[number % 2],
        status=list(JobStatus)[number % len(JobStatus)],
        agent_id=f"agent-{number % 4}" if number % 4 else None,
    )


FLEET = [_of_number(number) for number in range(70)]


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    with local_aws():
        database = new_database()
        store_jobs(database, FLEET)
        yield database


@pytest.fixture
def jobs(tables: Database) -> Jobs:
    plane = ControlPlane(Pki(tables, None, Clock(), {}))
    indexes = JobIndexes(tables)
    return Jobs(plane.stores, plane.units, indexes, plane.clearance, plane.nudges, lambda: NOW)


def _reaches(caller: Principal, record: Job) -> bool:
    return "*" in caller.teams or record.team_id in caller.teams


# the fixture only reads
@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    caller=st.sampled_from(CALLERS),
    wanted=st.sampled_from(FILTERS),
    per_page=st.integers(1, 12) | st.sampled_from((50, 500)),
)
def test_every_job_in_reach_is_listed_exactly_once_and_the_newest_first(
    jobs: Jobs, caller: Principal, wanted: JobFilter, per_page: int
) -> None:
    listed = every_page(lambda position: jobs.page(caller, wanted, position, per_page))
    expected = [record.id for record in FLEET if _reaches(caller, record) and wanted.matches(record)]
    assert [record.id for record in listed] == expected


@pytest.mark.parametrize("position", [Position("x"), Position("2026-10"), Position("Completed", "job-1")])
def test_a_position_of_another_list_is_refused(jobs: Jobs, position: Position) -> None:
    with pytest.raises(InvalidInput, match="next_cursor"):
        jobs.page(ADMIN, JobFilter(), position, 10)


@pytest.mark.parametrize("text", ["", "a" * 65, "\x00"])
def test_a_certificate_id_that_none_can_be_is_refused(jobs: Jobs, text: str) -> None:
    with pytest.raises(InvalidInput, match="certificate_id"):
        jobs.page(ADMIN, JobFilter(certificate_id=text), None, 10)
