"""The PagerDuty notifier against a server that answers as the Events API v2 does."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.pagerduty import KEY_LIMIT, SUMMARY_LIMIT
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity
from tests.support.channels.provider_channels import PREFIX, loopback_http, secrets_of, send_through
from tests.support.channels.receivers import Received, Receiver, answers
from tests.support.notifications.messages import REVOKED, a_message, providers

TAKEN = b'{"status":"success","message":"Event processed","dedup_key":"x"}'


def request_of(message: Message = REVOKED, settings: Mapping[str, str] | None = None) -> Received:
    with Receiver(answers(202, TAKEN)).running() as receiver:
        outcome = send_through(ChannelKind.PAGERDUTY, receiver, message, settings)
    assert outcome.kind is OutcomeKind.ACCEPTED
    return receiver.received[0]


def posted(message: Message = REVOKED, **settings: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(request_of(message, settings).body)
    return document


def test_the_event_says_what_a_person_on_call_needs() -> None:
    assert posted() == {
        "routing_key": "example-routing-key",
        "event_action": "trigger",
        "dedup_key": "Revocation/mc-shop/4f2a",
        "client": "certctl",
        "client_url": "https://certctl.example/certificates/mc-shop",
        "links": [
            {"href": "https://certctl.example/certificates/mc-shop", "text": "Open in certctl"},
        ],
        "payload": {
            "summary": "[CRITICAL] shop.example was revoked",
            "severity": "critical",
            "source": "shop.example",
            "timestamp": "2026-11-24T13:00:00Z",
            "class": "Revocation",
            "custom_details": {
                "What happened": "Reason: keyCompromise. Replace it on every target.",
                "Certificate": "shop",
                "Common name": "shop.example",
                "Serial": "4f2a",
                "Expires": "2027-02-01 00:00 UTC",
                "Environment": "production",
                "Owner": "Ada",
                "Team": "Payments",
                "Notification": REVOKED.notification_id,
            },
        },
    }


def test_a_resolve_carries_the_key_of_its_trigger_and_nothing_else() -> None:
    assert posted(a_message(action=Action.RESOLVE)) == {
        "routing_key": "example-routing-key",
        "event_action": "resolve",
        "dedup_key": posted()["dedup_key"],
    }


@pytest.mark.parametrize(
    ("severity", "setting", "sent"),
    [
        (Severity.CRITICAL, "info", "critical"),
        (Severity.WARNING, "", "warning"),
        (Severity.WARNING, "error", "error"),
        (Severity.WARNING, "critical", "critical"),
        (Severity.INFO, "critical", "info"),
    ],
)
def test_the_setting_says_what_a_warning_is(severity: Severity, setting: str, sent: str) -> None:
    assert posted(a_message(severity=severity), severity=setting)["payload"]["severity"] == sent


def test_a_long_key_is_shortened_alike_for_trigger_and_resolve_and_unlike_another() -> None:
    long = "Revocation/" + "é" * 300
    keys = [
        posted(a_message(dedup_key=key, action=action))["dedup_key"]
        for key, action in [
            (long + "1", Action.TRIGGER),
            (long + "1", Action.RESOLVE),
            (long + "2", Action.TRIGGER),
        ]
    ]
    assert keys[0] == keys[1] != keys[2]
    assert {len(key) for key in keys} == {KEY_LIMIT}
    assert keys[0].startswith("Revocation/é")


def test_a_key_that_just_fits_is_left_alone() -> None:
    assert posted(a_message(dedup_key="k" * KEY_LIMIT))["dedup_key"] == "k" * KEY_LIMIT


@pytest.mark.parametrize("character", ["a", "é", "🔒", '"', "\x01"])
def test_a_long_message_is_cut_to_the_limits(character: str) -> None:
    fact = "." + character * 100_000 + "."
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    request = request_of(a_message(subject=fact, body=fact * 10, certificate=facts, link="https://x/" + fact))
    summary = json.loads(request.body)["payload"]["summary"]
    assert len(summary.encode("utf-16-le")) // 2 <= SUMMARY_LIMIT
    assert len(request.body) < 512 * 1024
    assert "links" not in json.loads(request.body)


def test_a_certificate_without_names_has_a_source_all_the_same() -> None:
    assert posted(a_message(certificate=CertificateFacts(), link=""))["payload"]["source"] == "certctl"
    assert posted(a_message(certificate=CertificateFacts(name="shop")))["payload"]["source"] == "shop"


@pytest.mark.parametrize("ending", ["", "/", "//", "/v2/enqueue", "/v2/enqueue/"])
def test_the_base_url_may_be_written_in_several_ways(ending: str) -> None:
    with Receiver(answers(202, TAKEN)).running() as receiver:
        outcome = send_through(ChannelKind.PAGERDUTY, receiver, settings={"url": receiver.url(ending)})
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert receiver.received[0].path == "/v2/enqueue"


def test_a_base_url_below_a_path_is_kept() -> None:
    with Receiver(answers(202, TAKEN)).running() as receiver:
        send_through(ChannelKind.PAGERDUTY, receiver, settings={"url": receiver.url("/relay/")})
    assert receiver.received[0].path == "/relay/v2/enqueue"


@pytest.mark.parametrize(
    "settings",
    [{"url": "http://127.0.0.1:1/?to="}, {"url": "http://127.0.0.1:1/#x"}, {"severity": "panic"}],
)
def test_settings_that_cannot_be_right_are_retryable_and_nothing_is_sent(settings: dict[str, str]) -> None:
    with Receiver().running() as receiver:
        outcome = send_through(ChannelKind.PAGERDUTY, receiver, settings=settings)
    assert (outcome.kind, outcome.status_code) == (OutcomeKind.RETRYABLE, None)
    assert receiver.connections == 0


@pytest.mark.parametrize("key", ["two words", "schlüssel", "a\r\nX-Injected: 1"])
def test_an_invalid_secret_is_retryable_and_nothing_is_sent(key: str) -> None:
    with Receiver().running() as receiver:
        config = ChannelConfig(
            "pagerduty-default",
            ChannelKind.PAGERDUTY,
            {"routing_key": f"{PREFIX}key", "url": receiver.url("")},
        )
        notifier = build_notifier(config, providers(loopback_http(), secrets_of({"key": key})))
        outcome = notifier.send(REVOKED, 5.0)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert key not in outcome.error
    assert receiver.connections == 0


def test_a_base_url_that_the_guard_refuses_is_never_reached() -> None:
    with Receiver().running() as receiver:
        outcome = send_through(ChannelKind.PAGERDUTY, receiver, settings={"url": "https://169.254.169.254"})
    assert outcome.kind is OutcomeKind.PERMANENT
    assert outcome.error == "refused: the host has an address that is not public"


def test_the_errors_say_whose_fault_it_is_and_quote_nothing() -> None:
    about_key = b'{"status":"invalid event","errors":["Length of \'routing_key\' is incorrect s3cr3t"]}'
    replies = [answers(400, about_key), answers(400, b"s3cr3t"), answers(401, b"s3cr3t"), answers(404)]
    with Receiver(*replies).running() as receiver:
        errors = [send_through(ChannelKind.PAGERDUTY, receiver).error for _ in replies]
    assert errors == [
        "HTTP 400 the routing key is refused",
        "HTTP 400",
        "HTTP 401 the key is refused",
        "HTTP 404 nothing at the base URL",
    ]
