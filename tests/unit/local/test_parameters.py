"""CERTCTL_A_B of the environment of `make run` is the template parameter AB."""

import pytest

from certctl import config
from local.settings import ROOT, read_options
from local.stack.parameters import ENGINE_SETTINGS, UnknownVariableError, complete, override, translate
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


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ValueError, match="PORT"):
        read_options({"PORT": port})


def test_options_have_the_documented_defaults() -> None:
    options = read_options({})
    assert (options.port, options.directory, options.fresh, options.demo) == (
        8080,
        ROOT / ".local",
        False,
        True,
    )
