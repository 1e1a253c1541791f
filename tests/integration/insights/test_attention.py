"""What needs attention, over HTTP: each count is that of the list that the line names."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from certctl.domain.access.permissions import Role
from certctl.domain.agents.agents import AgentReport
from certctl.domain.agents.polls import POLL_WITH_WORK
from certctl.domain.catalog.entries import Entry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import Agent, Team
from certctl.domain.certificates.statuses import RenewalState
from certctl.domain.channels.channels import WORKING
from certctl.domain.channels.records import ChannelRecord
from certctl.domain.due_work import Due
from certctl.domain.ids import shard_of
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.domain.policies.policies import Policy
from certctl.domain.policies.policy_types import PolicyType
from certctl.domain.policies.rules import Breach
from certctl.domain.policies.statuses import PolicySeverity
from certctl.store.agents.states import AgentStateStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.channels.records import ChannelRecordStore
from certctl.store.channels.states import ChannelStateStore
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.policies.states import PolicyStateStore
from certctl.store.policies.violations import Offender, ViolationStore, new_violation
from certctl.store.writes import update
from tests.support.agents.fleet import job, live, store_certificates, store_jobs
from tests.support.api.http import Client
from tests.support.functions.deployed import Deployed
from tests.support.functions.functions import all_routes
from tests.support.notifications.rows import a_notification

FUNCTION = "insights_api"
ATTENTION = "/api/v1/attention"
TEAMS = ("t-one", "t-two")
KINDS = {
    "expired",
    "expiring_soon",
    "channels_down",
    "dead_letters",
    "stuck_renewals",
    "agents_offline",
    "violations",
    "awaiting_approval",
    "awaiting_csr",
}

UNSET = {"no_channel"}
"""The lines of a stack that nobody has set up."""


@pytest.fixture
def troubled(stack: Deployed) -> Deployed:
    """A stack with something for every line but late CRLs, twice for team t-one, once for t-two."""
    now, database = stack.clock(), stack.database
    hour, day = timedelta(hours=1), timedelta(days=1)
    old, number = now - 90 * day, 0
    for team_id, copies in zip(TEAMS, (2, 1), strict=True):
        for _ in range(copies):
            number += 1
            fields: dict[str, Any] = {"team_id": team_id}
            stuck = {**fields, "renewal_state": RenewalState.IN_PROGRESS}
            failed = {**fields, "renewal_state": RenewalState.FAILED, "renewal_error": "no answer"}
            store_certificates(
                database,
                [
                    live(f"mc-expired-{number}", old, now - 5 * day, **failed),
                    live(f"mc-soon-{number}", old, now + 50 * hour, **fields),
                    live(f"mc-hours-{number}", old, now + 14 * hour, **stuck),
                    live(f"mc-stuck-{number}", old, now + 9 * day, **failed),
                    live(f"mc-fine-{number}", old, now + 9 * day, **fields),
                    live(f"mc-renewing-{number}", old, now + 60 * day, **stuck),
                ],
            )
            store_jobs(
                database,
                [
                    job(f"mc-{number}", now - hour, status=JobStatus.AWAITING_APPROVAL, **fields),
                    job(f"mc-{number}", now - hour, status=JobStatus.AWAITING_CSR, **fields),
                    job(f"mc-{number}", now - hour, status=JobStatus.RUNNING, **fields),
                ],
            )
            _store_alerts(stack, team_id)
            _store_violation(stack, team_id, f"mc-fine-{number}")
            _register_agent(stack, team_id, number)
    _break_channel(stack)
    return stack


def _store_alerts(stack: Deployed, team_id: str) -> None:
    """One waits for the channel `hooks`, another failed there, a third is dead."""
    now, store = stack.clock(), NotificationStore(stack.database)
    counters = CounterStore(stack.database, stack.clock)
    waiting = a_notification(now, channel_id="hooks", team_id=team_id)
    failed = a_notification(now, channel_id="hooks", team_id=team_id, status=NotificationStatus.FAILED)
    kept_until = now + timedelta(days=30)
    dead = a_notification(
        now,
        channel_id="hooks",
        team_id=team_id,
        status=NotificationStatus.DEAD,
        dead_at=now,
        kept_until=kept_until,
        due=Due(),
    )
    steps = [store.create_step(row) for row in (waiting, failed, dead)]
    stack.database.transact([*steps, *counters.dead_steps(kept_until, 1, dead.id)])
    listed = [NotificationItem.dead_shard.set(shard_of(dead.id))]
    stack.database.write(update(NotificationItem(dead.id), listed))


def _add_channel(stack: Deployed, channel_id: str, *, is_enabled: bool = True) -> None:
    now = stack.clock()
    record = ChannelRecord(channel_id, "Webhook", {"url": "certctl/blue/hooks"}, now, now, is_enabled)
    stack.database.transact([ChannelRecordStore(stack.database).create_step(record)])


def _break_channel(stack: Deployed) -> None:
    now = stack.clock()
    _add_channel(stack, "hooks")
    states = ChannelStateStore(stack.database)
    assert states.open("hooks", WORKING, now - timedelta(hours=1), now, "HTTP 503")


def _store_violation(stack: Deployed, team_id: str, certificate_id: str) -> None:
    now, policy_id = stack.clock(), "pol-domains"
    catalog, states, store = (
        CatalogStore(stack.database),
        PolicyStateStore(stack.database),
        ViolationStore(stack.database),
    )
    content = Policy(PolicyType.ALLOWED_DOMAINS, PolicySeverity.ERROR, {"domains": ["example.org"]})
    if catalog.get(Kind.POLICY, policy_id) is None:
        entry = Entry(Kind.POLICY, policy_id, "Our domains", content, now, now)
        stack.database.transact(catalog.create_steps(entry))
    breach = Breach(policy_id, "Our domains", PolicySeverity.ERROR, ("not ours",))
    violation = new_violation(Offender(certificate_id, "www.example.com", team_id), breach, now, 1)
    stack.database.transact([*store.begin_steps(violation, breach), states.count_step(policy_id, 1)])


def _register_agent(stack: Deployed, team_id: str, number: int) -> None:
    """One that was heard of an hour ago."""
    now, agent_id = stack.clock(), f"agent-{number}"
    content = Agent(f"host-{number}", f"key-{number}", now)
    record = Entry(Kind.AGENT, agent_id, f"host-{number}", content, now, now, team_id=team_id)
    silent = now - timedelta(hours=1)
    heartbeat = AgentStateStore(stack.database).heartbeat_step(
        agent_id, AgentReport(f"host-{number}"), silent, POLL_WITH_WORK
    )
    stack.database.transact([*CatalogStore(stack.database).create_steps(record), heartbeat])


def _lines(client: Client) -> dict[str, Mapping[str, Any]]:
    answer = client.send("GET", ATTENTION, headers={"cache-control": "no-cache"})
    assert answer.status == 200, answer.text
    assert answer.body["unknown"] == []
    return {line["kind"]: line for line in answer.body["lines"]}


def _length(stack: Deployed, key: str, href: str) -> int:
    """The length of the whole list."""
    path, query = urlsplit(href).path, dict(parse_qsl(urlsplit(href).query))
    client, found = stack.client(_function_of(path), key), 0
    while True:
        answer = client.get(path, **query | {"per_page": "2"})
        assert answer.status == 200, answer.text
        found += len(answer.body["data"])
        if answer.body["next_cursor"] is None:
            return found
        query["cursor"] = answer.body["next_cursor"]


def _function_of(path: str) -> str:
    return next(folder for folder, route in all_routes() if route.method == "GET" and route.matches(path))


READERS = [
    (Role.ADMIN, ("*",), 3),
    (Role.AUDITOR, (), 3),
    (Role.OPERATOR, ("t-one",), 2),
    (Role.VIEWER, ("t-two",), 1),
]


@pytest.mark.parametrize(("role", "teams", "copies"), READERS)
def test_every_count_is_that_of_the_list_that_its_line_names(
    troubled: Deployed, role: Role, teams: tuple[str, ...], copies: int
) -> None:
    key = troubled.new_key(role, teams)
    lines = _lines(troubled.client(FUNCTION, key))
    assert set(lines) == KINDS
    for line in lines.values():
        lists = [line["href"]] if line["href"] else [item["href"] for item in line["worst"]]
        counts = [line["count"]] if line["href"] else [item["count"] for item in line["worst"]]
        assert counts == [_length(troubled, key, href) for href in lists], line["kind"]
        assert line["is_complete"]
    assert {kind: line["count"] for kind, line in lines.items() if kind not in ("agents_offline",)} == {
        "expired": copies,
        "expiring_soon": 2 * copies,
        "channels_down": 1,
        "dead_letters": copies,
        "stuck_renewals": 2 * copies,
        "violations": copies,
        "awaiting_approval": copies,
        "awaiting_csr": copies,
    }
    assert lines["agents_offline"]["count"] == 3
    assert lines["channels_down"]["worst"][0]["count"] == 2 * copies


def test_lines_are_in_the_order_of_their_urgency(troubled: Deployed) -> None:
    body = troubled.admin(FUNCTION).get(ATTENTION).body
    assert [(line["kind"], line["urgency"]) for line in body["lines"]] == [
        ("expired", "critical"),
        ("expiring_soon", "critical"),
        ("channels_down", "critical"),
        ("dead_letters", "critical"),
        ("stuck_renewals", "critical"),
        ("agents_offline", "warning"),
        ("violations", "warning"),
        ("awaiting_approval", "notice"),
        ("awaiting_csr", "notice"),
    ]
    assert body["critical"] == 5


def test_the_worst_come_first_with_their_time_and_reason(troubled: Deployed) -> None:
    lines, now = _lines(troubled.admin(FUNCTION)), troubled.clock()
    hours = {f"mc-hours-{n}" for n in (1, 2, 3)}
    assert {item["id"] for item in lines["expiring_soon"]["worst"]} == hours
    expired = lines["expired"]["worst"][0]
    assert expired["at"] == lines["expired"]["since"] == f"{now - timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"
    assert expired["detail"] == "no answer"
    channel = lines["channels_down"]["worst"][0]
    assert (channel["id"], channel["state"], channel["detail"]) == ("hooks", "open", "HTTP 503")


def test_an_empty_stack_needs_a_channel_and_nothing_else(stack: Deployed) -> None:
    body = stack.admin(FUNCTION).get(ATTENTION).body
    assert [(line["kind"], line["urgency"], line["worst"]) for line in body["lines"]] == [
        ("no_channel", "warning", [])
    ]
    assert (body["critical"], body["unknown"]) == (0, [])


def test_a_channel_that_is_enabled_ends_the_line_about_none(stack: Deployed) -> None:
    _add_channel(stack, "off", is_enabled=False)
    assert "no_channel" in _lines(stack.admin(FUNCTION))
    _add_channel(stack, "on")
    assert "no_channel" not in _lines(stack.admin(FUNCTION))


def test_a_job_that_awaits_a_csr_says_when_its_certificate_expires(stack: Deployed) -> None:
    now, hour = stack.clock(), timedelta(hours=1)
    store_certificates(stack.database, [live("mc-one", now, now + 100 * hour)])
    store_jobs(stack.database, [job("mc-one", now - hour, status=JobStatus.AWAITING_CSR)])
    (item,) = _lines(stack.admin(FUNCTION))["awaiting_csr"]["worst"]
    assert item["expires_at"] == f"{now + 100 * hour:%Y-%m-%dT%H:%M:%SZ}"


def _team(stack: Deployed, team_id: str, names: tuple[str, ...] | None) -> None:
    now = stack.clock()
    entry = Entry(Kind.TEAM, team_id, f"Team {team_id}", Team(allowed_names=names), now, now)
    stack.database.transact(CatalogStore(stack.database).create_steps(entry))


def test_administrators_are_warned_of_teams_that_may_have_any_name(stack: Deployed) -> None:
    """One of an earlier release, which lists none, is one of them."""
    _team(stack, "t-limited", ("DNS:**.shop.example.com",))
    _team(stack, "t-migrated", None)
    _team(stack, "t-wide", ("DNS:wide.example.com", "*:*"))

    line = _lines(stack.admin(FUNCTION))["names_unlimited"]

    assert (line["urgency"], line["count"], line["href"], line["is_complete"]) == ("notice", 2, None, True)
    assert [(item["name"], item["href"]) for item in line["worst"]] == [
        ("Team t-migrated", "/api/v1/teams/t-migrated"),
        ("Team t-wide", "/api/v1/teams/t-wide"),
    ]
    for role in (Role.TEAM_ADMIN, Role.AUDITOR):
        others = _lines(
            stack.client(FUNCTION, stack.new_key(role, ("t-wide",) if role is Role.TEAM_ADMIN else ()))
        )
        assert set(others) == UNSET


def test_a_team_without_others_may_have_any_name_in_peace(stack: Deployed) -> None:
    _team(stack, "t-default", None)
    assert set(_lines(stack.admin(FUNCTION))) == UNSET
    _team(stack, "t-other", ())
    assert [item["id"] for item in _lines(stack.admin(FUNCTION))["names_unlimited"]["worst"]] == ["t-default"]


def test_a_job_that_has_just_begun_to_await_its_request_is_left_to_the_agent(stack: Deployed) -> None:
    waiting = job("mc-1", stack.clock(), status=JobStatus.AWAITING_CSR)
    store_jobs(stack.database, [waiting])
    assert set(_lines(stack.admin(FUNCTION))) == UNSET
    stack.clock.advance(timedelta(minutes=11))
    assert set(_lines(stack.admin(FUNCTION))) == {"awaiting_csr"} | UNSET


def test_a_certificate_of_hours_that_is_renewed_in_time_is_not_about_to_expire(stack: Deployed) -> None:
    now = stack.clock()
    fresh = live("mc-short", now, now + timedelta(hours=40), not_before=now - timedelta(hours=2))
    store_certificates(stack.database, [fresh])
    assert set(_lines(stack.admin(FUNCTION))) == UNSET
