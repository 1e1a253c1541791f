"""From a certificate with a target to its deployment: the agent makes the key, the record has the names."""

from datetime import timedelta
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from tests.support.agents.agents import AgentsByHttp, fingerprint_of
from tests.support.catalog.catalog import PATHS, a_body
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.issuing.issuing import CERTIFICATES

_FILES = {"certificate_path": "/srv/a.pem", "key_path": "/srv/a.key"}


def test_a_certificate_with_a_target_awaits_the_request_of_its_agent(agents: AgentsByHttp) -> None:
    agent, other = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    target = agents.target(agent)

    asked = agents.asked(target, sans=["example.com"])

    (work,) = agent.work()
    assert (work["job_id"], work["status"], work["target"]) == (asked["job_id"], "AwaitingCSR", None)
    assert (work["common_name"], work["key"]) == ("www.example.com", {"algorithm": "ECDSA", "size": 256})
    assert "DNS:example.com" in work["sans"]
    assert other.work() == []


def test_an_issued_version_is_deployed_to_each_target_and_the_record_says_when(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    targets = {agents.target(agent), agents.target(agent, type="Files", config=_FILES)}

    issued = agents.issued(agent, *targets)

    work = agent.work()
    assert {w["target"]["id"] for w in work} == targets
    version = agent.version(issued["id"], work[0]["serial_number"]).body
    assert fingerprint_of(version["certificate_pem"]) == work[0]["fingerprint_sha256"]
    assert version["chain_pem"]
    assert [agent.deployed(w).body["status"] for w in work] == ["Completed", "Completed"]
    assert agent.work() == []
    assert agents.world.read(issued["id"])["last_deployment_at"] is not None
    assert {d["status"] for d in agents.deployments(issued["id"])} == {"Completed"}


def test_a_request_is_taken_twice_and_another_one_is_not(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))
    pem = csr_pem("www.example.com", [], new_key())

    answers = [agent.submit(asked["job_id"], p).status for p in (pem, pem)]

    assert answers == [202, 202]
    assert agent.submit(asked["job_id"], csr_pem("www.example.com", [], new_key())).status == 409


