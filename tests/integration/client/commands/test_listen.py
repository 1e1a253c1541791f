"""`certctl listen` and `certctl channels trigger`: alerts of the stack at a local port."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pytest

from certctl.domain.notifications.statuses import NotificationType
from certctl.store.notifications.notifications import NotificationStore
from certctl_client.api import schema
from certctl_client.exit_codes import ExitCode
from tests.integration.client.conftest import Certctl
from tests.support.channels.receivers import Receiver, answers
from tests.support.client.stack import BridgedStack
from tests.support.notifications.rows import a_notification

_KEY = b"0123456789abcdefghijklmn"
_ONCE = ("--once", "--after")
_HOURS = count()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(answers(200)).running() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def secret(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("CERTCTL_LISTEN_SECRET", "whsec_" + base64.b64encode(_KEY).decode())


@pytest.fixture
def now(stack: BridgedStack) -> datetime:
    """An hour of each test's own: they share the stack."""
    today = datetime.now(UTC).replace(microsecond=0)
    stack.issuing.stack.clock.time = today + timedelta(hours=next(_HOURS))
    return stack.issuing.stack.clock.time


def _stored(stack: BridgedStack, at: datetime, **fields: Any) -> str:
    database = stack.issuing.stack.database
    row = a_notification(at, **fields)
    database.write(NotificationStore(database).create_step(row))
    return row.id


def _ids(receiver: Receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in receiver.received]


def test_alerts_come_in_order_signed_as_webhooks_are(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime
) -> None:
    first, *others = [_stored(stack, now - timedelta(seconds=n), subject=f"alert {n}") for n in (3, 2, 1)]

    ran = certctl("listen", "--forward-to", receiver.url("/hooks"), *_ONCE, first)

    assert ran.code == ExitCode.OK, ran.err
    assert _ids(receiver) == others
    request = receiver.received[0]
    headers = request.headers
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.body
    signature = base64.b64encode(hmac.digest(_KEY, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{signature}"
    body = json.loads(request.body)
    assert (body["data"]["subject"], body["data"]["certificate"].keys() >= {"serial"}) == ("alert 2", True)
    assert [line.rpartition(" -> ")[2] for line in ran.out.splitlines()] == ["200", "200"]


def test_an_alert_to_two_channels_comes_once_and_a_file_keeps_the_place(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime, tmp_path: Path
) -> None:
    cursor = tmp_path / "cursor"
    before = _stored(stack, now - timedelta(minutes=5), subject="before")
    cursor.write_text(before)
    both = [_stored(stack, now, dedup_key="one", channel_id=channel) for channel in ("a", "b")]
    command = ("listen", "--forward-to", receiver.url(), "--once", "--cursor", cursor)

    certctl(*command)
    kept = cursor.read_text().strip()
    later = _stored(stack, now + timedelta(minutes=2), subject="later")
    certctl(*command)

    assert kept in both
    (one, last) = _ids(receiver)
    assert (one in both, last) == (True, later)


def test_other_types_are_passed_over(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime
) -> None:
    first = _stored(stack, now - timedelta(seconds=9))
    _stored(stack, now, type=NotificationType.RENEWAL_SUCCESS)
    wanted = _stored(stack, now, type=NotificationType.REVOCATION)

    certctl("listen", "--forward-to", receiver.url(), "--types", "Revocation", *_ONCE, first)

    assert _ids(receiver) == [wanted]


def test_a_refused_alert_does_not_stop_the_next(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime
) -> None:
    receiver.behave(answers(400), answers(200))
    first, *others = [_stored(stack, now - timedelta(seconds=n)) for n in (3, 2, 1)]

    ran = certctl("listen", "--forward-to", receiver.url(), *_ONCE, first)

    assert _ids(receiver) == others
    assert "400, refused" in ran.out


def test_without_a_place_only_new_alerts_come_and_a_poll_is_one_request(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime
) -> None:
    _stored(stack, now)
    stack.asked.clear()

    ran = certctl("listen", "--forward-to", receiver.url(), "--once")

    assert (ran.code, receiver.received) == (ExitCode.OK, [])
    assert len(stack.asked) == 2  # what is there already, and the poll


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:80", "http://", "http://[::1", "http://a:0/"])
def test_what_is_no_url_is_refused(certctl: Certctl, url: str) -> None:
    assert certctl("listen", "--forward-to", url, "--once").code == ExitCode.USAGE


@pytest.mark.parametrize("type_", get_args(schema.NotificationType))
def test_a_sample_of_each_type_goes_to_a_local_port(certctl: Certctl, receiver: Receiver, type_: str) -> None:
    ran = certctl("channels", "trigger", type_, "--forward-to", receiver.url())

    assert ran.code == ExitCode.OK, ran.err
    body = json.loads(receiver.received[0].body)
    assert (body["type"], body["data"]["subject"]) == (type_, f"Test: {type_} (sample)")


def test_a_sample_goes_to_a_channel(stack: BridgedStack, certctl: Certctl, receiver: Receiver) -> None:
    api = stack.issuing.stack.admin("notifications_api")
    body = {"id": "sample-hook", "kind": "Webhook", "settings": {"url": receiver.url("/token")}}
    assert api.post("/api/v1/channels", body).status == 201

    ran = certctl("channels", "trigger", "RenewalFailure", "sample-hook")

    assert ran.code == ExitCode.OK, ran.err
    assert json.loads(receiver.received[0].body)["type"] == "RenewalFailure"


@pytest.mark.parametrize("words", ["Nothing hook", "Revocation", "Revocation a --forward-to http://b"])
def test_a_trigger_without_a_type_or_with_two_receivers_is_refused(certctl: Certctl, words: str) -> None:
    assert certctl("channels", "trigger", *words.split()).code == ExitCode.USAGE


def test_alerts_of_the_minute_before_the_place_come_again(
    stack: BridgedStack, certctl: Certctl, receiver: Receiver, now: datetime
) -> None:
    """One of them may have been committed after the place was passed."""
    _stored(stack, now - timedelta(seconds=90))
    late = _stored(stack, now - timedelta(seconds=30))
    place = _stored(stack, now)

    certctl("listen", "--forward-to", receiver.url(), *_ONCE, place)

    assert _ids(receiver) == [late]
