"""The webhook notifier against real receivers, its signatures checked by an implementation of their own."""

import base64
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.http_notifier import HttpNotifier
from certctl.connectors.notifiers.webhook import Webhook, decode_secret, headers_of
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import NotificationType
from tests.integration.connectors.conftest import Vault
from tests.support.channels.receivers import Received, Receiver, answers, drips, sends_raw
from tests.support.notifications.messages import REVOKED, a_message, providers

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 24, 13, 0, 5, tzinfo=UTC)
KEY = bytes(range(32))
OLD_KEY = bytes(range(32, 64))
SECRETS = f"whsec_{base64.b64encode(KEY).decode()} whsec_{base64.b64encode(OLD_KEY).decode()}"


def channel(**settings: str) -> ChannelConfig:
    return ChannelConfig("webhook-default", ChannelKind.WEBHOOK, settings)


def send_to(receiver: Receiver, http: OutboundHttp, vault: Vault, seconds: float = 5.0) -> Outcome:
    notifier = HttpNotifier(Webhook(channel(url=receiver.url("/s3cr3t")), vault.secrets, lambda: NOW), http)
    return notifier.send(REVOKED, seconds)


def openssl_hmac(key: bytes, content: bytes) -> str:
    """HMAC-SHA256 by another hand than Python's."""
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary"]
    return base64.b64encode(
        subprocess.run(command, input=content, capture_output=True, check=True).stdout
    ).decode()


def signed_content(request: Received) -> bytes:
    return f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body