def test_people_do_not_answer_for_the_agent(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    asked = agents.asked(agents.target(agent))

    body = {"csr_pem": csr_pem("www.example.com", [], new_key())}
    refused = agents.world.api.post(f"{CERTIFICATES}/{asked['id']}/csr", body)

    assert refused.status == 409
    assert agent.id in refused.text


def test_targets_of_two_agents_are_refused(agents: AgentsByHttp) -> None:
    mine, theirs = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    targets = [agents.target(mine), agents.target(theirs)]

    refused = agents.world.api.post(CERTIFICATES, {"common_name": "a.example.com", "target_ids": targets})

    assert refused.status == 422
    assert "one agent" in refused.text


@pytest.mark.parametrize(
    ("kind", "shown", "status"),
    [
        ("NGINX", None, 422),
        ("NGINX", "0" * 64, 422),
        ("Files", "0" * 64, 422),
        ("Files", None, 200),
    ],
)
def test_a_success_shows_the_version_where_the_target_is_looked_at(
    agents: AgentsByHttp, kind: str, shown: str | None, status: int
) -> None:
    agent = agents.enrolled()
    other: dict[str, Any] = {} if kind == "NGINX" else {"type": kind, "config": _FILES}
    agents.issued(agent, agents.target(agent, **other))
    (work,) = agent.work()
    attempt = agent.start(work["job_id"]).body["attempt"]

    answer = agent.report(work["job_id"], attempt, served_fingerprint_sha256=shown)

    assert answer.status == status
    if status == 422:  # the agent may still succeed: the attempt continues
        served = {"served_fingerprint_sha256": work["fingerprint_sha256"]}
        assert agent.report(work["job_id"], attempt, **served).body["status"] == "Completed"


def test_an_agent_that_deploys_one_thing_after_another_is_not_missed(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, *(agents.target(agent) for _ in range(3)))
    path = f"{PATHS[Kind.AGENT]}/{agent.id}"

    seen = []
    for work in agent.work():
        agents.world.stack.clock.advance(timedelta(seconds=100))
        agent.deployed(work)
        seen.append(agents.catalog.admin.get(path).body["status"])

    assert seen == ["Online"] * 3
    assert {each["status"] for each in agents.deployments(issued["id"])} == {"Completed"}


def test_a_failure_is_tried_again_later_and_the_last_one_is_for_good_and_alerts(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()

    statuses = []
    for _ in range(3):
        statuses.append(agent.failed(work).body["status"])
        assert agent.work() == []
        agents.world.stack.clock.advance(timedelta(minutes=20))

    assert statuses == ["Pending", "Pending", "Failed"]
    (deployment,) = agents.deployments(issued["id"])
    assert deployment["last_error"] == "nginx: test failed (rolled back)"
    assert agent.start(work["job_id"]).status == 409


def test_a_repeated_result_counts_once_and_that_of_an_earlier_attempt_is_refused(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    first, again = (agent.start(work["job_id"]).body["attempt"] for _ in range(2))
    served = {"served_fingerprint_sha256": work["fingerprint_sha256"]}

    late = agent.report(work["job_id"], first, **served)
    told = [agent.report(work["job_id"], again, **served) for _ in range(2)]

    assert late.status == 409
    assert [t.body["status"] for t in told] == ["Completed", "Completed"]


def test_a_result_after_the_job_was_cancelled_is_refused(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    attempt = agent.start(work["job_id"]).body["attempt"]
    cancelled = agents.world.stack.admin("insights_api").post(f"/api/v1/jobs/{work['job_id']}/cancel")

    late = agent.report(work["job_id"], attempt, served_fingerprint_sha256=work["fingerprint_sha256"])

    assert (cancelled.status, late.status) == (200, 409)


def test_a_renewal_asks_the_agent_for_a_new_key_and_supersedes_what_was_not_deployed(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (old,) = agent.work()
    agents.world.api.post(f"{CERTIFICATES}/{issued['id']}/renew")
    agents.given(agent, issued["id"])

    refused = agent.start(old["job_id"])

    assert refused.status == 409
    (new,) = agent.work()
    assert new["serial_number"] != old["serial_number"]
    assert {d["status"] for d in agents.deployments(issued["id"])} == {"Cancelled", "Pending"}


def test_a_deployment_that_people_ask_for_is_one_job_for_each_target_however_often(
    agents: AgentsByHttp,
) -> None:
    agent = agents.enrolled()
    target = agents.target(agent)
    issued = agents.issued(agent, target)
    agent.deployed(agent.work()[0])

    asked = [agents.deploy(issued["id"]).body["job_ids"], agents.deploy(issued["id"], target).body["job_ids"]]

    assert asked[0] == asked[1]
    (work,) = agent.work()
    assert [work["job_id"]] == asked[0]
    assert agents.deploy(issued["id"], "tgt-other").status == 422


def test_what_is_revoked_is_not_deployed_and_what_is_held_waits(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    issued = agents.issued(agent, agents.target(agent))
    (work,) = agent.work()
    revoke = f"{CERTIFICATES}/{issued['id']}/revoke"

    agents.world.api.post(revoke, {"reason": "certificateHold"})
    held = agent.start(work["job_id"])
    shown_while_held = agent.work()
    agents.world.api.post(revoke, {"reason": "keyCompromise"})

    assert (held.status, shown_while_held) == (409, [])
    assert agent.start(work["job_id"]).status == 409
    assert agents.deployments(issued["id"])[0]["status"] == "Cancelled"


@pytest.mark.parametrize("end", ["revoked", "archived"])
def test_a_certificate_that_has_ended_keeps_a_target_neither_with_its_agent_nor_at_all(
    agents: AgentsByHttp, end: str
) -> None:
    mine, other = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    moved, deleted = agents.target(mine), agents.target(mine)
    ended = f"{CERTIFICATES}/{agents.issued(mine, moved, deleted)['id']}"
    if end == "revoked":
        agents.world.api.post(f"{ended}/revoke", {"reason": "superseded"})
    else:
        agents.world.api.send("DELETE", ended, query={"keep_valid": "true"})

    put = agents.catalog.admin.put(f"{PATHS[Kind.TARGET]}/{moved}", a_body(Kind.TARGET, agent_id=other.id))

    assert (put.status, put.body.get("agent_id")) == (200, other.id)
    assert agents.catalog.admin.delete(f"{PATHS[Kind.TARGET]}/{deleted}").status == 204


def test_a_target_in_use_does_not_change_its_agent(agents: AgentsByHttp) -> None:
    mine, other = agents.enrolled(), agents.enrolled(hostname="web-2.example.com")
    target = agents.target(mine)
    agents.asked(target)

    refused = agents.catalog.admin.put(
        f"{PATHS[Kind.TARGET]}/{target}", a_body(Kind.TARGET, agent_id=other.id)
    )

    assert refused.status == 409
    assert mine.id in refused.text


def test_a_silent_agent_with_work_raises_one_alert_which_its_return_ends(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    agents.asked(agents.target(agent))
    stale = MaintenanceSchedule(agents.world.stack.overrides).stale_agents
    agents.world.stack.clock.advance(timedelta(seconds=121))

    runs = [stale.run(lambda: True) for _ in range(2)]
    agent.heartbeat()
    back = stale.run(lambda: True)

    assert [run.silent for run in runs] == [1, 0]
    assert (back.back, back.silent) == (1, 0)
