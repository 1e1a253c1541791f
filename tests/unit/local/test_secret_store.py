"""`make run` with secrets in its environment: stored in the emulator, and named to the template."""

from collections.abc import Iterator

import boto3
import pytest

from certctl.connectors.aws.secrets import Secrets
from local.emulator.secret_command import name_in, stored
from local.emulator.secret_store import SecretStore
from local.settings import ROOT
from local.settings import STACK as LOCAL_STACK
from local.stack.parameters import translate
from local.stack.template import Parameter, read_parameters
from tests.support.aws.clients import REGION, local_aws

STACK = "certctl"
SECRETS = {
    "CERTCTL_WEBHOOK_URL": "/certctl/certctl/channels/webhook-url",
    "CERTCTL_WEBHOOK_SECRET": "certctl/certctl/channels/webhook-secret",
    "CERTCTL_SLACK_WEBHOOK_URL": "/certctl/certctl/channels/slack-webhook-url",
    "CERTCTL_TEAMS_WEBHOOK_URL": "/certctl/certctl/channels/teams-webhook-url",
    "CERTCTL_PAGERDUTY_ROUTING_KEY": "certctl/certctl/channels/pagerduty-routing-key",
    "CERTCTL_OPSGENIE_API_KEY": "certctl/certctl/channels/opsgenie-api-key",
    "CERTCTL_SMTP_PASSWORD": "certctl/certctl/channels/smtp-password",
}
PLAIN = {
    "CERTCTL_SMTP_HOST": "127.0.0.1",
    "CERTCTL_SMTP_USERNAME": "certctl",
    "CERTCTL_SES_FROM_ADDRESS": "a@example.com",
}


@pytest.fixture
def store() -> Iterator[SecretStore]:
    with local_aws():
        yield SecretStore(
            STACK,
            boto3.client("ssm", region_name=REGION),
            boto3.client("secretsmanager", region_name=REGION),
        )


@pytest.fixture(scope="module")
def declared() -> dict[str, Parameter]:
    return read_parameters(ROOT / "template.yaml")


def _values(store: SecretStore, declared: dict[str, Parameter], environment: dict[str, str]) -> set[str]:
    return set(store.replace_secrets(translate(environment, declared), declared).values())


@pytest.mark.parametrize("variable", SECRETS)
def test_a_secret_is_stored_and_the_template_gets_the_name_by_which_workers_read_it(
    store: SecretStore, declared: dict[str, Parameter], variable: str
) -> None:
    reference = SECRETS[variable]
    assert _values(store, declared, {variable: "the-value"}) == {reference}
    secrets = Secrets(STACK, lambda: store.ssm, lambda: store.secrets)
    assert secrets.read(reference, "channels") == "the-value"


def test_another_start_with_another_value_replaces_it(
    store: SecretStore, declared: dict[str, Parameter]
) -> None:
    for value in ("first", "second"):
        for variable in SECRETS:
            _values(store, declared, {variable: value})
    secrets = Secrets(STACK, lambda: store.ssm, lambda: store.secrets)
    assert {secrets.read(reference, "channels") for reference in SECRETS.values()} == {"second"}


@pytest.mark.parametrize("variable", PLAIN)
def test_what_is_no_secret_goes_to_the_template_as_it_is(
    store: SecretStore, declared: dict[str, Parameter], variable: str
) -> None:
    assert _values(store, declared, {variable: PLAIN[variable]}) == {PLAIN[variable]}


@pytest.mark.parametrize("reference", ["certctl/certctl/channels/mine", "/certctl/certctl/channels/mine", ""])
def test_a_name_is_not_stored_as_if_it_were_the_secret(
    store: SecretStore, declared: dict[str, Parameter], reference: str
) -> None:
    assert _values(store, declared, dict.fromkeys(SECRETS, reference)) == {reference}
    assert store.secrets.list_secrets()["SecretList"] == []


def test_the_template_s_secret_parameters_are_these_and_no_others(declared: dict[str, Parameter]) -> None:
    secret = {name for name, parameter in declared.items() if parameter.is_secret}
    assert secret == set(translate(dict.fromkeys(SECRETS, "x"), declared))


def test_a_secret_that_is_stored_by_hand_is_read_by_its_name_and_may_be_replaced(store: SecretStore) -> None:
    name = name_in({"NAME": "slack-ops"})
    secrets = Secrets(LOCAL_STACK, lambda: store.ssm, lambda: store.secrets)

    assert stored(store, name, "https://hooks.example/first\n") == "certctl/certctl-local/channels/slack-ops"
    stored(store, name, "https://hooks.example/second")

    assert secrets.read(name, "channels") == "https://hooks.example/second"


@pytest.mark.parametrize(
    "environment", [{}, {"NAME": "two words"}, {"NAME": "../x"}, {"NAME": "x", "KIND": "others"}]
)
def test_a_secret_without_a_valid_name_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"NAME|KIND"):
        name_in(environment)


def test_an_empty_secret_is_refused(store: SecretStore) -> None:
    with pytest.raises(ValueError, match="empty"):
        stored(store, name_in({"NAME": "x"}), " \n")
