"""Alerts of deployments: what opens an incident, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.notifications.notifications import Notification
from certctl.domain.notifications.statuses import Action, NotificationType
from certctl.services.notifications.relevance import AlertRelevance
from certctl.store.agents.states import AgentStateStore
from certctl.store.certificates.certificates import CertificateStore
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.api.http import Answer
from tests.support.authorities.pki import Pki
from tests.support.catalog.catalog import PATHS
from tests.support.functions.control_plane import ADMIN, CHANNELS, ControlPlane
from tests.support.issuing.issuing import CERTIFICATES
from tests.support.notifications.routed import rows_of


@pytest.fixture(autouse=True)
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


def told(agents: AgentsByHttp, certificate_id: str) -> list[Notification]:
    rows = rows_of(agents.world.stack.database, certificate_id)
    return [row for row in rows if row.type is NotificationType.DEPLOYMENT_FAILURE]


def has_ended(agents: AgentsByHttp, trigger: Notification) -> bool:
    """Whether a retry of the delivery is still relevant."""
    database = agents.world.stack.database
    return AlertRelevance(CertificateStore(database), AgentStateStore(database)).is_resolved(trigger)


def failed_for_good(agents: AgentsByHttp, agent: AgentByHttp) -> str:
    """The id of a certificate whose deployment failed."""
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    for _ in range(3):
        agent.failed(work)
        agents.world.stack.clock.advance(timedelta(minutes=20))
    return str(issued["id"])


def test_a_failed_deployment_is_reported_however_often_its_channel_fails(agents: AgentsByHttp) -> None:
    certificate_id = failed_for_good(agents, agents.enrolled())

    (trigger,) = told(agents, certificate_id)

    assert trigger.action is Action.TRIGGER
    assert not has_ended(agents, trigger)


def test_a_failed_deployment_that_was_repaired_raises_no_late_alert(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    certificate_id = failed_for_good(agents, agent)
    agents.deploy(certificate_id)
    (work,) = agent.work()

    agent.deployed(work)

    trigger, resolve = told(agents, certificate_id)
    assert (resolve.action, resolve.dedup_key) == (Action.RESOLVE, trigger.dedup_key)
    assert has_ended(agents, trigger)


def an_end(agents: AgentsByHttp, how: str, certificate_id: str, target_id: str) -> None:
    """The state after which the certificate is no longer deployed to the target."""
    api, path = agents.world.api, f"{CERTIFICATES}/{certificate_id}"
    match how:
        case "archived":
            answer = api.send("DELETE", path, query={"keep_valid": "true"})
        case "revoked":
            answer = api.post(f"{path}/revoke", {"reason": "superseded"})
        case "taken off":
            answer = api.put(path, {"target_ids": []})
        case "disabled":
            answer = disabled(agents, target_id)
    assert answer.status in (200, 204), answer.text


def disabled(agents: AgentsByHttp, target_id: str) -> Answer:
    path = f"{PATHS[Kind.TARGET]}/{target_id}"
    before = agents.catalog.admin.get(path).body
    shown = ("name", "type", "config", "agent_id", "version")
    return agents.catalog.admin.put(path, {name: before[name] for name in shown} | {"enabled": False})


def maintained(agents: AgentsByHttp) -> int:
    """Once no cache has the previous target."""
    agents.world.stack.clock.advance(timedelta(minutes=3))
    return MaintenanceSchedule(agents.world.stack.overrides).open_incidents.run(lambda: True)


@pytest.mark.parametrize("how", ["archived", "revoked", "taken off", "disabled"])
def test_nobody_waits_for_a_deployment_that_is_not_to_be_made_any_more(
    agents: AgentsByHttp, how: str
) -> None:
    certificate_id = failed_for_good(agents, agents.enrolled())
    (target_id,) = agents.world.read(certificate_id)["target_ids"]

    an_end(agents, how, certificate_id, target_id)
    maintained(agents)

    trigger, *resolves = told(agents, certificate_id)
    assert [(r.action, r.dedup_key) for r in resolves] == [(Action.RESOLVE, trigger.dedup_key)]
    assert has_ended(agents, trigger)
    assert maintained(agents) == 0


def test_incidents_without_room_in_the_transaction_of_the_end_are_ended_by_maintenance(
    agents: AgentsByHttp,
) -> None:
    certificate_id = failed_for_good(agents, agents.enrolled())
    stack = agents.world.stack
    crowded = ControlPlane(Pki(stack.database, None, stack.clock, {}), CHANNELS)
    crowded.overrides = replace(crowded.overrides, max_writes=5)
    crowded.certificates.edit(ADMIN, certificate_id, CertificateEdit(target_ids=()))
    before = len(told(agents, certificate_id))

    settled = maintained(agents)

    assert (before, settled) == (1, 1)
    assert [row.action for row in told(agents, certificate_id)] == [Action.TRIGGER, Action.RESOLVE]


def test_a_failure_on_a_target_disabled_since_raises_no_alert(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    attempt = agent.start(work["job_id"]).body["attempt"]
    disabled(agents, work["target"]["id"])
    agents.world.stack.clock.advance(timedelta(seconds=61))  # targets are remembered for a minute

    answer = agent.report(work["job_id"], attempt, outcome="failed", error="no such file", rolled_back=True)

    assert answer.body["status"] == "Cancelled"
    assert "no such file" in agents.deployments(issued["id"])[0]["last_error"]
    assert told(agents, issued["id"]) == []


def test_a_silent_agent_keeps_its_alert_until_it_polls_again(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))
    agents.world.stack.clock.advance(timedelta(seconds=121))
    MaintenanceSchedule(agents.world.stack.overrides).stale_agents.run(lambda: True)
    (trigger,) = told(agents, asked["id"])
    assert trigger.subject == "Agent web-1.example.com is offline"

    while_silent = has_ended(agents, trigger)
    agent.heartbeat()
    MaintenanceSchedule(agents.world.stack.overrides).stale_agents.run(lambda: True)

    assert (while_silent, has_ended(agents, trigger)) == (False, True)
    assert told(agents, asked["id"])[-1].dedup_key == trigger.dedup_key
