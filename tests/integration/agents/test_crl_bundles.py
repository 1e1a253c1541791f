"""Targets of kind CRLBundle: sent to their agents, reported by them, and alerted before their CRLs end."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import to_wire
from tests.support.agents.agents import AgentByHttp, AgentsByHttp
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.costs.write_units import metered
from tests.support.issuing.issuing import CERTIFICATES

_CONFIG = {"crl_path": "/etc/nginx/tls/crl.pem", "reload_command": ["systemctl", "reload", "nginx"]}
_VALIDITY, _MINUTE = timedelta(hours=72), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def one_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", "Webhook.url=certctl/blue/channels/webhook")


@pytest.fixture
def agent(agents: AgentsByHttp) -> AgentByHttp:
    return agents.enrolled()


@pytest.fixture
def bundle(agents: AgentsByHttp, agent: AgentByHttp) -> str:
    return agents.target(agent, type="CRLBundle", config=_CONFIG)


def report(agents: AgentsByHttp, target_id: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """A report of a CRL made now."""
    now = agents.world.stack.clock()
    times = {"this_update": to_wire(now), "next_update": to_wire(now + _VALIDITY)}
    crl = {"issuer": "CN=Issuing CA", "number": number, **times}
    return {"target_id": target_id, "crls": [crl], "problem": "", **changes}


def maintained(agents: AgentsByHttp, after: timedelta = timedelta()) -> dict[str, int]:
    agents.world.stack.clock.advance(after)
    schedule = MaintenanceSchedule(agents.world.stack.overrides)
    return dict(schedule.stale_crls.run(lambda: True))


def alerts(agents: AgentsByHttp) -> list[dict[str, Any]]:
    """The oldest first."""
    answer = agents.world.stack.admin("notifications_api").get("/api/v1/notifications")
    assert answer.status == 200, answer.text
    found = [row for row in answer.body["data"] if "CrlsRunOut" in row["dedup_key"]]
    return sorted(found, key=lambda row: str(row["id"]))


def record(agents: AgentsByHttp, target_id: str) -> Any:
    return agents.catalog.admin.get(f"{PATHS[Kind.TARGET]}/{target_id}").body


def test_an_agent_gets_its_bundles_if_it_asks_for_them(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agents.target(agent)
    agents.target(agents.enrolled(hostname="web-2.example.com"), type="CRLBundle", config=_CONFIG)

    asked, silent = agent.poll_for_crls(), agent.poll()

    assert asked.body["crl_bundles"] == [{"id": bundle, "config": _CONFIG}]
    assert silent.body["crl_bundles"] is None


def test_a_disabled_bundle_is_not_sent(agents: AgentsByHttp, agent: AgentByHttp) -> None:
    agents.target(agent, type="CRLBundle", config=_CONFIG, enabled=False)

    assert agent.poll_for_crls().body["crl_bundles"] == []


def test_people_see_what_is_installed(agents: AgentsByHttp, agent: AgentByHttp, bundle: str) -> None:
    before = record(agents, bundle)["crl_report"]
    agent.poll_for_crls(report(agents, bundle, number=7, problem="The control plane is silent."))

    shown = record(agents, bundle)["crl_report"]

    now = agents.world.stack.clock()
    assert before is None
    assert [crl["number"] for crl in shown["crls"]] == [7]
    assert shown["crls"][0]["stale_at"] == to_wire(now + _VALIDITY * 2 / 3)
    assert (shown["reported_at"], shown["alerted_at"]) == (to_wire(now), None)
    assert shown["problem"] == "The control plane is silent."


def test_reports_about_targets_of_others_are_ignored(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    stranger, plain = agents.enrolled(hostname="web-2.example.com"), agents.target(agent)

    stranger.poll_for_crls(report(agents, bundle))
    agent.poll_for_crls(report(agents, plain))

    assert record(agents, bundle)["crl_report"] is None
    assert record(agents, plain)["crl_report"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"target_id": "../x"},
        {"problem": "x" * 1001},
        {"crls": [{}] * 21},
        {"crls": [{"issuer": "CN=a", "number": -1, "this_update": "2026-01-01T00:00:00Z"}]},
    ],
)
def test_reports_that_cannot_be_are_refused(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str, changes: dict[str, Any]
) -> None:
    assert agent.poll_for_crls(report(agents, bundle) | changes).status == 422


def test_the_team_is_alerted_once_less_than_a_third_is_left_even_if_the_agent_is_silent(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agent.poll_for_crls(report(agents, bundle))

    early = maintained(agents, timedelta(hours=47, minutes=59))
    late = maintained(agents, timedelta(minutes=1))
    again = maintained(agents, timedelta(hours=5))

    assert (early, late, again) == ({}, {"alerted": 1}, {})
    (alert,) = alerts(agents)
    assert (alert["action"], alert["severity"], alert["team_id"]) == ("trigger", "critical", "t-default")
    assert "run out" in alert["subject"]
    assert "refuses every client" in alert["message"]
    assert "Last report of its agent" in alert["message"]
    assert record(agents, bundle)["crl_report"]["alerted_at"] is not None


def test_fresh_crls_end_the_alert_and_stale_ones_begin_another(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agent.poll_for_crls(report(agents, bundle))
    maintained(agents, timedelta(hours=50))
    agent.poll_for_crls(report(agents, bundle, number=2))

    runs = [maintained(agents, after) for after in (_MINUTE, _MINUTE, timedelta(hours=50))]

    assert runs == [{"renewed": 1}, {}, {"alerted": 1}]
    found = alerts(agents)
    assert [each["action"] for each in found] == ["trigger", "resolve", "trigger"]
    assert len({each["dedup_key"] for each in found}) == 1


def test_crls_that_were_never_installed_are_an_alert_after_an_hour(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agent.poll_for_crls(report(agents, bundle, crls=[], problem="No such directory."))

    runs = [maintained(agents, timedelta(minutes=59)), maintained(agents, timedelta(minutes=1))]

    assert runs == [{}, {"alerted": 1}]
    assert "No such directory." in alerts(agents)[0]["message"]


def test_the_alert_of_a_disabled_target_ends(agents: AgentsByHttp, agent: AgentByHttp, bundle: str) -> None:
    agent.poll_for_crls(report(agents, bundle))
    maintained(agents, timedelta(hours=50))
    body = a_body(Kind.TARGET, agent_id=agent.id, type="CRLBundle", config=_CONFIG, enabled=False)
    assert agents.catalog.admin.put(f"{PATHS[Kind.TARGET]}/{bundle}", body).status == 200

    assert maintained(agents) == {"renewed": 1}


def test_the_report_of_a_target_that_is_gone_is_forgotten(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agent.poll_for_crls(report(agents, bundle))
    assert agents.catalog.admin.delete(f"{PATHS[Kind.TARGET]}/{bundle}").status in (200, 202, 204)
    agents.world.stack.clock.advance(timedelta(days=1))
    MaintenanceSchedule(agents.world.stack.overrides).catalog_deletions.run(lambda: True)

    assert maintained(agents, timedelta(hours=50)) == {"forgotten": 1}
    assert maintained(agents) == {}


def test_no_certificate_names_such_a_target(agents: AgentsByHttp, bundle: str) -> None:
    body = {"common_name": "www.example.com", "target_ids": [bundle]}

    answer = agents.world.api.post(CERTIFICATES, body)

    assert answer.status == 422
    assert "takes CRLs, not a certificate" in answer.text


def test_a_poll_for_crls_writes_once_and_once_more_for_each_report(
    agents: AgentsByHttp, agent: AgentByHttp, bundle: str
) -> None:
    agent.poll_for_crls()  # the first use of its key
    with metered(agents.world.stack.database.client) as idle:
        agent.poll_for_crls()
    with metered(agents.world.stack.database.client) as reporting:
        agent.poll_for_crls(report(agents, bundle))

    assert (idle.by_table, reporting.by_table) == ({"state": 1}, {"state": 2})
