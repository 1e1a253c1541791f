"""The Slack notifier against a server that answers as Slack does."""

import json

import pytest

from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.notifiers import build_notifier
from certctl.connectors.notifiers.slack import TEXT_LIMIT
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.notifications import CertificateFacts
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.notifications.statuses import Action
from tests.integration.connectors.conftest import Vault
from tests.support.channels.receivers import Receiver, answers
from tests.support.notifications.messages import REVOKED, a_message, providers


def send_to(
    receiver: Receiver, http: OutboundHttp, vault: Vault, message: Message = REVOKED, **settings: str
) -> Outcome:
    reference = vault.put("slack", receiver.url("/services/T0/B0/s3cr3t"))
    config = ChannelConfig("slack-default", ChannelKind.SLACK, {"url": reference, **settings})
    return build_notifier(config, providers(http, vault.secrets)).send(message, 5.0)


def posted(receiver: Receiver) -> dict[str, str]:
    document: dict[str, str] = json.loads(receiver.received[0].body)
    return document


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"ok", OutcomeKind.DELIVERED),
        (200, b"ok\n", OutcomeKind.DELIVERED),
        (200, b"", OutcomeKind.RETRYABLE),
        (200, b"<html>captive portal</html>", OutcomeKind.RETRYABLE),
        (200, b"invalid_payload", OutcomeKind.PERMANENT),
        (200, b"no_service", OutcomeKind.CHANNEL_GONE),
        (204, b"", OutcomeKind.RETRYABLE),
        (302, b"", OutcomeKind.PERMANENT),
        (400, b"invalid_payload", OutcomeKind.PERMANENT),
        (400, b"user_not_found", OutcomeKind.PERMANENT),
        (400, b"no_text", OutcomeKind.PERMANENT),
        (403, b"action_prohibited", OutcomeKind.PERMANENT),
        (403, b"invalid_token", OutcomeKind.CHANNEL_GONE),
        (404, b"channel_not_found", OutcomeKind.PERMANENT),
        (404, b"no_service", OutcomeKind.CHANNEL_GONE),
        (404, b"no_active_hooks", OutcomeKind.CHANNEL_GONE),
        (404, b"no_team", OutcomeKind.CHANNEL_GONE),
        (404, b"", OutcomeKind.PERMANENT),
        (408, b"", OutcomeKind.RETRYABLE),
        (410, b"channel_is_archived", OutcomeKind.CHANNEL_GONE),
        (410, b"no_service", OutcomeKind.CHANNEL_GONE),
        (410, b"invalid_payload", OutcomeKind.CHANNEL_GONE),
        (429, b"rate_limited", OutcomeKind.THROTTLED),
        (429, b"no_service", OutcomeKind.THROTTLED),
        (500, b"rollup_error", OutcomeKind.RETRYABLE),
        (500, b"no_service", OutcomeKind.RETRYABLE),
        (503, b"", OutcomeKind.RETRYABLE),
    ],
)
def test_each_answer_has_its_outcome(
    http: OutboundHttp, vault: Vault, status: int, body: bytes, kind: OutcomeKind
) -> None:
    with Receiver(answers(status, b"" if status == 204 else body)).running() as receiver:
        outcome = send_to(receiver, http, vault)
    assert (outcome.kind, outcome.status_code) == (kind, status)
    assert bool(outcome.error) is not outcome.went_through


def test_a_throttle_carries_its_wait(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(answers(429, b"rate_limited", {"Retry-After": "30"})).running() as receiver:
        outcome = send_to(receiver, http, vault)
    assert (outcome.kind, outcome.retry_after) == (OutcomeKind.THROTTLED, 30.0)


def test_slacks_word_is_in_the_error_and_no_other_text_is(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(answers(404, b"channel_not_found"), answers(404, b"see /s3cr3t")).running() as receiver:
        errors = [send_to(receiver, http, vault).error for _ in range(2)]
    assert errors == ["HTTP 404 channel_not_found", "HTTP 404"]


def test_the_text_says_what_a_person_on_call_needs(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault)
    assert posted(receiver)["text"].splitlines() == [
        "*[CRITICAL] shop.example was revoked*",
        "Reason: keyCompromise. Replace it on every target.",
        "• Certificate: shop",
        "• Common name: shop.example",
        "• Serial: 4f2a",
        "• Expires: 2027-02-01 00:00 UTC",
        "• Environment: production",
        "• Owner: Ada",
        "• Team: Payments",
        "<https://certctl.example/certificates/mc-shop|Open in certctl>",
    ]


def test_a_resolve_says_so_and_unknown_facts_are_left_out(http: OutboundHttp, vault: Vault) -> None:
    message = a_message(action=Action.RESOLVE, certificate=CertificateFacts(), link="", body="Renewed.")
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault, message)
    assert posted(receiver)["text"] == "*[RESOLVED] shop.example was revoked*\nRenewed."


def test_control_characters_of_slack_are_escaped_everywhere(http: OutboundHttp, vault: Vault) -> None:
    hostile = "<!channel> & <https://evil.example|click>"
    facts = CertificateFacts(name=hostile, owner=hostile)
    message = a_message(subject=hostile, body=hostile, certificate=facts, link="")
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault, message)
    text = posted(receiver)["text"]
    assert text.count("&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;") == 4
    assert "<" not in text
    assert ">" not in text


@pytest.mark.parametrize("character", ["a", "&", "🔒", "é"])
def test_a_long_message_is_cut_and_keeps_its_facts_and_link(
    http: OutboundHttp, vault: Vault, character: str
) -> None:
    fact = character * 5000
    facts = CertificateFacts(fact, fact, fact, None, fact, fact, fact)
    long = a_message(subject=character * 100_000, body=character * 100_000, certificate=facts)
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault, long)
    text = posted(receiver)["text"]
    assert TEXT_LIMIT * 0.85 < len(text) <= TEXT_LIMIT
    assert text.endswith("|Open in certctl>")
    assert "• Team: " in text
    assert text.count("&") == text.count("&amp;")


def test_channel_and_username_are_passed_on_when_set(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault, channel="#pki", username="certctl")
    assert posted(receiver)["channel"] == "#pki"
    assert posted(receiver)["username"] == "certctl"


def test_channel_and_username_are_absent_when_not_set(http: OutboundHttp, vault: Vault) -> None:
    with Receiver(answers(200, b"ok")).running() as receiver:
        send_to(receiver, http, vault, channel="", username="")
    assert posted(receiver).keys() == {"text"}


@pytest.mark.parametrize(
    "url", ["", "https://hooks.slack.com/services/T0/B0/s3cr3t", "certctl/blue/channels/x"]
)
def test_a_url_that_is_not_a_readable_secret_is_retryable(http: OutboundHttp, vault: Vault, url: str) -> None:
    config = ChannelConfig("slack-default", ChannelKind.SLACK, {"url": url})
    outcome = build_notifier(config, providers(http, vault.secrets)).send(REVOKED, 5.0)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert "s3cr3t" not in outcome.error


def test_a_kind_without_a_notifier_is_an_error_and_never_a_delivery(http: OutboundHttp, vault: Vault) -> None:
    pigeon = ChannelConfig("other", "Pigeon", {})
    with pytest.raises(InvalidInput):
        build_notifier(pigeon, providers(http, vault.secrets))
