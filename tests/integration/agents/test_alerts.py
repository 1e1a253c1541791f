"""Alerts of deployments: what opens an incident, and what ends it."""

from datetime import timedelta

import pytest

from certctl import bootstrap_agents
from certctl.domain.notifications import Action, Notification, NotificationType
from certctl.services.causes import Causes
from certctl.store.agent_states import AgentStateStore
from certctl.store.certificates import CertificateStore
from tests.support.agents import AgentByHttp, AgentsByHttp
from tests.support.routed import rows_of


@pytest.fixture(autouse=True)
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


def told(agents: AgentsByHttp, certificate_id: str) -> list[Notification]:
    rows = rows_of(agents.world.stack.database, certificate_id)
    return [row for row in rows if row.type is NotificationType.DEPLOYMENT_FAILURE]


def has_ended(agents: AgentsByHttp, trigger: Notification) -> bool:
    """What the delivery asks before it tries again."""
    database = agents.world.stack.database
    return Causes(CertificateStore(database), AgentStateStore(database)).has_ended(trigger)


def failed_for_good(agents: AgentsByHttp, agent: AgentByHttp) -> str:
    """The id of a certificate whose deployment failed."""
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    for _ in range(3):
        agent.failed(work)
        agents.world.stack.clock.advance(timedelta(minutes=20))
    return str(issued["id"])


def test_a_failed_deployment_is_told_of_however_often_its_channel_fails(agents: AgentsByHttp) -> None:
    certificate_id = failed_for_good(agents, agents.enrolled())

    (trigger,) = told(agents, certificate_id)

    assert trigger.action is Action.TRIGGER
    assert not has_ended(agents, trigger)


def test_nobody_is_told_late_of_a_failed_deployment_that_was_made_good(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    certificate_id = failed_for_good(agents, agent)
    agents.deploy(certificate_id)
    (work,) = agent.work()

    agent.deployed(work)

    trigger, resolve = told(agents, certificate_id)
    assert (resolve.action, resolve.dedup_key) == (Action.RESOLVE, trigger.dedup_key)
    assert has_ended(agents, trigger)


def test_a_silent_agent_is_told_of_until_it_is_heard_again(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))
    agents.world.stack.clock.advance(timedelta(seconds=121))
    bootstrap_agents.stale_agents().run(lambda: True)
    (trigger,) = told(agents, asked["id"])

    while_silent = has_ended(agents, trigger)
    agent.heartbeat()
    bootstrap_agents.stale_agents().run(lambda: True)

    assert (while_silent, has_ended(agents, trigger)) == (False, True)
    assert told(agents, asked["id"])[-1].dedup_key == trigger.dedup_key
