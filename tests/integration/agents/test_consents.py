"""The consent of an agent's host: reported once, shown, and checked before a target is saved."""

import json
from hashlib import sha256
from typing import Any

import pytest

from certctl.compose.maintenance_schedule import MaintenanceSchedule
from certctl.domain.catalog.record_kinds import Kind
from certctl.services.catalog.deletions import WAIT
from certctl.store.agents.consents import AgentConsentStore
from tests.support.agents.agents import HOST, AgentByHttp, AgentsByHttp
from tests.support.catalog.catalog import PATHS
from tests.support.costs.round_trips import recorded
from tests.support.costs.write_units import metered

CONSENT: dict[str, Any] = {
    "source": "file",
    "kinds": ["NGINX", "Files"],
    "directories": ["/etc/nginx/certs"],
    "any_directory": False,
    "commands": [["systemctl", "reload", "nginx.service"]],
    "any_command": False,
    "owners": ["nginx"],
    "any_owner": False,
    "verify_addresses": ["127.0.0.1", "::1", "localhost"],
    "any_verify_address": False,
    "acm_arns": [],
    "any_acm_arn": False,
}
CONFIG = {
    "certificate_path": "/etc/nginx/certs/a.pem",
    "key_path": "/etc/nginx/certs/a.key",
    "verify_address": "127.0.0.1:443",
}


