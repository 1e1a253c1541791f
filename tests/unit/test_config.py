from datetime import timedelta

import pytest

from certctl import config
from certctl.domain.channels.kinds.email import EMAIL
from certctl.domain.channels.kinds.opsgenie import OPSGENIE
from certctl.domain.channels.kinds.pagerduty import PAGERDUTY
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90", timedelta(seconds=90)),
        ("90s", timedelta(seconds=90)),
        ("5m", timedelta(minutes=5)),
        ("72h", timedelta(hours=72)),
        ("3d", timedelta(days=3)),
    ],
)
def test_durations_are_numbers_with_a_unit(text: str, meant: timedelta) -> None:
    assert config.duration(text) == meant


@pytest.mark.parametrize("text", ["", "h", "1w", "-1h", "1.5h", "1h ", "1h30m"])
def test_other_texts_are_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        config.duration(text)


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTCTL_QUEUE_JOBS", raising=False)
    with pytest.raises(config.MissingSetting, match="CERTCTL_QUEUE_JOBS"):
        config.queue_url("jobs")


def test_lists_drop_spaces_and_empty_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", " 10.0.0.0/8,,127.0.0.0/8 ")
    assert config.allowed_private_cidrs() == ("10.0.0.0/8", "127.0.0.0/8")


def test_the_placeholder_of_the_second_origin_secret_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTCTL_ORIGIN_SECRETS", f"{'s' * 64} none")
    monkeypatch.delenv("CERTCTL_EDGE_ONLY", raising=False)
    assert config.edge() == config.EdgeConfig(("s" * 64,), is_only_way=False)


def test_retention_has_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTCTL_API_AUDIT_RETENTION_DAYS", raising=False)
    monkeypatch.setenv("CERTCTL_DOMAIN_AUDIT_RETENTION_DAYS", "30")
    assert config.audit() == config.AuditConfig(api_call_days=400, domain_event_days=30)


def test_a_channel_exists_where_the_setting_that_it_needs_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "Slack.url=certctl/blue/channels/slack",
        "Slack.channel=",
        "Teams.url=",
        "Teams.format=adaptive_card",
    ]
    monkeypatch.setenv("CERTCTL_CHANNELS", "\n".join([*lines, "OpsGenie.api_key=a=b"]))
    assert config.channels(CHANNEL_KINDS.sections) == {
        "Slack": {"url": "certctl/blue/channels/slack"},
        "OpsGenie": {"api_key": "a=b"},
    }


def test_mail_goes_by_smtp_where_both_ways_are_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "CERTCTL_CHANNELS", "SES.from_address=a@example.com\nSMTP.host=mail.example.com\nSMTP.to="
    )
    assert config.channels(CHANNEL_KINDS.sections) == {
        "Email": {"transport": "smtp", "host": "mail.example.com", "tls": "starttls"}
    }
    monkeypatch.setenv("CERTCTL_CHANNELS", "SES.from_address=a@example.com\nSMTP.port=587")
    assert config.channels(CHANNEL_KINDS.sections) == {
        "Email": {"transport": "ses", "from_address": "a@example.com"}
    }


@pytest.mark.parametrize(
    ("host", "settings"),
    [
        ("mail.example.com:465", {"host": "mail.example.com", "port": "465", "tls": "implicit"}),
        ("mail.example.com:2525", {"host": "mail.example.com", "port": "2525", "tls": "starttls"}),
    ],
)
def test_the_port_of_a_mail_server_says_how_tls_begins(
    monkeypatch: pytest.MonkeyPatch, host: str, settings: dict[str, str]
) -> None:
    monkeypatch.setenv("CERTCTL_CHANNELS", f"SMTP.host={host}\nSMTP.from_address=a@example.com")
    assert config.channels(CHANNEL_KINDS.sections)["Email"] == {
        "transport": "smtp",
        "from_address": "a@example.com",
        **settings,
    }


def test_the_choices_of_the_engine_s_settings_are_those_of_the_kinds() -> None:
    options = {
        "PagerdutySeverity": PAGERDUTY.settings["severity"].options,
        "OpsgeniePriority": OPSGENIE.settings["priority"].options,
        "SmtpTls": EMAIL.settings["tls"].options,
    }
    of_kinds = {name: tuple(option.value for option in each) for name, each in options.items()}
    assert of_kinds == config.ENGINE_CHOICES


def test_hosts_of_gateways_have_a_plus_between(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.channel_hosts() == ()
    monkeypatch.setenv(
        "CERTCTL_ENGINE_SETTINGS", "ChannelProbeSeconds=2,ChannelHosts=a.example.com+b.example.com"
    )
    assert config.channel_hosts() == ("a.example.com", "b.example.com")


def test_settings_of_the_engine_that_are_not_given_have_their_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CERTCTL_ENGINE_SETTINGS", "NotificationMaxAge=3d,ChannelProbeSeconds=2")
    assert config.engine_settings() == {
        **config.ENGINE_DEFAULTS,
        "NotificationMaxAge": "3d",
        "ChannelProbeSeconds": "2",
    }
    assert config.breaker() == config.BreakerConfig(failures=5, probe=timedelta(seconds=2))


@pytest.mark.parametrize(
    "text",
    [
        "NotificationMaxTries=5",
        "ChannelProbeSeconds=0",
        "ChannelProbeSeconds=1m",
        "ChannelProbeSeconds",
        "ChannelHosts=https://a.example.com",
        "ChannelHosts=a.example.com+",
        "PagerdutySeverity=fatal",
        "OpsgeniePriority=P6",
        "SmtpTls=ssl",
        "SlackChannel=",
    ],
)
def test_a_setting_that_the_engine_cannot_keep_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CERTCTL_ENGINE_SETTINGS", text)
    with pytest.raises(config.InvalidSetting, match=text.split("=")[0]):
        config.engine_settings()
