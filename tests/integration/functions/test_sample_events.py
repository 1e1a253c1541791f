"""The sample events of events/, through the handlers as deployed: each has the effect that its name
states."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from certctl.domain.notifications.statuses import NotificationStatus
from certctl.store.notifications.notifications import NotificationStore
from local.events import read_event
from tests.support.channels.receivers import Receiver, answers
from tests.support.clock import Clock
from tests.support.functions.deployed import Deployed, deployed
from tests.support.functions.lambda_context import Context
from tests.support.identity.issuers import running_issuer
from tests.support.identity.trust import trusting
from tests.support.issuing.issuing import Issuing, bodies
from tests.support.notifications.engine import a_notification
from tests.support.template import ROOT

EVENTS = ROOT / "events"
TRIED = {
    "certificates_api/create",
    "certificates_api/revoke",
    "identity_api/exchange",
    "notifications_api/requeue",
    "public_api/health",
    "retry_sweep_schedule/sweep",
    "signing_worker/nudge",
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(200)).running() as server:
        yield server


@pytest.fixture
def stack(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    monkeypatch.setenv("CERTCTL_LOCAL", "1")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
    monkeypatch.setenv("CERTCTL_CHANNELS", f"Webhook.url=http://127.0.0.1:{receiver.port}/hook")
    with deployed(Clock()) as made:
        made.admin("certificates_api")  # makes the key
        yield made


def handled(stack: Deployed, name: str, **values: str) -> Any:
    folder = name.partition("/")[0]
    event = read_event(f"@{EVENTS / name}.json", {"API_KEY": stack.admin_key} | values)
    handler = import_module(f"functions.{folder}.app").lambda_handler
    return stack.privileges.of(folder, handler)(event, Context())


def status_of(stack: Deployed, row_id: str) -> NotificationStatus:
    row = NotificationStore(stack.database).get(row_id)
    assert row is not None
    return row.status


def stored(stack: Deployed, **changes: Any) -> str:
    row = a_notification(stack.clock(), **changes)
    stack.database.write(NotificationStore(stack.database).create_step(row))
    return row.id


def test_every_sample_is_tried_here() -> None:
    found = {path.relative_to(EVENTS).with_suffix("").as_posix() for path in EVENTS.rglob("*.json")}
    assert found == TRIED


def test_health(stack: Deployed) -> None:
    assert handled(stack, "public_api/health")["statusCode"] == 200


def test_create_and_nudge_issue_a_certificate_and_revoke_revokes_it(world: Issuing) -> None:
    assert handled(world.stack, "certificates_api/create")["statusCode"] == 201
    (nudge,) = bodies("jobs")
    assert handled(world.stack, "signing_worker/nudge", JOB_ID=nudge["id"]) == {"batchItemFailures": []}
    (listed,) = world.api.get("/api/v1/certificates").body["data"]
    assert listed["status"] == "Active"
    revoked = handled(world.stack, "certificates_api/revoke", CERTIFICATE_ID=listed["id"])
    assert revoked["statusCode"] == 200
    assert world.read(listed["id"])["status"] == "Revoked"


def test_exchange_gives_a_credential(stack: Deployed) -> None:
    with running_issuer() as issuer:
        trust = trusting(stack, issuer)
        answer = handled(stack, "identity_api/exchange", RULE_ID="tr-ci", TOKEN=trust.token())
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["service_account_id"] == trust.account.id


def test_sweep_sends_what_is_due(stack: Deployed, receiver: Receiver) -> None:
    row_id = stored(stack)
    assert handled(stack, "retry_sweep_schedule/sweep")["handled"] == 1
    assert [each.headers["webhook-id"] for each in receiver.received] == [row_id]


def test_requeue_brings_a_dead_notification_back(stack: Deployed, receiver: Receiver) -> None:
    receiver.behave(answers(404))
    row_id = stored(stack)
    handled(stack, "retry_sweep_schedule/sweep")
    assert status_of(stack, row_id) is NotificationStatus.DEAD
    answer = handled(stack, "notifications_api/requeue", NOTIFICATION_ID=row_id)
    assert answer["statusCode"] == 200
    assert status_of(stack, row_id) is NotificationStatus.PENDING
