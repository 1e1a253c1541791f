"""The Teams notifier against a server that answers as a workflow does."""

import json
from typing import Any

import pytest

from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.teams import SIZE_LIMIT
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import OutcomeKind
from certctl.domain.notifications.statuses import Action, Severity
from tests.support.channels.provider_channels import PREFIX, loopback_http, secrets_of, send_through
from tests.support.channels.receivers import Receiver, answers
from tests.support.notifications.messages import REVOKED, a_message, providers

HOSTILE = "[click](https://evil.example) <at>everyone</at> **x** `y` https://evil.example"


def posted(message: Message = REVOKED, **settings: str) -> dict[str, Any]:
    with Receiver(answers(202)).running() as receiver:
        outcome = send_through(ChannelKind.TEAMS, receiver, message, settings)
    assert outcome.kind is OutcomeKind.ACCEPTED
    document: dict[str, Any] = json.loads(receiver.received[0].body)
    return document


def card_of(document: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = document["attachments"][0]["content"]
    return card


def lines_of(card: dict[str, Any]) -> list[str]:
    return ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]


def test_the_card_says_what_a_person_on_call_needs() -> None:
    document = posted()
    card = card_of(document)
    assert document["type"] == "message"
    assert document["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert lines_of(card) == [
        "[CRITICAL] shop.example was revoked",
        "Reason: keyCompromise. Replace it on every target.",
        "Certificate: shop",
        "Common name: shop.example",
        "Serial: 4f2a",
        "Expires: 2027-02-01 00:00 UTC",
        "Environment: production",
        "Owner: Ada",
        "Team: Payments",
    ]
    assert [action["url"] for action in card["actions"]] == ["https://certctl.example/certificates/mc-shop"]


@pytest.mark.parametrize(
    ("severity", "colour"),
    [(Severity.CRITICAL, "Attention"), (Severity.WARNING, "Warning"), (Severity.INFO, "Accent")],
)
def test_the_severity_has_its_colour(severity: Severity, colour: str) -> None:
    assert card_of(posted(a_message(severity=severity)))["body"][0]["inlines"][0]["color"] == colour


def test_a_resolve_says_so_and_unknown_facts_and_links_are_left_out() -> None:
    message = a_message(action=Action.RESOLVE, certificate=CertificateFacts(), link="", body="Renewed.")
    card = card_of(posted(message))
    assert lines_of(card) == ["[RESOLVED] shop.example was revoked", "Renewed."]
    assert card["body"][0]["inlines"][0]["color"] == "Good"
    assert card["actions"] == []


def test_nothing_from_outside_is_in_an_element_that_renders_markdown_or_names_a_person() -> None:
    facts = CertificateFacts(name=HOSTILE, owner=HOSTILE)
    card = card_of(posted(a_message(subject=HOSTILE, body=HOSTILE, certificate=facts)))
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert "entities" not in card["msteams"]
    assert "<at" not in json.dumps(card, ensure_ascii=False)
    assert sum("everyone" in line for line in lines_of(card)) == 4


def test_each_line_of_the_body_is_a_paragraph() -> None:
    assert lines_of(card_of(posted(a_message(body="one\n\n two\r\nthree"))))[1:4] == ["one", " two", "three"]


@pytest.mark.parametrize("character", ["a", "é", "🔒", '"', "<", "\n", "\x01", "e\u0301"])
@pytest.mark.parametrize("card_format", ["adaptive_card", "message_card"])
def test_a_long_message_fits_by_bytes_and_keeps_its_facts_and_link(card_format: str, character: str) -> None:
    fact = character * 20_000
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    long = a_message(subject=fact, body="." + character * 100_000 + ".", certificate=facts)
    with Receiver(answers(202)).running() as receiver:
        send_through(ChannelKind.TEAMS, receiver, long, {"format": card_format})
    body = receiver.received[0].body
    assert SIZE_LIMIT * 0.99 < len(body) <= SIZE_LIMIT or character == "\n"
    assert "https://certctl.example/certificates/mc-shop" in body.decode()
    assert json.loads(body)


def test_a_link_that_is_too_long_is_left_out() -> None:
    assert card_of(posted(a_message(link="https://certctl.example/" + "a" * 2_000)))["actions"] == []


def test_a_message_card_is_an_option() -> None:
    document = posted(format="message_card")
    section = document["sections"][0]
    assert document["@type"] == "MessageCard"
    assert document["title"] == document["summary"] == "[CRITICAL] shop.example was revoked"
    assert section["markdown"] is False
    assert section["facts"][1] == {"name": "Common name", "value": "shop.example"}
    assert document["potentialAction"][0]["targets"][0]["uri"] == REVOKED.link


def test_an_unknown_format_is_retryable_and_nothing_is_sent() -> None:
    with Receiver().running() as receiver:
        outcome = send_through(ChannelKind.TEAMS, receiver, settings={"format": "html"})
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "format: must be one of adaptive_card, message_card"
    assert receiver.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://contoso.webhook.office.com/webhookb2/s3cr3t",
        "https://CONTOSO.Webhook.Office.com./webhookb2/s3cr3t",
        "https://outlook.office.com/webhook/s3cr3t",
        "https://outlook.office365.com/webhook/s3cr3t",
    ],
)
def test_the_url_of_a_retired_connector_is_refused_without_being_shown(url: str) -> None:
    config = ChannelConfig("teams-default", ChannelKind.TEAMS, {"url": f"{PREFIX}teams"})
    notifier = build_notifier(config, providers(loopback_http(), secrets_of({"teams": url})))
    outcome = notifier.send(REVOKED, 5.0)
    assert (outcome.kind, outcome.status_code) == (OutcomeKind.RETRYABLE, None)
    assert "retired" in outcome.error
    assert "s3cr3t" not in outcome.error
    assert "contoso" not in outcome.error.lower()
