"""Lists in each available order: paging in either direction yields the whole set, in order."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.filters import CertificateFilter
from certctl.domain.certificates.statuses import Lifecycle, Status
from certctl.domain.errors import InvalidInput
from certctl.domain.jobs.filters import JobFilter
from certctl.domain.jobs.statuses import JobStatus, JobType
from certctl.domain.notifications.requests import NotificationFilter
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.sorting import CertificateSort, CreationSort
from certctl.services.certificates.lists import CertificateLists
from certctl.services.jobs.jobs import Jobs
from certctl.services.notifications.lists import NotificationLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.database import Database
from certctl.store.jobs.lists import JobIndexes
from certctl.store.notifications.lists import NotificationIndexes
from certctl.store.notifications.notifications import NotificationStore
from tests.support.agents.fleet import (
    demo_certificates,
    every_page,
    job,
    live,
    store_certificates,
    store_jobs,
)
from tests.support.authorities.pki import Pki
from tests.support.aws.clients import local_aws, new_database
from tests.support.clock import Clock
from tests.support.functions.control_plane import ControlPlane
from tests.support.notifications.rows import a_notification

# together they take more than ten seconds
pytestmark = pytest.mark.slow

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
# valid for years, as only a few are
LONG_LIVED = [
    live(f"mc-long-{years}", NOW, NOW + timedelta(days=365 * years), team_id=f"t-{years % 3}", owner_id="o-1")
    for years in (2, 3, 5)
]
FLEET = [*demo_certificates(NOW), *LONG_LIVED]
JOBS = [
    job(
        f"mc-{number % 5}",
        NOW - timedelta(days=number),
        team_id=f"t-{number % 3}",
        type=(JobType.ISSUANCE, JobType.RENEWAL)[number % 2],
        status=list(JobStatus)[number % len(JobStatus)],
        agent_id=f"agent-{number % 4}",
    )
    for number in range(70)
]
NOTIFICATIONS = [
    a_notification(
        NOW - timedelta(days=number),
        status=NotificationStatus.SENT,
        certificate_id=f"mc-{number % 4}",
        team_id=f"t-{number % 3}",
    )
    for number in range(60)
]
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
OF_TWO_TEAMS = Principal("key-2", Role.VIEWER, ("t-0", "t-2"))
OF_MANY_TEAMS = Principal("key-3", Role.VIEWER, tuple(f"t-{n}" for n in range(2, 30)))
BY_CREATION = (CertificateSort.OLDEST, CertificateSort.NEWEST)
BY_EXPIRY = (CertificateSort.SOONEST, CertificateSort.LATEST)
FILTERS_BY_CREATION = (
    CertificateFilter(),
    CertificateFilter(owner_id="o-1"),
    CertificateFilter(owner_id="o-1", status=Status.REVOKED),
    CertificateFilter(team_id="t-1", environment="production"),
    CertificateFilter(issuer_id="iss-other", expires_after=NOW),
    CertificateFilter(status=Status.ACTIVE),
    CertificateFilter(certificate_profile_id="mtls"),
)
FILTERS_BY_EXPIRY = (
    CertificateFilter(),
    CertificateFilter(owner_id="o-1"),
    CertificateFilter(team_id="t-2"),
    CertificateFilter(status=Status.EXPIRING),
    CertificateFilter(status=Status.EXPIRED),
    CertificateFilter(status=Status.RENEWAL_IN_PROGRESS),
    CertificateFilter(expires_after=NOW, expires_before=NOW + timedelta(days=90)),
)
REFUSED = (
    *((sort, CertificateFilter(name="example.com")) for sort in CertificateSort),
    *((sort, CertificateFilter(status=Status.REVOKED)) for sort in CertificateSort),
    *((sort, CertificateFilter(status=Status.PENDING, owner_id="o-1")) for sort in BY_EXPIRY),
    *((sort, CertificateFilter(status=Status.EXPIRED)) for sort in BY_CREATION),
    *((sort, CertificateFilter(expires_after=NOW)) for sort in BY_CREATION),
)


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    with local_aws():
        database = new_database()
        store_certificates(database, FLEET)
        store_jobs(database, JOBS)
        for row in NOTIFICATIONS:
            database.write(NotificationStore(database).create_step(row))
        yield database


@pytest.fixture
def certificates(tables: Database) -> CertificateLists:
    return CertificateLists(
        CertificateIndexes(tables), lambda: NOW, CachedCatalog(CatalogStore(tables), lambda: NOW)
    )


@pytest.fixture
def jobs(tables: Database) -> Jobs:
    plane = ControlPlane(Pki(tables, None, Clock(), {}))
    indexes = JobIndexes(tables)
    return Jobs(plane.stores, plane.units, indexes, plane.clearance, plane.nudges, lambda: NOW)


@pytest.fixture
def notifications(tables: Database) -> NotificationLists:
    return NotificationLists(NotificationStore(tables), NotificationIndexes(tables), lambda: NOW, 5)


def _in_reach(caller: Principal, team_id: str | None) -> bool:
    return "*" in caller.teams or team_id in caller.teams


def _expected(caller: Principal, wanted: CertificateFilter) -> set[str]:
    return {c.id for c in FLEET if _in_reach(caller, c.team_id) and wanted.matches(c, NOW)}


def _is_in_order(sort: str, keys: list[Any]) -> bool:
    if sort.startswith("-"):
        keys = keys[::-1]
    return all(earlier <= later for earlier, later in pairwise(keys))


@pytest.mark.parametrize("caller", [ADMIN, OF_TWO_TEAMS, OF_MANY_TEAMS], ids=["all", "two", "many"])
@pytest.mark.parametrize("sort", BY_CREATION)
@pytest.mark.parametrize("wanted", FILTERS_BY_CREATION, ids=repr)
def test_certificates_by_creation_are_all_there_and_in_order(
    certificates: CertificateLists, caller: Principal, sort: CertificateSort, wanted: CertificateFilter
) -> None:
    listed = every_page(lambda position: certificates.page(caller, wanted, position, 15, sort))
    assert _is_in_order(sort, [record.created_at for record in listed])
    assert len(listed) == len({record.id for record in listed})
    assert {record.id for record in listed} == _expected(caller, wanted)


@pytest.mark.parametrize("caller", [ADMIN, OF_TWO_TEAMS, OF_MANY_TEAMS], ids=["all", "two", "many"])
@pytest.mark.parametrize("sort", BY_EXPIRY)
@pytest.mark.parametrize("wanted", FILTERS_BY_EXPIRY, ids=repr)
def test_certificates_by_expiry_are_all_there_those_in_force_first_and_in_order(
    certificates: CertificateLists, caller: Principal, sort: CertificateSort, wanted: CertificateFilter
) -> None:
    listed = every_page(lambda position: certificates.page(caller, wanted, position, 15, sort))
    is_live = [record.lifecycle is Lifecycle.ACTIVE for record in listed]
    assert is_live == sorted(is_live, reverse=True)
    assert _is_in_order(sort, [record.expires_at for record in listed[: sum(is_live)]])
    assert len(listed) == len({record.id for record in listed})
    live_only = wanted.expires_after is not None
    living = {c.id for c in FLEET if c.lifecycle is Lifecycle.ACTIVE or not live_only}
    assert {record.id for record in listed} == _expected(caller, wanted) & living


def test_a_small_fleet_by_expiry_is_listed_in_few_pages(certificates: CertificateLists) -> None:
    pages, position = 0, None
    while pages == 0 or position is not None:
        position = certificates.page(ADMIN, CertificateFilter(), position, 500, CertificateSort.SOONEST).next
        pages += 1
    assert pages <= 4


def test_the_last_to_expire_are_on_the_first_page(certificates: CertificateLists) -> None:
    page = certificates.page(ADMIN, CertificateFilter(), None, 3, CertificateSort.LATEST)
    assert [record.id for record in page.records] == ["mc-long-5", "mc-long-3", "mc-long-2"]


@pytest.mark.parametrize(("sort", "wanted"), REFUSED, ids=repr)
def test_an_order_that_no_index_has_is_refused_and_says_what_can_be_had(
    certificates: CertificateLists, sort: CertificateSort, wanted: CertificateFilter
) -> None:
    with pytest.raises(InvalidInput, match=f"{sort} is not available with .*: .+") as refusal:
        certificates.page(ADMIN, wanted, None, 5, sort)
    assert refusal.value.problems[0].field == "query.sort"


@pytest.mark.parametrize("sort", [None, *CertificateSort])
@pytest.mark.parametrize("other", [None, *CertificateSort])
def test_a_position_of_one_order_is_invalid_in_another(
    certificates: CertificateLists, sort: CertificateSort | None, other: CertificateSort | None
) -> None:
    position = certificates.page(ADMIN, CertificateFilter(), None, 3, sort).next
    assert position is not None
    if sort is other:
        assert certificates.page(ADMIN, CertificateFilter(), position, 3, other).next is not None
        return
    with pytest.raises(InvalidInput) as refusal:
        certificates.page(ADMIN, CertificateFilter(), position, 3, other)
    assert refusal.value.problems[0].field == "query.cursor"


@pytest.mark.parametrize("sort", CreationSort)
@pytest.mark.parametrize("caller", [ADMIN, OF_TWO_TEAMS], ids=["all", "two"])
@pytest.mark.parametrize(
    "wanted",
    [
        JobFilter(),
        JobFilter(status=JobStatus.AWAITING_CSR),
        JobFilter(status=JobStatus.FAILED),
        JobFilter(certificate_id="mc-3", type=JobType.RENEWAL),
    ],
    ids=repr,
)
def test_jobs_are_all_there_and_in_order(
    jobs: Jobs, caller: Principal, sort: CreationSort, wanted: JobFilter
) -> None:
    listed = every_page(lambda position: jobs.page(caller, wanted, position, 9, sort))
    in_reach = [j for j in JOBS if _in_reach(caller, j.team_id)]
    assert _is_in_order(sort, [record.created_at for record in listed])
    assert sorted(record.id for record in listed) == sorted(j.id for j in in_reach if wanted.matches(j))


def test_a_position_of_jobs_is_invalid_in_the_other_direction(jobs: Jobs) -> None:
    position = jobs.page(ADMIN, JobFilter(), None, 3, CreationSort.OLDEST).next
    with pytest.raises(InvalidInput):
        jobs.page(ADMIN, JobFilter(), position, 3, CreationSort.NEWEST)


@pytest.mark.parametrize("sort", CreationSort)
@pytest.mark.parametrize("caller", [ADMIN, OF_TWO_TEAMS], ids=["all", "two"])
@pytest.mark.parametrize(
    "wanted",
    [
        NotificationFilter(),
        NotificationFilter(status=NotificationStatus.SENT),
        NotificationFilter(certificate_id="mc-1"),
        NotificationFilter(certificate_id="mc-1", status=NotificationStatus.DEAD),
    ],
    ids=repr,
)
def test_notifications_are_all_there_and_in_order(
    notifications: NotificationLists, caller: Principal, sort: CreationSort, wanted: NotificationFilter
) -> None:
    listed = every_page(lambda position: notifications.page(caller, wanted, position, 9, sort))
    expected = [n.id for n in NOTIFICATIONS if _in_reach(caller, n.team_id) and wanted.matches(n, 5)]
    assert _is_in_order(sort, [record.created_at for record in listed])
    assert sorted(record.id for record in listed) == sorted(expected)


@pytest.mark.parametrize("status", ["dead", "pending", "failed"])
def test_notifications_on_an_index_of_their_own_have_no_order_by_creation(
    notifications: NotificationLists, status: str
) -> None:
    with pytest.raises(InvalidInput, match="add certificate_id, or leave sort out"):
        notifications.page(
            ADMIN, NotificationFilter(status=NotificationStatus(status)), None, 5, CreationSort.OLDEST
        )


def test_a_position_of_notifications_is_invalid_in_the_other_direction(
    notifications: NotificationLists,
) -> None:
    walk: Callable[..., Any] = notifications.page
    position = walk(ADMIN, NotificationFilter(), None, 3, CreationSort.OLDEST).next
    for other in (None, CreationSort.NEWEST):
        with pytest.raises(InvalidInput):
            walk(ADMIN, NotificationFilter(), position, 3, other)