def digest_of(consent: Any) -> str:
    return sha256(json.dumps(consent, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def told(agent: AgentByHttp, **changes: Any) -> None:
    consent = CONSENT | changes
    answer = agent.reports(digest_of(consent), consent)
    assert (answer.status, answer.body["consent_wanted"]) == (200, False), answer.text


def shown(agents: AgentsByHttp, agent: AgentByHttp) -> Any:
    """According to the record, as the list shows it."""
    path = PATHS[Kind.AGENT]
    (listed,) = (row for row in agents.catalog.admin.get(path).body["data"] if row["id"] == agent.id)
    assert agents.catalog.admin.get(f"{path}/{agent.id}").body["consent"] == listed["consent"]
    return listed["consent"]


def a_target(agent: AgentByHttp, **fields: Any) -> dict[str, Any]:
    config = CONFIG | fields.pop("config", {})
    return {"name": "web", "type": "NGINX", "agent_id": agent.id, "config": config} | fields


def test_a_consent_is_requested_once_and_shown(agents: AgentsByHttp) -> None:
    agent, digest = agents.enrolled(), digest_of(CONSENT)

    asked = agent.reports(digest)
    assert (asked.body["consent_wanted"], shown(agents, agent)) == (True, None)
    given = agent.reports(digest, CONSENT)
    again = agent.reports(digest)

    assert [given.body["consent_wanted"], again.body["consent_wanted"]] == [False, False]
    assert shown(agents, agent) == CONSENT


def test_a_poll_with_work_requests_it_too(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()

    answer = agent.client.post(
        "/api/v1/agent/heartbeat", HOST, Certctl_Max_Poll_Seconds="60", Certctl_Consent=digest_of(CONSENT)
    )

    assert (answer.body["work"], answer.body["consent_wanted"]) == ([], True)


def test_a_changed_consent_is_requested_again(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    told(agent)

    answer = agent.reports(digest_of(CONSENT | {"kinds": []}))

    assert answer.body["consent_wanted"]
    told(agent, kinds=[])
    assert shown(agents, agent)["kinds"] == []


def test_an_agent_of_an_earlier_release_is_never_asked_and_shows_none(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()

    assert not agent.heartbeat().body["consent_wanted"]
    told(agent)
    assert not agent.heartbeat().body["consent_wanted"]  # its host was downgraded to the earlier release
    assert shown(agents, agent) is None
    assert agent.reports(digest_of(CONSENT)).body["consent_wanted"]


def test_a_heartbeat_costs_1_write_unit_but_where_the_consent_changed(agents: AgentsByHttp) -> None:
    agent, client = agents.enrolled(), agents.world.stack.database.client
    agent.heartbeat()
    many = [f"/srv/{number}/{'x' * 100}" for number in range(64)]

    with metered(client) as changed:
        told(agent, directories=many)
    with metered(client) as usual:
        agent.reports(digest_of(CONSENT | {"directories": many}))

    assert usual.by_table == {"state": 1}
    assert changed.by_table == {"state": 18}  # a transaction: 2 for the heartbeat, 2 for each KiB of consent


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kinds": ["IIS"]}, "consent.kinds.0"),
        ({"commands": [[]]}, "consent.commands.0"),
        ({"commands": [["a"] * 17]}, "consent.commands.0"),
        ({"owners": ["o"] * 65}, "consent.owners"),
        ({"owners": ["ro\x1bot"]}, "consent.owners.0"),
        ({"directories": ["/" + "x" * 1024]}, "consent.directories.0"),
        ({"directories": ["/" + "x" * 1000] * 17}, "consent"),
        ({"scans": []}, "consent.scans"),
    ],
)
def test_an_invalid_consent_is_refused(agents: AgentsByHttp, changes: Any, field: str) -> None:
    refused = agents.enrolled().reports("0" * 64, CONSENT | changes)

    assert (refused.status, [e["field"] for e in refused.body["errors"]]) == (422, [field])


def test_a_consent_goes_with_its_digest(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()

    refused = [agent.reports(None, CONSENT), agent.reports("x" * 64)]

    assert [answer.status for answer in refused] == [422, 422]
    assert refused[0].body["errors"][0]["field"] == "consent"


@pytest.mark.parametrize(
    ("changes", "field", "allowed"),
    [
        ({"type": "Apache"}, "type", "NGINX, Files"),
        ({"config": {"key_path": "/root/.ssh/authorized_keys"}}, "config.key_path", "/etc/nginx/certs"),
        ({"config": {"reload_command": ["/bin/sh", "-c", "id"]}}, "config.reload_command", "nginx.service"),
        ({"config": {"owner": "nobody"}}, "config.owner", "nginx"),
        ({"config": {"group": "nobody"}}, "config.group", "nginx"),
        ({"config": {"verify_address": "10.0.0.1:22"}}, "config.verify_address", "127.0.0.1, ::1, localhost"),
    ],
)
def test_a_target_that_the_host_forbids_is_refused_with_what_it_allows(
    agents: AgentsByHttp, changes: Any, field: str, allowed: str
) -> None:
    agent, admin = agents.enrolled(), agents.catalog.admin
    told(agent)
    fits = admin.post(PATHS[Kind.TARGET], a_target(agent, name="fits"))
    assert (fits.status, fits.body["unfit"]) == (201, [])
    path = f"{PATHS[Kind.TARGET]}/{fits.body['id']}"

    made = admin.post(PATHS[Kind.TARGET], a_target(agent, **changes))

    assert (made.status, [e["field"] for e in made.body["errors"]]) == (422, [field])
    assert allowed in made.body["errors"][0]["message"]
    if field != "type":  # that of a target never changes
        edited = admin.put(path, a_target(agent, name="fits", **changes))
        assert (edited.status, edited.body["errors"]) == (422, made.body["errors"])


def test_an_agent_that_reported_nothing_forbids_nothing(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()

    made = agents.catalog.admin.post(PATHS[Kind.TARGET], a_target(agent, config={"owner": "root"}))

    assert (made.status, made.body["unfit"]) == (201, [])


def test_a_consent_that_shrinks_shows_what_does_not_fit_any_more(agents: AgentsByHttp) -> None:
    agent, admin = agents.enrolled(), agents.catalog.admin
    told(agent)
    target = admin.post(PATHS[Kind.TARGET], a_target(agent)).body
    path = f"{PATHS[Kind.TARGET]}/{target['id']}"

    told(agent, directories=[])

    unfit = admin.get(path).body["unfit"]
    assert [each["field"] for each in unfit] == ["config.certificate_path", "config.key_path"]
    (listed,) = admin.get(PATHS[Kind.TARGET], agent_id=agent.id).body["data"]
    assert listed["unfit"] == unfit
    refused = admin.put(path, a_target(agent, name="renamed"))
    disabled = admin.put(path, a_target(agent, enabled=False))
    assert (refused.status, disabled.status) == (422, 200)
    assert admin.put(path, a_target(agent, enabled=True)).status == 422


def test_a_list_of_targets_reads_all_consents_in_one_batch(agents: AgentsByHttp) -> None:
    for number in range(5):
        agent = agents.enrolled()
        told(agent)
        agents.catalog.made(Kind.TARGET, agent_id=agent.id, config=CONFIG, name=f"web-{number}")
    client = agents.catalog.admin

    with recorded(agents.world.stack.database.client) as recording:
        listed = client.get(PATHS[Kind.TARGET]).body["data"]

    assert len(listed) == 5
    assert [call.operation for call in recording.calls if call.table == "state"] == ["BatchGetItem"]


def test_the_consent_goes_with_the_retired_agent(agents: AgentsByHttp) -> None:
    agent = agents.enrolled()
    told(agent)

    assert agents.catalog.admin.delete(f"{PATHS[Kind.AGENT]}/{agent.id}").status == 204
    agents.world.stack.clock.advance(WAIT)
    MaintenanceSchedule(agents.world.stack.overrides).catalog_deletions.run(lambda: True)

    assert AgentConsentStore(agents.world.stack.database).get(agent.id) is None


def test_a_target_in_acm_fits_only_a_host_that_names_its_certificate(agents: AgentsByHttp) -> None:
    agent, admin = agents.enrolled(), agents.catalog.admin
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0b9aad6e-0000-4000-8000-000000000000"
    told(agent, kinds=["ACM"], acm_arns=[arn])
    target = {"name": "lb", "type": "ACM", "agent_id": agent.id}
    named = {"region": "eu-central-1", "certificate_arn": arn}

    other = admin.post(PATHS[Kind.TARGET], target | {"config": named | {"certificate_arn": f"{arn[:-1]}1"}})
    new = admin.post(PATHS[Kind.TARGET], target | {"config": {"region": "eu-central-1"}})

    for refused in (other, new):
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, "config.certificate_arn")
        assert arn in refused.body["errors"][0]["message"]
    assert admin.post(PATHS[Kind.TARGET], target | {"config": named}).status == 201