def test_the_signatures_of_both_secrets_verify(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        settings = {"url": receiver.url(), "secret": vault.put("signing", SECRETS)}
        outcome = HttpNotifier(Webhook(channel(**settings), vault.secrets, lambda: NOW), http).send(
            REVOKED, 5.0
        )
    request = receiver.received[0]
    content = signed_content(request)
    assert outcome.kind is OutcomeKind.DELIVERED
    assert request.headers["webhook-timestamp"] == "1795525205"
    assert request.headers["webhook-signature"].split(" ") == [
        f"v1,{openssl_hmac(KEY, content)}",
        f"v1,{openssl_hmac(OLD_KEY, content)}",
    ]


def test_a_changed_body_has_another_signature(http: OutboundHttp, vault: Vault) -> None:
    headers = headers_of("notif-1", 1, b"{}", [KEY])
    changed = headers_of("notif-1", 1, b"{ }", [KEY])
    assert headers["webhook-signature"] != changed["webhook-signature"]


def test_the_id_and_body_stay_over_attempts_and_the_timestamp_moves(http: OutboundHttp, vault: Vault) -> None:
    times = iter([NOW, NOW, NOW.replace(minute=1), NOW.replace(minute=1)])
    with Receiver(answers(500), answers(200)).running() as receiver:
        notifier = HttpNotifier(
            Webhook(channel(url=receiver.url()), vault.secrets, lambda: next(times)), http
        )
        kinds = [notifier.send(REVOKED, 5.0).kind for _ in range(2)]
    first, second = receiver.received
    assert kinds == [OutcomeKind.RETRYABLE, OutcomeKind.DELIVERED]
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == REVOKED.notification_id
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 60


def test_the_body_says_what_a_person_on_call_needs(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        send_to(receiver, http, vault)
    assert json.loads(receiver.received[0].body) == {
        "type": "Revocation",
        "timestamp": "2026-11-24T13:00:00Z",
        "data": {
            "id": REVOKED.notification_id,
            "severity": "critical",
            "action": "trigger",
            "dedup_key": "Revocation/mc-shop/4f2a",
            "subject": "shop.example was revoked",
            "message": "Reason: keyCompromise. Replace it on every target.",
            "certificate": {
                "name": "shop",
                "common_name": "shop.example",
                "serial": "4f2a",
                "expires_at": "2027-02-01T00:00:00Z",
                "environment": "production",
                "owner": "Ada",
                "team": "Payments",
                "owner_id": "o-ada",
                "team_id": "t-payments",
            },
            "link": "https://certctl.example/certificates/mc-shop",
        },
    }


def test_text_beyond_ascii_arrives_as_utf8(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        notifier = HttpNotifier(Webhook(channel(url=receiver.url()), vault.secrets), http)
        notifier.send(a_message(subject="Bücher 🔒"), 5.0)
    assert json.loads(receiver.received[0].body)["data"]["subject"] == "Bücher 🔒"
    assert "Bücher 🔒".encode() in receiver.received[0].body


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, OutcomeKind.DELIVERED),
        (201, OutcomeKind.DELIVERED),
        (202, OutcomeKind.DELIVERED),
        (204, OutcomeKind.DELIVERED),
        (301, OutcomeKind.PERMANENT),
        (302, OutcomeKind.PERMANENT),
        (307, OutcomeKind.PERMANENT),
        (400, OutcomeKind.PERMANENT),
        (401, OutcomeKind.PERMANENT),
        (403, OutcomeKind.PERMANENT),
        (404, OutcomeKind.PERMANENT),
        (408, OutcomeKind.RETRYABLE),
        (410, OutcomeKind.CHANNEL_GONE),
        (413, OutcomeKind.PERMANENT),
        (425, OutcomeKind.RETRYABLE),
        (429, OutcomeKind.THROTTLED),
        (500, OutcomeKind.RETRYABLE),
        (502, OutcomeKind.RETRYABLE),
        (503, OutcomeKind.RETRYABLE),
        (504, OutcomeKind.RETRYABLE),
    ],
)
def test_each_status_has_its_outcome(
    http: OutboundHttp, vault: Vault, status: int, kind: OutcomeKind
) -> None:
    with Receiver(answers(status, b"" if status == 204 else b"s3cr3t echo")).running() as receiver:
        outcome = send_to(receiver, http, vault)
    assert (outcome.kind, outcome.status_code) == (kind, status)
    assert outcome.error == ("" if outcome.went_through else f"HTTP {status}")
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("0", 0.0),
        ("Tue, 24 Nov 2026 13:02:05 GMT", 120.0),
        ("Tuesday, 24-Nov-26 13:02:05 GMT", 120.0),
        ("Tue Nov 24 13:02:05 2026", 120.0),
        ("Tue, 24 Nov 2026 12:00:00 GMT", 0.0),
        ("99999999", 86_400.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(
    http: OutboundHttp, vault: Vault, value: str, seconds: float | None
) -> None:
    with Receiver(answers(429, b"", {"Retry-After": value})).running() as receiver:
        outcome = send_to(receiver, http, vault)
    assert (outcome.kind, outcome.retry_after) == (OutcomeKind.THROTTLED, seconds)


def test_a_receiver_that_drips_is_retryable_at_the_deadline(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(drips(b"H")).running() as receiver:
        outcome = send_to(receiver, http, vault, 0.5)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "timeout: no complete answer within the deadline"
    assert 500 <= outcome.duration_ms < 1500


def test_an_answer_that_is_not_http_is_retryable(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(sends_raw(b"nonsense\r\n\r\n")).running() as receiver:
        assert send_to(receiver, http, vault).kind is OutcomeKind.RETRYABLE


def test_a_url_that_the_guard_refuses_is_permanent(http: OutboundHttp, vault: Vault) -> None:
    notifier = HttpNotifier(Webhook(channel(url="https://10.0.0.1/s3cr3t"), vault.secrets), http)
    outcome = notifier.send(REVOKED, 5.0)
    assert (outcome.kind, outcome.status_code) == (OutcomeKind.PERMANENT, None)
    assert outcome.error == "refused: the host has an address that is not public"


def test_the_url_may_be_a_secret(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        notifier = HttpNotifier(
            Webhook(channel(url=vault.put("hook", receiver.url("/s3cr3t"))), vault.secrets), http
        )
        assert notifier.send(REVOKED, 5.0).kind is OutcomeKind.DELIVERED
    assert receiver.received[0].path == "/s3cr3t"


def test_without_a_signing_secret_the_request_is_unsigned(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        send_to(receiver, http, vault)
    assert "webhook-signature" not in receiver.received[0].headers
    assert receiver.received[0].headers["webhook-id"] == REVOKED.notification_id


@pytest.mark.parametrize("secret", ["s3cr3t", "whsec_", "whsec_s3cr3t!", "whsec_s3cr3", "whsec_YWJj s3cr3t"])
def test_a_malformed_signing_secret_is_retryable_and_nothing_is_sent(
    http: OutboundHttp, vault: Vault, secret: str
) -> None:
    with Receiver().running() as receiver:
        settings = {"url": receiver.url(), "secret": vault.put("signing", secret)}
        outcome = HttpNotifier(Webhook(channel(**settings), vault.secrets), http).send(REVOKED, 5.0)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert "s3cr3" not in outcome.error
    assert receiver.received == []


@pytest.mark.parametrize("settings", [{}, {"url": ""}, {"url": "certctl/blue/channels/none"}])
def test_a_url_that_cannot_be_read_is_retryable(
    http: OutboundHttp, vault: Vault, settings: dict[str, str]
) -> None:
    outcome = HttpNotifier(Webhook(channel(**settings), vault.secrets), http).send(REVOKED, 5.0)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error


def test_the_published_example_of_the_specification_verifies() -> None:
    """The test vector of the Standard Webhooks reference libraries."""
    key = decode_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signature = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [key])["webhook-signature"]
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_registry_builds_a_webhook(http: OutboundHttp, vault: Vault) -> None:
    with Receiver().running() as receiver:
        notifier = build_notifier(channel(url=receiver.url()), providers(http, vault.secrets))
        message = replace(REVOKED, type=NotificationType.RENEWAL_FAILURE)
        assert notifier.send(message, 5.0).kind is OutcomeKind.DELIVERED
    assert json.loads(receiver.received[0].body)["type"] == "RenewalFailure"
