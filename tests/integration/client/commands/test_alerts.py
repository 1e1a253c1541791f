"""`certctl notifications`, `channels` and `status`: dead letters, their requeueing, and their channels."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.ids import shard_of
from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.insights.counters import CounterStore
from certctl.store.notifications.items import NotificationItem
from certctl.store.notifications.notifications import NotificationStore
from certctl.store.writes import update
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.channels.fictitious import KINDS
from tests.support.channels.receivers import Receiver, answers
from tests.support.client.stack import Asked, BridgedStack
from tests.support.notifications.rows import a_notification

_HOSTILE = "[red]404\x1b[2J\nNot found"


def dead(stack: BridgedStack, **fields: Any) -> str:
    """Stores a notification that the engine gave up and counted. Returns the id."""
    deployed, item = stack.issuing.stack, NotificationItem
    row = a_notification(deployed.clock(), **fields)
    deployed.database.write(NotificationStore(deployed.database).create_step(row))
    given_up = [
        item.status.set(NotificationStatus.DEAD),
        item.last_error.set(_HOSTILE),
        item.dead_at.set(deployed.clock()),
        item.dead_shard.set(shard_of(row.id)),
        item.due_shard.remove(),
        item.due_at.remove(),
    ]
    change = update(NotificationItem(row.id), given_up, item.notification_id.exists())
    stored = NotificationStore(deployed.database).get(row.id)
    assert stored is not None
    assert stored.kept_until is not None
    counted = CounterStore(deployed.database).dead_steps(stored.kept_until, 1, row.id)
    deployed.database.transact([change, *counted])
    return row.id


def status_of(certctl: Certctl, notification_id: str) -> str:
    record = json.loads(certctl("notifications", "get", notification_id, "-o", "json").out)
    return str(record["status"])


@pytest.fixture
def hook(stack: BridgedStack) -> Iterator[Receiver]:
    """A webhook channel `hook` of this test."""
    api = stack.issuing.stack.admin("notifications_api")
    with Receiver(answers(200)).running() as receiver:
        body = {"id": "hook", "kind": "Webhook", "settings": {"url": receiver.url("/token")}}
        assert api.post("/api/v1/channels", body).status == 201
        yield receiver
    assert api.delete("/api/v1/channels/hook").status == 204


def test_dead_letters_are_listed_with_their_errors_and_drive_no_terminal(
    certctl: Certctl, stack: BridgedStack
) -> None:
    notification_id = dead(stack, channel_id="slack-listed")

    table = certctl("notifications", "list", "--status", "dead", "--channel", "slack-listed").out
    listed = certctl("notifications", "list", "--status", "dead", "--channel", "slack-listed", "-o", "json")

    heading, row = table.splitlines()
    assert heading.split()[:4] == ["ID", "TYPE", "STATUS", "CHANNEL"]
    assert notification_id in row
    assert "[red]404\\x1b[2J\\nNot found" in row
    assert [record["last_error"] for record in json.loads(listed.out)] == [_HOSTILE]


def test_one_is_shown_with_its_attempts(certctl: Certctl, stack: BridgedStack) -> None:
    notification_id = dead(stack)

    out = certctl("notifications", "get", notification_id).out

    assert out.startswith("Notification\n")
    assert "\nAttempts\n" in out
    assert "keyCompromise" in out


def test_dead_ones_are_queued_again_by_id(certctl: Certctl, stack: BridgedStack) -> None:
    first, second = dead(stack), dead(stack)

    ran = certctl("notifications", "requeue", first, second)

    assert (ran.code, ran.err) == (ExitCode.OK, "2 requeued.\n")
    assert {status_of(certctl, one) for one in (first, second)} == {"pending"}
    again = certctl("notifications", "requeue", first)
    assert again.code == ExitCode.FAILED
    assert "cannot be queued again" in again.err


def test_all_dead_ones_of_a_channel_that_are_old_enough_are_queued_again(
    certctl: Certctl, stack: BridgedStack
) -> None:
    old, other = dead(stack, channel_id="slack-bulk"), dead(stack, channel_id="slack-other")
    stack.issuing.stack.clock.advance(timedelta(hours=2))
    young = dead(stack, channel_id="slack-bulk")
    command = ("notifications", "requeue", "--all", "--channel", "slack-bulk", "--older-than", "1h")

    ran = certctl(*command, "-o", "json")

    assert json.loads(ran.out) == {"requeued": 1, "refused": 0}
    statuses = [status_of(certctl, one) for one in (old, young, other)]
    assert statuses == ["pending", "dead", "dead"]


def test_an_interrupted_bulk_requeue_reports_its_progress(certctl: Certctl, stack: BridgedStack) -> None:
    dead(stack, channel_id="slack-broken")
    stack.loses = lambda asked: asked.path.endswith("/requeue")

    ran = certctl("notifications", "requeue", "--all", "--channel", "slack-broken")

    assert ran.code == ExitCode.UNREACHABLE
    assert "0 were requeued; repeat the command to continue." in ran.err
    assert len([asked for asked in stack.asked if asked.method == "POST"]) == 1


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--channel", "Slack"),
        ("notif-1", "--all"),
        ("notif-1", "--channel", "Slack"),
        ("--all", "--older-than", "x"),
    ],
)
def test_it_must_be_clear_which_are_queued(
    options: tuple[str, ...], certctl: Certctl, stack: BridgedStack
) -> None:
    ran = certctl("notifications", "requeue", *options)

    assert ran.code == ExitCode.USAGE
    assert stack.asked == []


def test_reading_is_a_mark(certctl: Certctl, stack: BridgedStack) -> None:
    notification_id = dead(stack)

    assert certctl("notifications", "read", notification_id).code == ExitCode.OK

    record = json.loads(certctl("notifications", "get", notification_id, "-o", "json").out)
    assert record["read_at"] is not None
    assert record["status"] == "dead"


@pytest.mark.parametrize(
    ("status", "outcome", "code"), [(200, "delivered", ExitCode.OK), (404, "permanent", ExitCode.FAILED)]
)
def test_a_channel_is_tested_for_real(
    status: int, outcome: str, code: ExitCode, certctl: Certctl, hook: Receiver
) -> None:
    hook.behave(answers(status))

    ran = certctl("channels", "test", "hook", "-o", "json")

    assert ran.code == code
    assert json.loads(ran.out)["outcome"] == outcome
    assert len(hook.received) == 1


def test_a_test_message_whose_answer_is_lost_is_not_sent_again(
    certctl: Certctl, stack: BridgedStack, hook: Receiver
) -> None:
    stack.loses = lambda asked: asked.path.endswith("/test")

    ran = certctl("channels", "test", "hook")

    assert ran.code == ExitCode.UNREACHABLE
    assert "check before you repeat it" in ran.err
    assert len(hook.received) == 1


@pytest.fixture
def with_pigeons(stack: BridgedStack) -> Iterator[None]:
    """One kind of channel more than any stack has."""
    deployed = stack.issuing.stack
    deployed.channel_kinds = KINDS
    deployed.restart()
    yield
    deployed.channel_kinds = CHANNEL_KINDS
    deployed.restart()


@pytest.mark.usefixtures("with_pigeons")
def test_a_kind_that_the_stack_alone_knows_is_described(certctl: Certctl) -> None:
    described = json.loads(certctl("channels", "kinds", "carrier", "-o", "json").out)

    assert [(setting["name"], setting["form"]) for setting in described] == [
        ("url", "url"),
        ("ring", "secret"),
        ("name", "text"),
        ("pace", "text"),
    ]


def test_kinds_of_channel_are_listed_with_what_they_need(certctl: Certctl) -> None:
    listed = certctl("channels", "kinds").out
    assert "Jira Service Management" in listed
    assert "routing_key" in listed
    settings = json.loads(certctl("channels", "kinds", "email", "-o", "json").out)
    conditions = {each["name"]: each["only_with"] for each in settings}
    assert conditions["host"] == {"setting": "transport", "option": "smtp"}
    assert conditions["from_address"] is None
    refused = certctl("channels", "kinds", "Pigeon")
    assert refused.code == ExitCode.FAILED
    assert "It knows Slack, Teams, " in refused.err


@pytest.mark.usefixtures("hook")
def test_channels_are_listed_with_their_breakers(certctl: Certctl) -> None:
    heading, *rows = certctl("channels", "list").out.splitlines()

    assert heading.split() == ["ID", "KIND", "ENABLED", "STATE", "SINCE", "TEAM", "ROUTED", "ERROR"]
    assert [row.split()[:4] for row in rows] == [["hook", "Webhook", "yes", "closed"]]
    assert certctl("channels", "list", "-o", "csv").out.splitlines()[1].startswith("hook,Webhook,api,true,")


@pytest.mark.usefixtures("hook")
def test_the_status_is_one_page_for_people_and_one_record_for_machines(
    certctl: Certctl, stack: BridgedStack
) -> None:
    certctl("notifications", "requeue", "--all")
    notification_id = dead(stack)

    table, record = certctl("status").out, json.loads(certctl("status", "-o", "json").out)

    for what in ("Certificates", "Expiring", "Dead notifications", "hook", notification_id):
        assert what in table
    assert (record["health"], record["ready"]) == ("ok", "ready")
    assert record["summary"]["total_certificates"] == 0
    assert [letter["id"] for letter in record["dead_notifications"]] == [notification_id]
    assert [channel["id"] for channel in record["channels"]] == ["hook"]


def test_the_status_names_teams_that_may_have_any_name(certctl: Certctl, stack: BridgedStack) -> None:
    made = certctl("teams", "create", "--id", "t-any", "--name", "Any", "--allow-name", "*:*")
    other = certctl("teams", "create", "--id", "t-one-name", "--name", "One", "--allow-name", "one.example")
    assert (made.code, other.code) == (0, 0), made.err + other.err

    shown, record = certctl("status").out, json.loads(certctl("status", "-o", "json").out)

    assert "Teams that may have any name" in shown
    assert "certctl teams names preview" in shown
    assert record["names_unlimited"]["count"] >= 1
    assert "teams that may have any name" in certctl("attention").out
    for team_id in ("t-any", "t-one-name"):
        assert certctl("teams", "delete", team_id, "--yes").code == 0


def test_a_script_can_ask_whether_all_is_well(certctl: Certctl, stack: BridgedStack) -> None:
    dead(stack)
    unwell = certctl("status", "--check")
    certctl("notifications", "requeue", "--all")
    well = certctl("status", "--check")
    stack.fails = lambda asked: 500 if asked.path == "/ready" else None

    unready = certctl("status", "--check", "-o", "json")

    assert [ran.code for ran in (unwell, well, unready)] == [
        *(ExitCode.NOT_INTACT, ExitCode.OK, ExitCode.NOT_INTACT)
    ]
    assert json.loads(unready.out)["ready"] == "The server returned 500."


def test_a_key_that_may_not_read_alerts_gets_an_explanation(certctl: Certctl, stack: BridgedStack) -> None:
    stack.fails = lambda asked: 403 if _is_list(asked) else None

    ran = certctl("notifications", "list")

    assert ran.code == ExitCode.DENIED
    assert "role" in ran.err


def _is_list(asked: Asked) -> bool:
    return asked.path == "/api/v1/notifications"
