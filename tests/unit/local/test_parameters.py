"""CERTCTL_A_B of the environment of `make run` is the template parameter AB."""

import pytest

from certctl import config
from certctl.domain.channels.kinds.registry import CHANNEL_KINDS
from local.settings import ROOT, read_options
from local.stack.parameters import (
    ENGINE_CHOICES,
    ENGINE_SETTINGS,
    UnknownVariableError,
    complete,
    ineffective,
    override,
    translate,
)
from local.stack.template import Parameter, read_parameters

DECLARED = {
    name: Parameter(name, default, is_secret=False)
    for name, default in {
        "SlackWebhookUrl": "",
        "NotificationRetryInterval": "rate(2 minutes)",
        "PkiHostName": "",
        "LocalMode": "",
    }.items()
}


# Every variable of the Go edition, and what `make run` makes of it.
GO_EDITION = {
    "CERTCTL_NOTIFICATION_RETRY_INTERVAL": "2m",
    "CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL": "1h",
    "CERTCTL_KEYGEN_MODE": "agent",
    "CERTCTL_SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x",
    "CERTCTL_SLACK_CHANNEL": "#alerts",
    "CERTCTL_SLACK_USERNAME": "certctl",
    "CERTCTL_TEAMS_WEBHOOK_URL": "https://prod.westeurope.logic.azure.com/workflows/x",
    "CERTCTL_PAGERDUTY_ROUTING_KEY": "routing-key",
    "CERTCTL_PAGERDUTY_SEVERITY": "error",
    "CERTCTL_OPSGENIE_API_KEY": "api-key",
    "CERTCTL_OPSGENIE_PRIORITY": "P2",
    "CERTCTL_WEBHOOK_URL": "https://hooks.example.com/x",
    "CERTCTL_WEBHOOK_SECRET": "whsec_x",
    "CERTCTL_SMTP_HOST": "mail.example.com",
    "CERTCTL_SMTP_PORT": "2525",
    "CERTCTL_SMTP_USERNAME": "certctl",
    "CERTCTL_SMTP_PASSWORD": "password",
    "CERTCTL_SMTP_FROM_ADDRESS": "certctl@example.com",
    "CERTCTL_SMTP_TLS": "implicit",
    "CERTCTL_SMTP_USE_TLS": "true",
}
OF_GO_EDITION = {
    "NotificationRetryInterval": "rate(2 minutes)",
    "SchedulerRenewalCheckInterval": "rate(1 hour)",
    "SlackWebhookUrl": "https://hooks.slack.com/services/T/B/x",
    "TeamsWebhookUrl": "https://prod.westeurope.logic.azure.com/workflows/x",
    "PagerdutyRoutingKey": "routing-key",
    "OpsgenieApiKey": "api-key",
    "WebhookUrl": "https://hooks.example.com/x",
    "WebhookSecret": "whsec_x",
    "SmtpHost": "mail.example.com:2525",
    "SmtpUsername": "certctl",
    "SmtpPassword": "password",
    "SmtpFromAddress": "certctl@example.com",
    "EngineSettings": "OpsgeniePriority=P2,PagerdutySeverity=error,SlackChannel=#alerts,SlackUsername=certctl"
    ",SmtpTls=implicit",
}


def test_every_variable_of_the_go_edition_is_taken_and_documented() -> None:
    page = (ROOT / "docs" / "from-certctl-go.md").read_text(encoding="utf-8")
    assert [name for name in GO_EDITION if f"`{name}`" not in page] == []
    assert translate(GO_EDITION, read_parameters(ROOT / "template.yaml")) == OF_GO_EDITION


