"""Lists of certificates on the indexes of template.yaml."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as examples
from hypothesis import strategies as st

from certctl.domain.access.permissions import Role
from certctl.domain.access.principals import Principal
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.filters import CertificateFilter, RenewalFilter
from certctl.domain.certificates.statuses import Status
from certctl.domain.errors import InvalidInput
from certctl.domain.filters import given
from certctl.services.certificates.lists import CertificateLists
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.records import CatalogStore
from certctl.store.certificates.lists import CertificateIndexes
from certctl.store.database import Database
from certctl.store.paging import Position
from tests.support.agents.fleet import demo_certificates, every_page, store_certificates
from tests.support.aws.clients import local_aws, new_database

NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
FLEET = demo_certificates(NOW)
ADMIN = Principal("key-admin", Role.ADMIN, ("*",))
OF_TEAM_1 = Principal("key-1", Role.OPERATOR, ("t-1",))
OF_TWO_TEAMS = Principal("key-2", Role.VIEWER, ("t-0", "t-2"))
CALLERS = (
    ADMIN,
    OF_TEAM_1,
    OF_TWO_TEAMS,
    Principal("key-3", Role.VIEWER, tuple(f"t-{n}" for n in range(30))),
)

FILTERS = (
    CertificateFilter(),
    *(CertificateFilter(status=status) for status in Status),
    CertificateFilter(owner_id="o-1"),
    CertificateFilter(owner_id="o-1", status=Status.REVOKED),
    CertificateFilter(team_id="t-1"),
    CertificateFilter(team_id="t-1", status=Status.ACTIVE, environment="production"),
    CertificateFilter(issuer_id="iss-other"),
    CertificateFilter(issuer_id="iss-other", status=Status.EXPIRING),
    CertificateFilter(environment="staging"),
    CertificateFilter(certificate_profile_id="mtls"),
    CertificateFilter(expires_before=NOW + timedelta(days=50)),
    CertificateFilter(expires_after=NOW),
    CertificateFilter(expires_after=NOW, expires_before=NOW + timedelta(days=90), owner_id="o-0"),
    CertificateFilter(name="example.com"),
    CertificateFilter(name="c1.example.com"),
    CertificateFilter(name="www.c12.example.com", status=Status.ACTIVE),
    CertificateFilter(owner_id="o-nobody"),
    CertificateFilter(renewal=RenewalFilter.STUCK),
    CertificateFilter(acme=True),
    CertificateFilter(acme=False, team_id="t-1"),
    CertificateFilter(acme_eab_key="eab-1"),
)


@pytest.fixture(scope="module")
def tables() -> Iterator[Database]:
    with local_aws():
        database = new_database()
        store_certificates(database, FLEET)
        yield database


@pytest.fixture
def fleet(tables: Database) -> CertificateLists:
    return CertificateLists(
        CertificateIndexes(tables), lambda: NOW, CachedCatalog(CatalogStore(tables), lambda: NOW)
    )


@pytest.fixture
def calls(tables: Database) -> Iterator[list[str]]:
    """The DynamoDB operations, in order."""
    found: list[str] = []

    def note(model: Any, **_: Any) -> None:
        found.append(model.name)

    tables.client.meta.events.register("before-call.dynamodb", note)
    yield found
    tables.client.meta.events.unregister("before-call.dynamodb", note)


def _has_name(record: Certificate, sought: str) -> bool:
    backwards = [".".join(reversed(name.split("."))) for name in (*record.search_names, sought)]
    return any(name.startswith(backwards[-1]) for name in backwards[:-1])


def _expected(caller: Principal, wanted: CertificateFilter) -> set[str]:
    plain = replace(wanted, name=None)
    return {
        c.id
        for c in FLEET
        if ("*" in caller.teams or c.team_id in caller.teams)
        and plain.matches(c, NOW)
        and (wanted.name is None or _has_name(c, wanted.name))
    }


# the fixture only reads
@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(
    caller=st.sampled_from(CALLERS),
    wanted=st.sampled_from(FILTERS),
    per_page=st.integers(1, 12) | st.sampled_from((50, 500)),
)
def test_every_certificate_in_reach_is_listed_exactly_once(
    fleet: CertificateLists, caller: Principal, wanted: CertificateFilter, per_page: int
) -> None:
    listed = every_page(lambda position: fleet.page(caller, wanted, position, per_page))
    ids = [record.id for record in listed]
    assert len(ids) == len(set(ids))
    assert set(ids) == _expected(caller, wanted)


@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
def test_each_filter_finds_what_it_says(fleet: CertificateLists, wanted: CertificateFilter) -> None:
    listed = every_page(lambda position: fleet.page(ADMIN, wanted, position, 7))
    assert sorted(record.id for record in listed) == sorted(_expected(ADMIN, wanted))


def test_each_field_of_the_filter_is_given_once_alone_and_leaves_some_out() -> None:
    alone = {name: wanted for wanted in FILTERS if len(given(wanted)) == 1 for name in given(wanted)}
    assert alone.keys() == {each.name for each in fields(CertificateFilter)} - {"search"}
    for wanted in alone.values():
        assert len(_expected(ADMIN, wanted)) < len(FLEET), wanted


@pytest.mark.parametrize("caller", [ADMIN, OF_TWO_TEAMS], ids=["all teams", "two teams"])
def test_the_newest_come_first(fleet: CertificateLists, caller: Principal) -> None:
    listed = every_page(lambda position: fleet.page(caller, CertificateFilter(), position, 10))
    created = [record.created_at for record in listed]
    assert created == sorted(created, reverse=True)


def test_those_that_expire_soonest_come_first(fleet: CertificateLists) -> None:
    wanted = CertificateFilter(expires_after=NOW)
    listed = every_page(lambda position: fleet.page(ADMIN, wanted, position, 10))
    expiries = [record.expires_at for record in listed if record.expires_at]
    assert len(expiries) > 20
    assert expiries == sorted(expiries)


def test_a_page_that_is_full_at_the_end_is_the_last(fleet: CertificateLists) -> None:
    owned = sum(c.owner_id == "o-1" for c in FLEET)
    assert fleet.page(ADMIN, CertificateFilter(owner_id="o-1"), None, owned).next is None


def test_a_position_of_another_teams_list_reaches_nothing(fleet: CertificateLists) -> None:
    for wanted in FILTERS:
        position = fleet.page(ADMIN, wanted, None, 3).next
        if position is None:
            continue
        with suppress(InvalidInput):
            page = fleet.page(OF_TEAM_1, CertificateFilter(), position, 50)
            assert {record.team_id for record in page.records} <= {"t-1"}


@pytest.mark.parametrize("wanted", FILTERS[:14], ids=repr)
@pytest.mark.parametrize("after", ["~", "#", "2026", "9999-12-31T23:59:59Z#", "x" * 1024])
def test_a_forged_position_is_refused_or_harmless(
    fleet: CertificateLists, wanted: CertificateFilter, after: str
) -> None:
    for stage in ("2026-12", "Revoked", "expiry-2027-01", "owner", "teams-0", "names", "x"):
        with suppress(InvalidInput):
            page = fleet.page(OF_TEAM_1, wanted, Position(stage, after), 5)
            assert {record.team_id for record in page.records} <= {"t-1"}


@pytest.mark.parametrize("field", ["owner_id", "team_id", "issuer_id"])
@pytest.mark.parametrize("text", ["", "a" * 256, "\x00", "é"])
def test_a_filter_that_no_key_can_be_is_refused(fleet: CertificateLists, field: str, text: str) -> None:
    changed: dict[str, Any] = {field: text}
    with pytest.raises(InvalidInput) as refusal:
        fleet.page(ADMIN, CertificateFilter(**changed), None, 5)
    assert refusal.value.problems[0].field == f"query.{field}"


def test_an_agent_has_no_list(fleet: CertificateLists) -> None:
    agent = Principal("key-a", Role.AGENT, ("*",), agent_id="agent-1")
    page = fleet.page(agent, CertificateFilter(), None, 50)
    assert page.records == []
    assert page.next is None


@pytest.mark.parametrize("wanted", FILTERS, ids=repr)
def test_a_page_reads_few_partitions_at_once_and_then_its_records(
    fleet: CertificateLists, calls: list[str], wanted: CertificateFilter
) -> None:
    fleet.page(OF_TWO_TEAMS, wanted, None, 50)
    steps = [(name, len(list(same))) for name, same in groupby(calls)]
    names = [name for name, _ in steps]
    assert names in (["Query"], *(["Query", "BatchGetItem"] * looks for looks in (1, 2, 3)))
    assert all(number <= 7 for _, number in steps)  # one more for the renewal policies, once a minute
