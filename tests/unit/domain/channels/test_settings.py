"""The forms of a channel's settings, and that no refusal repeats a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.connectors.aws.secrets import check_reference
from certctl.domain.channels.kinds.jsm import JSM
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from certctl.domain.channels.kinds.slack import SLACK
from certctl.domain.channels.kinds.webhook import WEBHOOK
from certctl.domain.channels.settings import form_problems, plain_urls, with_hidden_values
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind
from certctl.domain.secret_references import is_reference

STACK = "blue"
REF = "certctl/blue/channels/one"
GOOD: dict[ChannelKind, list[dict[str, str]]] = {
    ChannelKind.WEBHOOK: [{"url": "https://hooks.example/x"}, {"url": REF, "secret": f"/{REF}"}],
    ChannelKind.SLACK: [{"url": REF}, {"url": f"/{REF}", "channel": "#ops", "username": "certctl"}],
    ChannelKind.TEAMS: [{"url": REF, "format": "message_card"}],
    ChannelKind.PAGERDUTY: [
        {"routing_key": REF, "severity": "error", "url": "https://events.eu.pagerduty.com"}
    ],
    ChannelKind.OPSGENIE: [{"api_key": REF, "priority": "P2", "url": "https://api.eu.opsgenie.com"}],
    ChannelKind.JSM: [{"api_key": REF}],
    ChannelKind.EMAIL: [
        {"from_address": "a@example.com", "host": "mail.example", "username": "u", "password": REF},
        {"transport": "ses", "from_address": "a@example.com", "configuration_set": "alerts"},
    ],
    ChannelKind.SNS: [{"topic_arn": "arn:aws:sns:eu-central-1:123456789012:alerts"}],
    ChannelKind.EVENTBRIDGE: [{}, {"event_bus": "certificates", "source": "com.example.pki"}],
}
SECRET = "T0/B0/very-secret-token"


def problems(kind: ChannelKind, **settings: str) -> dict[str, str]:
    return {
        problem.field: problem.message for problem in form_problems(CHANNEL_KINDS.of(kind), settings, STACK)
    }


@pytest.mark.parametrize(("kind", "settings"), [(kind, each) for kind, good in GOOD.items() for each in good])
def test_good_settings_have_no_problem(kind: ChannelKind, settings: dict[str, str]) -> None:
    assert form_problems(CHANNEL_KINDS.of(kind), settings, STACK) == []


@pytest.mark.parametrize("kind", [kind for kind in ChannelKind if kind is not ChannelKind.EVENTBRIDGE])
def test_each_needed_setting_that_is_missing_is_named(kind: ChannelKind) -> None:
    assert set(problems(kind).values()) == {"is needed"}


@pytest.mark.parametrize("kind", ChannelKind)
def test_an_unknown_setting_is_refused_with_the_known_ones(kind: ChannelKind) -> None:
    (message,) = (m for f, m in problems(kind, colour="red").items() if f == "settings.colour")
    assert "has these settings: " in message


def test_all_problems_are_told_at_once() -> None:
    found = problems(ChannelKind.WEBHOOK, url="hooks.example", secret="whsec_abc", colour="red")
    assert set(found) == {"settings.url", "settings.secret", "settings.colour"}


@pytest.mark.parametrize(
    ("kind", "setting"),
    [
        (ChannelKind.WEBHOOK, "secret"),
        (ChannelKind.SLACK, "url"),
        (ChannelKind.TEAMS, "url"),
        (ChannelKind.PAGERDUTY, "routing_key"),
        (ChannelKind.OPSGENIE, "api_key"),
        (ChannelKind.JSM, "api_key"),
        (ChannelKind.EMAIL, "password"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"https://hooks.slack.com/services/{SECRET}",
        f"certctl/green/channels/{SECRET}",
        f"certctl/blue/issuers/{SECRET}",
        f"certctl/blue/channels/../{SECRET}",
        f"certctl/blue/channels/{SECRET}\n",
        "certctl/blue/channels/",
    ],
)
def test_a_secret_is_set_by_its_name_and_never_repeated(kind: ChannelKind, setting: str, value: str) -> None:
    message = problems(kind, **{setting: value})[f"settings.{setting}"]
    assert "certctl/blue/channels/<name>" in message or "one line" in message
    assert SECRET not in message


def test_a_secret_that_stands_where_a_name_belongs_is_not_repeated() -> None:
    assert "very-secret" not in str(form_problems(SLACK, {SECRET: "x"}, STACK))


@pytest.mark.parametrize(
    ("transport", "foreign"), [("ses", "host"), ("ses", "password"), ("smtp", "configuration_set")]
)
def test_mail_has_the_settings_of_its_transport(transport: str, foreign: str) -> None:
    found = problems(ChannelKind.EMAIL, transport=transport, from_address="a@example.com", **{foreign: REF})
    assert f"settings.{foreign}" in found


@pytest.mark.parametrize("text", ["a" * 257, "two\nlines", "a\x00b"])
def test_a_text_is_one_line_of_bounded_length(text: str) -> None:
    assert "settings.channel" in problems(ChannelKind.SLACK, url=REF, channel=text)


def test_plain_urls_are_those_that_are_no_secret() -> None:
    assert plain_urls(WEBHOOK, {"url": "https://a.example", "secret": REF}) == {"url": "https://a.example"}
    assert plain_urls(WEBHOOK, {"url": REF}) == {}
    assert plain_urls(JSM, {"api_key": REF, "url": "https://b.example"}) == {"url": "https://b.example"}


def test_what_the_api_shows_stands_for_what_it_hides() -> None:
    stored = {"url": f"https://hooks.example/{SECRET}", "secret": REF}
    shown = {"url": "https://hooks.example/[redacted]", "secret": REF}
    assert with_hidden_values(WEBHOOK, shown, stored) == stored
    changed = {"url": "https://other.example/[redacted]"}
    assert with_hidden_values(WEBHOOK, changed, stored) == changed
    assert "settings.url" in problems(ChannelKind.WEBHOOK, **changed)


@given(
    st.text(alphabet="certl/buehansi.-_0X\n ", max_size=40).map(lambda tail: f"certctl/blue/channels/{tail}")
)
def test_what_may_be_saved_is_what_can_be_read(text: str) -> None:
    try:
        check_reference(STACK, text, "channels")
    except InvalidInput:
        assert not is_reference(text, STACK, "channels")
    else:
        assert is_reference(text, STACK, "channels")