def test_their_settings_reach_the_channels_of_the_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lines are those of `CERTCTL_CHANNELS` in template.yaml."""
    lines = [
        f"SMTP.host={OF_GO_EDITION['SmtpHost']}",
        "Slack.url=certctl/a/slack",
        "PagerDuty.routing_key=certctl/a/pagerduty",
        "OpsGenie.api_key=certctl/a/opsgenie",
    ]
    monkeypatch.setenv("CERTCTL_CHANNELS", "\n".join(lines))
    monkeypatch.setenv("CERTCTL_ENGINE_SETTINGS", OF_GO_EDITION["EngineSettings"])
    assert config.channels(CHANNEL_KINDS.sections) == {
        "Email": {"transport": "smtp", "host": "mail.example.com", "port": "2525", "tls": "implicit"},
        "Slack": {"url": "certctl/a/slack", "channel": "#alerts", "username": "certctl"},
        "PagerDuty": {"routing_key": "certctl/a/pagerduty", "severity": "error"},
        "OpsGenie": {"api_key": "certctl/a/opsgenie", "priority": "P2"},
    }


def test_a_variable_of_the_go_edition_that_changes_nothing_is_named_with_the_reason() -> None:
    (line,) = ineffective(GO_EDITION)
    assert line.startswith("CERTCTL_KEYGEN_MODE has no effect: keys are made by agents")
    assert ineffective({"CERTCTL_SMTP_PORT": "587", "CERTCTL_SLACK_CHANNEL": ""}) == [
        "CERTCTL_SMTP_PORT has no effect without CERTCTL_SMTP_HOST"
    ]
    assert ineffective({"CERTCTL_SLACK_WEBHOOK_URL": "https://hooks.example/x"}) == []


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [("mail.example.com", "x", "a port is"), ("mail.example.com:25", "587", "has a port already")],
)
def test_a_port_of_the_mail_server_that_is_none_or_is_a_second_one_is_refused(
    host: str, port: str, reason: str
) -> None:
    with pytest.raises(ValueError, match=f"^CERTCTL_SMTP_PORT: .*{reason}"):
        translate({"CERTCTL_SMTP_HOST": host, "CERTCTL_SMTP_PORT": port}, DECLARED)


def test_a_setting_of_the_engine_is_left_out_if_it_is_empty_and_refused_if_it_reads_as_two() -> None:
    assert translate({"CERTCTL_SLACK_CHANNEL": ""}, DECLARED) == {}
    with pytest.raises(ValueError, match=r"^CERTCTL_SLACK_USERNAME: commas"):
        translate({"CERTCTL_SLACK_USERNAME": "certctl, production"}, DECLARED)


def test_each_word_of_a_variable_is_capitalised() -> None:
    chosen = translate({"CERTCTL_SLACK_WEBHOOK_URL": "https://hooks.example/x"}, DECLARED)
    assert chosen == {"SlackWebhookUrl": "https://hooks.example/x"}


def test_other_variables_and_those_of_the_client_are_left_alone() -> None:
    environment = {"PATH": "/bin", "CERTCTL_URL": "http://x", "CERTCTL_API_KEY": "k"}
    assert translate(environment, DECLARED) == {}


@pytest.mark.parametrize("variable", ["CERTCTL_SLACK_WEBHOOK", "CERTCTL_PORT", "CERTCTL_"])
def test_an_unknown_variable_is_refused_by_name(variable: str) -> None:
    with pytest.raises(UnknownVariableError, match=rf"^{variable}: "):
        translate({variable: "x"}, DECLARED)


@pytest.mark.parametrize("variable", ["CERTCTL_PKI_HOST_NAME", "CERTCTL_LOCAL_MODE"])
def test_a_parameter_that_make_run_sets_itself_is_refused_by_name(variable: str) -> None:
    with pytest.raises(UnknownVariableError, match=rf"^{variable}: `make run` sets"):
        translate({variable: "x"}, DECLARED)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("1m", "rate(1 minute)"),
        ("2m", "rate(2 minutes)"),
        ("1h", "rate(1 hour)"),
        ("36h", "rate(36 hours)"),
        ("1d", "rate(1 day)"),
        ("rate(5 minutes)", "rate(5 minutes)"),
        ("cron(0 3 1 * ? *)", "cron(0 3 1 * ? *)"),
    ],
)
def test_an_interval_becomes_the_expression_of_eventbridge(text: str, expression: str) -> None:
    chosen = translate({"CERTCTL_NOTIFICATION_RETRY_INTERVAL": text}, DECLARED)
    assert chosen == {"NotificationRetryInterval": expression}


@pytest.mark.parametrize("text", ["30s", "0m", "", "2", "m", "1.5h", "-1m", "rate()"])
def test_an_interval_that_eventbridge_cannot_keep_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"^CERTCTL_NOTIFICATION_RETRY_INTERVAL: "):
        translate({"CERTCTL_NOTIFICATION_RETRY_INTERVAL": text}, DECLARED)


def test_a_value_that_is_no_interval_stays_as_it_is() -> None:
    chosen = translate({"CERTCTL_SLACK_WEBHOOK_URL": "2m"}, DECLARED)
    assert chosen == {"SlackWebhookUrl": "2m"}


def test_settings_of_the_engine_become_one_parameter() -> None:
    environment = {"CERTCTL_NOTIFICATION_MAX_ATTEMPTS": "3", "CERTCTL_CHANNEL_PROBE_SECONDS": "2"}
    chosen = translate(environment, DECLARED)
    assert chosen == {"EngineSettings": "ChannelProbeSeconds=2,NotificationMaxAttempts=3"}


def test_the_settings_of_the_engine_are_those_that_functions_read() -> None:
    assert frozenset(config.ENGINE_DEFAULTS) == ENGINE_SETTINGS


def test_parameters_that_are_not_chosen_go_back_to_their_defaults() -> None:
    values = complete({"SlackWebhookUrl": "name"}, DECLARED)
    assert values == {name: parameter.default for name, parameter in DECLARED.items()} | {
        "SlackWebhookUrl": "name"
    }


def test_a_value_is_quoted_for_sam() -> None:
    assert override("CaRootSubject", 'CN=My "Root",O=a\\b') == 'CaRootSubject="CN=My \\"Root\\",O=a\\\\b"'


def test_the_secret_parameters_of_the_template_are_known_as_such() -> None:
    secret = {
        name for name, parameter in read_parameters(ROOT / "template.yaml").items() if parameter.is_secret
    }
    assert secret >= {"WebhookUrl", "WebhookSecret", "SlackWebhookUrl"}
    assert not secret & {"AllowedPrivateCidrs", "NotificationMaxAttempts", "PkiHostName"}


@pytest.mark.parametrize("name", ["PORT", "ACME_PORT"])
@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(port: str, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} "):
        read_options({name: port})


def test_options_have_the_documented_defaults() -> None:
    options = read_options({})
    assert (options.port, options.acme_port, options.directory, options.fresh, options.demo) == (
        8080,
        8443,
        ROOT / ".local",
        False,
        True,
    )


_MAIL = {"CERTCTL_SMTP_HOST": "mail.example.com"}


@pytest.mark.parametrize("variable", ["CERTCTL_SMTP_USE_TLS", "CERTCTL_SMTP_TLS"])
@pytest.mark.parametrize(
    ("switch", "expected"),
    [("true", None), ("True", None), ("1", None), ("false", "SmtpTls=none"), ("", None)],
)
def test_a_switch_for_tls_of_mail_is_taken_as_it_is(variable: str, switch: str, expected: str | None) -> None:
    declared = read_parameters(ROOT / "template.yaml")
    assert translate({**_MAIL, variable: switch}, declared).get("EngineSettings") == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"CERTCTL_SMTP_USE_TLS": "maybe"},
        {"CERTCTL_SMTP_TLS": "yes please"},
        {"CERTCTL_PAGERDUTY_SEVERITY": "loud"},
        {"CERTCTL_OPSGENIE_PRIORITY": "P9"},
    ],
)
def test_a_value_that_the_stack_would_refuse_ends_the_run_before_the_build(wrong: dict[str, str]) -> None:
    (variable,) = wrong
    with pytest.raises(ValueError, match=variable):
        translate({**_MAIL, **wrong}, read_parameters(ROOT / "template.yaml"))


def test_the_values_that_are_checked_are_those_of_the_stack() -> None:
    assert {name: tuple(choices) for name, choices in config.ENGINE_CHOICES.items()} == ENGINE_CHOICES
