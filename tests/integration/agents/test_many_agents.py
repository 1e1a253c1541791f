"""With as many agents as a stack takes, numbers are true, each is the length of its list, and reads are
bounded."""

from itertools import chain

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.access.permissions import Role
from certctl.domain.agents.agents import MOST_AGENTS
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.many import Fleet
from tests.support.api.http import Client
from tests.support.catalog.catalog import PATHS
from tests.support.costs.read_units import metered_reads
from tests.support.functions.deployed import Deployed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),  # moto takes minutes for every page of 10,000
]
AGENTS = PATHS[Kind.AGENT]
_PER_PAGE = 500
_MOST_ROSTER_UNITS = 550
"""Read units of one reading of 10,000 agents, as docs/agent.md says."""


@pytest.fixture(params=[1_200, pytest.param(MOST_AGENTS, marks=pytest.mark.nightly)])
def fleet(request: pytest.FixtureRequest, stack: Deployed) -> Fleet:
    fleet = Fleet(stack.database, stack.clock(), request.param)
    fleet.lay_down()
    return fleet


def _pages(client: Client, **query: str) -> list[list[str]]:
    """The ids of each page, until the last."""
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(AGENTS, per_page=str(_PER_PAGE), **query, **cursor)
        assert answer.status == 200, answer.text
        pages.append([agent["id"] for agent in answer.body["data"]])
        if answer.body["next_cursor"] is None:
            return pages
        cursor = {"cursor": answer.body["next_cursor"]}


def test_each_number_is_the_length_of_its_list_wherever_it_is_shown(stack: Deployed, fleet: Fleet) -> None:
    insights, catalog = stack.admin("insights_api"), stack.admin("catalog_api")

    summary = insights.get("/api/v1/stats/summary").body
    listed = insights.get("/api/v1/metrics").body["data"]
    metrics = {metric["name"]: [sample["value"] for sample in metric["samples"]] for metric in listed}
    lists = {status: list(chain(*_pages(catalog, status=status))) for status in AgentStatus}

    assert lists == {status: fleet.ids(status) for status in AgentStatus}
    numbers = {
        AgentStatus.ONLINE: (summary["active_agents"], metrics["certctl_agent_online"]),
        AgentStatus.DEGRADED: (summary["degraded_agents"], metrics["certctl_agent_degraded"]),
        AgentStatus.OFFLINE: (summary["offline_agents"], metrics["certctl_agent_offline"]),
    }
    assert numbers == {status: (len(ids), [len(ids)]) for status, ids in lists.items()}
    assert (summary["total_agents"], metrics["certctl_agent_total"]) == (fleet.size, [fleet.size])
    attention = {line["kind"]: line["count"] for line in insights.get("/api/v1/attention").body["lines"]}
    assert attention["agents_offline"] == len(lists[AgentStatus.OFFLINE])


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": "Online"},
        {"status": "Degraded", "name": "web-"},
        {"status": "Offline"},
        {"status": "Offline", "name": "WEB-"},
        {"team_id": "t-last"},
        {"team_id": "t-last", "status": "Offline", "name": "web"},
        {"enrolled_by": "key-admin", "name": "web-0"},
    ],
)
def test_each_page_but_the_last_is_full(stack: Deployed, fleet: Fleet, query: dict[str, str]) -> None:
    *full, last = _pages(stack.admin("catalog_api"), **query)

    assert {len(page) for page in full} <= {_PER_PAGE}
    assert last
    assert len({agent_id for page in (*full, last) for agent_id in page}) == _PER_PAGE * len(full) + len(last)


def test_the_newest_agents_of_a_plain_list_have_their_status(stack: Deployed, fleet: Fleet) -> None:
    newest = stack.admin("catalog_api").get(AGENTS, per_page="500", name=f"web-{fleet.size - 6:05}"[:-1])

    shown = {agent["id"]: agent["status"] for agent in newest.body["data"]}
    expected = {agent_id: status for status in AgentStatus for agent_id in fleet.ids(status)}
    assert shown == {agent_id: expected[agent_id] for agent_id in shown}
    assert shown.keys() & set(fleet.ids(AgentStatus.OFFLINE))


def test_numbers_and_filtered_lists_read_names_and_contacts_once(stack: Deployed, fleet: Fleet) -> None:
    client = stack.database.client
    most = _MOST_ROSTER_UNITS * fleet.size / MOST_AGENTS

    with metered_reads(client) as counted:
        stack.admin("insights_api").get("/api/v1/stats/overview")
    with metered_reads(client) as listed:
        stack.admin("catalog_api").get(AGENTS, status="Offline")

    for reads in (counted, listed):
        roster = [units for operation, table, units in reads.reads if operation == "Query" and units > 8]
        assert sum(roster) <= most + 20
        assert reads.units <= most + 60


def test_a_plain_page_reads_no_more_than_itself(stack: Deployed, fleet: Fleet) -> None:
    client = stack.admin("catalog_api")

    with metered_reads(stack.database.client) as reads:
        assert len(client.get(AGENTS, per_page="50").body["data"]) == 50

    assert reads.units <= 80


def test_maintenance_reads_no_record_of_an_agent_that_needs_nothing(stack: Deployed, fleet: Fleet) -> None:
    stale = MaintenanceSchedule(stack.overrides).stale_agents

    with metered_reads(stack.database.client) as reads:
        stale.run(lambda: True)

    records = [units for operation, table, units in reads.reads if operation == "BatchGetItem"]
    assert sum(records) <= 20


def test_a_team_that_has_few_agents_sees_its_filter_in_one_page(stack: Deployed, fleet: Fleet) -> None:
    client = stack.client("catalog_api", stack.new_key(Role.VIEWER, ("t-last",)))

    assert [len(page) for page in _pages(client, team_id="t-last")] == [3]
