"""The OpsGenie and Jira Service Management notifiers against a server that answers as the Alert API does."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import pytest

from certctl.connectors.notifiers.opsgenie import (
    ALIAS_LIMIT,
    MESSAGE_LIMIT,
    NOTE_LIMIT,
    _log_once,
)
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity
from tests.support.channels.provider_channels import send_through
from tests.support.channels.receivers import Received, Receiver, answers
from tests.support.notifications.messages import REVOKED, a_message

DESCRIPTION_LIMIT = 15_000
TAKEN = (
    b'{"result":"Request will be processed","took":0.3,"requestId":"43a29c5c-3dbf-4fa4-9c26-f4f71023e120"}'
)
KINDS = [ChannelKind.OPSGENIE, ChannelKind.JSM]
PATHS = {ChannelKind.OPSGENIE: "/v2/alerts", ChannelKind.JSM: "/jsm/ops/integration/v2/alerts"}


def request_of(
    message: Message = REVOKED,
    kind: ChannelKind = ChannelKind.OPSGENIE,
    settings: Mapping[str, str] | None = None,
) -> Received:
    with Receiver(answers(202, TAKEN)).running() as receiver:
        outcome = send_through(kind, receiver, message, settings)
    assert outcome.kind is OutcomeKind.ACCEPTED
    return receiver.received[0]


def posted(message: Message = REVOKED, **settings: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(request_of(message, settings=settings).body)
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_the_alert_says_what_a_person_on_call_needs(kind: ChannelKind) -> None:
    request = request_of(kind=kind)
    assert request.path == PATHS[kind]
    assert request.headers["authorization"] == "GenieKey example-integration-key"
    assert json.loads(request.body) == {
        "message": "shop.example was revoked",
        "alias": "Revocation/mc-shop/4f2a",
        "description": "\n".join(
            [
                "Reason: keyCompromise. Replace it on every target.",
                "Certificate: shop",
                "Common name: shop.example",
                "Serial: 4f2a",
                "Expires: 2027-02-01 00:00 UTC",
                "Environment: production",
                "Owner: Ada",
                "Team: Payments",
                "https://certctl.example/certificates/mc-shop",
            ]
        ),
        "priority": "P1",
        "source": "certctl",
        "entity": "shop.example",
        "tags": ["certctl", "Revocation", "critical", "production"],
        "details": {
            "Certificate": "shop",
            "Common name": "shop.example",
            "Serial": "4f2a",
            "Expires": "2027-02-01 00:00 UTC",
            "Environment": "production",
            "Owner": "Ada",
            "Team": "Payments",
        },
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_resolve_closes_the_alert_by_its_encoded_alias(kind: ChannelKind) -> None:
    request = request_of(a_message(action=Action.RESOLVE, body="Renewed."), kind)
    assert request.path == f"{PATHS[kind]}/Revocation%2Fmc-shop%2F4f2a/close?identifierType=alias"
    assert request.headers["authorization"] == "GenieKey example-integration-key"
    assert json.loads(request.body) == {
        "source": "certctl",
        "note": "[RESOLVED] shop.example was revoked\nRenewed.",
    }


@pytest.mark.parametrize("alias", ["a/../b?c#d&e=f", "é 🔒%2F", "..", "a" * 2_000, "🔒" * 512])
def test_whatever_the_alias_the_close_finds_the_alert_of_its_trigger(alias: str) -> None:
    opened = posted(a_message(dedup_key=alias))["alias"]
    path = request_of(a_message(dedup_key=alias, action=Action.RESOLVE)).path
    start, _, rest = path.partition("/v2/alerts/")
    encoded, _, ending = rest.partition("/close?")
    assert (start, ending) == ("", "identifierType=alias")
    assert "/" not in encoded
    assert unquote(encoded) == opened
    assert len(opened.encode("utf-16-le")) // 2 <= ALIAS_LIMIT


@pytest.mark.parametrize(
    ("severity", "setting", "sent"),
    [
        (Severity.CRITICAL, "P5", "P1"),
        (Severity.WARNING, "", "P3"),
        (Severity.WARNING, "P2", "P2"),
        (Severity.INFO, "P1", "P5"),
    ],
)
def test_the_setting_says_what_a_warning_is(severity: Severity, setting: str, sent: str) -> None:
    assert posted(a_message(severity=severity), priority=setting)["priority"] == sent


@pytest.mark.parametrize("character", ["a", "é", "🔒", '"', "<"])
def test_a_long_message_is_cut_to_the_limits_and_keeps_its_facts(character: str) -> None:
    fact = "." + character * 30_000 + "."
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    alert = posted(a_message(subject=fact, body=fact, certificate=facts))
    assert units(alert["message"]) <= MESSAGE_LIMIT
    assert units(alert["description"]) <= DESCRIPTION_LIMIT
    assert "\nTeam: " in alert["description"]
    assert max(units(tag) for tag in alert["tags"]) <= 50
    assert sum(units(key) + units(value) for key, value in alert["details"].items()) <= 8_000
    assert units(alert["entity"]) <= 512


def test_a_long_resolve_is_cut() -> None:
    closing = posted(a_message(action=Action.RESOLVE, body="a" * 50_000))
    assert units(closing["note"]) == NOTE_LIMIT


def test_no_name_becomes_html() -> None:
    hostile = '<a href="https://evil.example">x</a>'
    alert = posted(a_message(subject=hostile, body=hostile, certificate=CertificateFacts(name=hostile)))
    assert "<a" not in alert["message"] + alert["description"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", ["/", "//", "{path}", "{path}/"])
def test_the_base_url_may_be_written_in_several_ways(kind: ChannelKind, ending: str) -> None:
    with Receiver(answers(202, TAKEN)).running() as receiver:
        send_through(kind, receiver, settings={"url": receiver.url(ending.format(path=PATHS[kind]))})
    assert receiver.received[0].path == PATHS[kind]


def test_a_priority_that_does_not_exist_is_retryable_and_nothing_is_sent() -> None:
    with Receiver().running() as receiver:
        outcome = send_through(ChannelKind.OPSGENIE, receiver, settings={"priority": "P0"})
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "priority: must be one of P1, P2, P3, P4, P5"
    assert receiver.connections == 0


def test_the_end_of_opsgenie_is_logged_once_in_a_process(caplog: pytest.LogCaptureFixture) -> None:
    _log_once.cache_clear()
    with Receiver(answers(202, TAKEN)).running() as receiver:
        for kind in (ChannelKind.JSM, ChannelKind.OPSGENIE, ChannelKind.OPSGENIE):
            send_through(kind, receiver)
    assert caplog.text.count("OpsGenie ends on 2027-04-05") == 1


def units(text: str) -> int:
    """Characters as Java counts them."""
    return len(text.encode("utf-16-le")) // 2
