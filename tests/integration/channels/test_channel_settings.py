"""Validation of a channel's settings: a refusal names the setting and never repeats its value."""

import pytest

from certctl.connectors.address_guard import AddressGuard
from tests.integration.channels.conftest import CHANNELS, SLACK_REF, ChannelsApi, error_fields
from tests.support.channels.hostile_urls import HOSTILE_ANSWERS, HOSTILE_URLS
from tests.support.channels.receivers import Receiver

# together they take more than ten seconds
pytestmark = pytest.mark.slow

REF = SLACK_REF
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alerts"
MAIL = {"from_address": "certctl@example.com", "host": "127.0.0.1"}


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("Slack", {}, "url"),
        ("Slack", {"url": "https://hooks.slack.com/services/SECRET"}, "url"),
        ("Slack", {"url": "certctl/green/channels/SECRET"}, "url"),
        ("Slack", {"url": REF, "token": "SECRET"}, "token"),
        ("Webhook", {"url": "https://127.0.0.1/x", "secret": "whsec_SECRET"}, "secret"),
        ("Webhook", {"url": "ftp://127.0.0.1/SECRET"}, "url"),
        ("Webhook", {"url": "https://user:SECRET@127.0.0.1/"}, "url"),
        ("Webhook", {"url": "SECRET"}, "url"),
        ("Webhook", {"url": "https://nowhere.invalid/SECRET"}, "url"),
        ("Teams", {"url": "https://outlook.office.com/webhook/SECRET"}, "url"),
        ("Teams", {"url": REF, "format": "SECRET"}, "format"),
        ("PagerDuty", {"severity": "error"}, "routing_key"),
        ("PagerDuty", {"routing_key": REF, "severity": "SECRET"}, "severity"),
        ("PagerDuty", {"routing_key": REF, "url": "https://127.0.0.1/?SECRET"}, "url"),
        ("OpsGenie", {"api_key": REF, "priority": "SECRET"}, "priority"),
        ("OpsGenie", {"api_key": REF, "url": "https://10.0.0.1/SECRET"}, "url"),
        ("JSM", {"api_key": "SECRET"}, "api_key"),
        ("Email", MAIL | {"transport": "SECRET"}, "transport"),
        ("Email", MAIL | {"from_address": "SECRET"}, "from_address"),
        ("Email", MAIL | {"to": "a@b, SECRET"}, "to"),
        ("Email", MAIL | {"port": "70000"}, "port"),
        ("Email", MAIL | {"port": 0}, "port"),
        ("Email", MAIL | {"tls": "SECRET"}, "tls"),
        ("Email", MAIL | {"host": "10.0.0.1"}, "host"),
        ("Email", MAIL | {"host": "https://SECRET"}, "host"),
        ("Email", MAIL | {"username": "u"}, "password"),
        ("Email", MAIL | {"password": "SECRET", "username": "u"}, "password"),
        ("Email", {"transport": "ses"}, "from_address"),
        ("SNS", {"topic_arn": "arn:aws:sqs:eu-central-1:123456789012:SECRET"}, "topic_arn"),
        ("EventBridge", {"event_bus": "SECRET bus"}, "event_bus"),
        ("EventBridge", {"source": "aws.SECRET"}, "source"),
    ],
)
def test_a_bad_setting_is_named_and_not_repeated(
    channels: ChannelsApi, kind: str, settings: dict[str, str], field: str
) -> None:
    answer = channels.make("bad", kind=kind, settings=settings)
    assert error_fields(answer) == {f"settings.{field}"}
    assert "SECRET" not in answer.text
    assert channels.api.get(f"{CHANNELS}/bad").status == 404


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("Slack", {"url": REF, "channel": "#ops", "username": "certctl"}),
        ("Slack", {"url": f"/{REF}"}),
        ("Webhook", {"url": "https://127.0.0.1:8443/x", "secret": REF}),
        ("Webhook", {"url": "http://127.0.0.1/x"}),
        ("Teams", {"url": REF, "format": "message_card"}),
        ("PagerDuty", {"routing_key": REF, "severity": "error", "url": "https://127.0.0.1"}),
        ("OpsGenie", {"api_key": REF, "priority": "P1"}),
        ("JSM", {"api_key": REF, "url": "https://127.0.0.1"}),
        ("Email", MAIL | {"port": 1025, "tls": "none", "to": "ops@example.com"}),
        ("Email", MAIL | {"username": "u", "password": REF, "tls": "implicit"}),
        ("Email", {"transport": "ses", "from_address": "a@example.com", "configuration_set": "alerts"}),
        ("SNS", {"topic_arn": TOPIC}),
        ("EventBridge", {}),
        ("EventBridge", {"event_bus": "certificates", "source": "com.example.pki"}),
    ],
)
def test_good_settings_are_saved(channels: ChannelsApi, kind: str, settings: dict[str, str]) -> None:
    made = channels.made("good", kind=kind, settings=settings)
    assert made["settings"].keys() == settings.keys()


def test_settings_are_checked_at_each_change(channels: ChannelsApi) -> None:
    channels.made()
    assert error_fields(channels.put("slack-ops", settings={"url": "SECRET"})) == {"settings.url"}
    assert channels.read("slack-ops")["settings"] == {"url": REF}


def test_every_problem_of_form_is_reported_at_once(channels: ChannelsApi) -> None:
    answer = channels.make(settings={"token": "x", "channel": "a\nb"})
    assert error_fields(answer) == {"settings.url", "settings.token", "settings.channel"}


@pytest.fixture
def as_on_aws(channels: ChannelsApi, monkeypatch: pytest.MonkeyPatch) -> ChannelsApi:
    """No network is open."""
    monkeypatch.setenv("CERTCTL_LOCAL", "")
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "")
    return channels


@pytest.mark.parametrize(
    ("kind", "settings"), [("Webhook", {}), ("PagerDuty", {"routing_key": REF}), ("JSM", {"api_key": REF})]
)
def test_no_hostile_url_is_saved_and_none_is_called(
    as_on_aws: ChannelsApi,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    settings: dict[str, str],
) -> None:
    """The whole corpus, with a DNS that leads every name to the canary."""
    monkeypatch.setattr(AddressGuard.__init__, "__defaults__", (lambda host, port: ["127.0.0.1"],))
    for text in [*HOSTILE_URLS, *(url for url, _ in HOSTILE_ANSWERS)]:
        url = text.replace("PORT", str(receiver.port))
        if not url:  # no setting at all
            continue
        answer = as_on_aws.make("hostile", kind=kind, settings=settings | {"url": url})
        assert (answer.status, len(answer.body["errors"])) == (422, 1), url
        assert len(url) < 8 or url not in answer.text
    assert receiver.connections == 0


def test_no_hostile_mail_server_is_saved_and_none_is_called(
    as_on_aws: ChannelsApi, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AddressGuard.__init__, "__defaults__", (lambda host, port: ["127.0.0.1"],))
    for host in ("127.0.0.1", "localhost", "[::1]", "0x7f.1", "169.254.169.254", "mail.example", "10.1.2.3"):
        settings = {"from_address": "a@example.com", "host": host, "port": receiver.port}
        assert error_fields(as_on_aws.make("hostile", kind="Email", settings=settings)) == {"settings.host"}
    assert receiver.connections == 0


def test_http_is_refused_outside_of_local_mode(as_on_aws: ChannelsApi) -> None:
    answer = as_on_aws.make("plain", kind="Webhook", settings={"url": "http://93.184.216.34/x"})
    assert error_fields(answer) == {"settings.url"}
    assert "https" in answer.text
