"""A stack takes so many agents: no more are registered, with the reason, and a retired agent gives
its place back."""

from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.agents.agents import MOST_AGENTS
from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.agent_places import AgentPlaces
from certctl.store.keys import catalog_names
from tests.support.agents.agents import AgentsByHttp
from tests.support.api.http import Answer
from tests.support.aws.in_process.laid_down import lay_down_rows
from tests.support.catalog.catalog import PATHS, a_body

AGENTS = PATHS[Kind.AGENT]


def _are_taken(agents: AgentsByHttp, count: int) -> None:
    """Stores the count of so many registered agents."""
    database = agents.world.stack.database
    lay_down_rows("catalog", [{"kind": {"S": "agent_count"}, "id": {"S": "all"}, "total": {"N": str(count)}}])
    assert _taken(agents) == AgentPlaces(database).taken() == count


def _taken(agents: AgentsByHttp) -> int | None:
    return AgentPlaces(agents.world.stack.database).taken()


def _maintained(agents: AgentsByHttp) -> bool:
    return MaintenanceSchedule(agents.world.stack.overrides).stale_agents.correct_count()


def _assert_full(refused: Answer) -> None:
    assert refused.status == 409
    assert refused.body["detail"].startswith(f"This stack has {MOST_AGENTS:,} agents and takes no more")


def test_the_last_place_is_given_and_no_further(agents: AgentsByHttp) -> None:
    _are_taken(agents, MOST_AGENTS - 1)

    assert agents.register(agents.token()).status == 201
    _assert_full(agents.register(agents.token(), hostname="web-2.example.com"))
    _assert_full(agents.catalog.admin.post(AGENTS, a_body(Kind.AGENT)))
    assert _taken(agents) == MOST_AGENTS


def test_a_refused_host_keeps_its_token_and_registers_when_another_agent_is_retired(
    agents: AgentsByHttp,
) -> None:
    gone, token = agents.enrolled(), agents.token()
    _are_taken(agents, MOST_AGENTS)
    _assert_full(agents.register(token))

    assert agents.catalog.admin.delete(f"{AGENTS}/{gone.id}").status == 204

    assert agents.register(token).status == 201


def test_a_retired_agent_gives_its_place_back_once(agents: AgentsByHttp) -> None:
    kept, gone = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    agents.catalog.admin.delete(f"{AGENTS}/{gone.id}")
    agents.world.stack.clock.advance(timedelta(minutes=3))
    MaintenanceSchedule(agents.world.stack.overrides).catalog_deletions.run(lambda: True)

    assert _taken(agents) == 1
    assert not _maintained(agents)
    assert kept.heartbeat().status == 200


@pytest.mark.parametrize("wrong", [0, 7])
def test_a_wrong_number_is_corrected_by_maintenance(agents: AgentsByHttp, wrong: int) -> None:
    agents.enrolled()
    retired = agents.enrolled(hostname="web-2.example.com")
    agents.catalog.admin.delete(f"{AGENTS}/{retired.id}")
    _are_taken(agents, wrong)

    assert _maintained(agents)
    assert _taken(agents) == 1


def test_what_was_counted_while_an_agent_registered_is_not_stored(agents: AgentsByHttp) -> None:
    agents.enrolled()
    places = AgentPlaces(agents.world.stack.database)
    taken = places.taken()
    agents.enrolled(hostname="web-2.example.com")

    assert not places.correct(taken, 1)
    assert _taken(agents) == 2


def test_a_stack_that_has_more_agents_already_keeps_them_and_registers_no_other(agents: AgentsByHttp) -> None:
    """An earlier release registered them, and has no such number."""
    names = catalog_names(Kind.AGENT)
    rows = [
        {"kind": {"S": names}, "id": {"S": f"web-{n:05}"}, "entry_id": {"S": f"agt-{n:05}"}}
        for n in range(MOST_AGENTS + 1)
    ]
    lay_down_rows("catalog", rows)
    _maintained(agents)

    _assert_full(agents.register(agents.token()))
    assert _taken(agents) == MOST_AGENTS + 1
    total = agents.world.stack.admin("insights_api").get("/api/v1/stats/summary").body["total_agents"]
    assert total == MOST_AGENTS + 1
