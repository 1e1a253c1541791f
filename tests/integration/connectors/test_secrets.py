"""Secrets by reference, from Secrets Manager and the parameter store."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from certctl.connectors.aws.secrets import Secrets, SecretUnavailable
from certctl.domain.errors import InvalidInput
from tests.integration.connectors.conftest import STACK, Vault


def test_a_name_without_a_slash_is_a_secret(vault: Vault) -> None:
    reference = vault.put("hook", "https://hooks.example/s3cr3t")
    assert vault.secrets.read(reference, "channels") == "https://hooks.example/s3cr3t"


def test_a_name_with_a_leading_slash_is_a_secure_string(vault: Vault) -> None:
    reference = vault.put_parameter("hook", "https://hooks.example/s3cr3t")
    assert vault.secrets.read(reference, "channels") == "https://hooks.example/s3cr3t"


def test_a_pasted_newline_is_no_part_of_the_secret(vault: Vault) -> None:
    assert vault.secrets.read(vault.put("hook", " whsec_abc\n"), "channels") == "whsec_abc"


def test_a_parameter_that_is_not_encrypted_is_refused(vault: Vault) -> None:
    reference = f"/certctl/{STACK}/channels/plain"
    vault.ssm.put_parameter(Name=reference, Value="s3cr3t", Type="String")
    with pytest.raises(SecretUnavailable, match="not a SecureString"):
        vault.secrets.read(reference, "channels")


@pytest.mark.parametrize("reference", ["certctl/blue/channels/none", "/certctl/blue/channels/none"])
def test_a_missing_secret_is_unavailable(vault: Vault, reference: str) -> None:
    with pytest.raises(SecretUnavailable, match="NotFound"):
        vault.secrets.read(reference, "channels")


def test_an_empty_secret_is_unavailable(vault: Vault) -> None:
    with pytest.raises(SecretUnavailable):
        vault.secrets.read(vault.put("hook", "  "), "channels")


def test_a_secret_is_read_again_after_a_minute(vault: Vault) -> None:
    reference = vault.put("hook", "old")
    assert vault.secrets.read(reference, "channels") == "old"
    vault.put("hook", "new")
    vault.clock.now += 59
    assert vault.secrets.read(reference, "channels") == "old"
    vault.clock.now += 2
    assert vault.secrets.read(reference, "channels") == "new"


def test_a_failed_read_is_not_remembered(vault: Vault) -> None:
    with pytest.raises(SecretUnavailable):
        vault.secrets.read("certctl/blue/channels/hook", "channels")
    vault.put("hook", "mended")
    assert vault.secrets.read("certctl/blue/channels/hook", "channels") == "mended"


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "hook",
        "certctl/green/channels/hook",
        "certctl/blue/issuers/hook",
        "certctl/blue/channels/",
        "certctl/blue/channels/a/b",
        "certctl/blue/channels/../issuers/acme",
        "certctl/blue/channels/hook\n",
        "//certctl/blue/channels/hook",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:certctl/blue/channels/hook",
        "certctl/blue/channels/" + "a" * 129,
        "https://hooks.example/s3cr3t",
    ],
)
def test_a_name_outside_the_prefix_is_refused_before_any_call(reference: str) -> None:
    def no_client() -> Any:
        raise AssertionError("no client may be made")

    with pytest.raises(InvalidInput) as failure:
        Secrets(STACK, no_client, no_client).read(reference, "channels")
    assert "s3cr3t" not in failure.value.detail


def test_a_name_under_the_issuers_prefix_is_for_issuers(vault: Vault) -> None:
    vault.secretsmanager.create_secret(Name="certctl/blue/issuers/acme", SecretString="account key")
    assert vault.secrets.read("certctl/blue/issuers/acme", "issuers") == "account key"


def test_a_service_that_cannot_be_reached_is_unavailable() -> None:
    def unreachable() -> Any:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")

    secrets = Secrets(STACK, unreachable, unreachable)
    with pytest.raises(SecretUnavailable, match="EndpointConnectionError") as failure:
        secrets.read("certctl/blue/channels/hook", "channels")
    assert "secretsmanager.example" not in "".join(traceback.format_exception(failure.value))


@dataclass
class CountingFactory:
    client: Any
    calls: int = 0

    def __call__(self) -> Any:
        self.calls += 1
        return self.client


@pytest.mark.parametrize("put", [Vault.put, Vault.put_parameter])
def test_no_client_is_asked_twice_within_a_minute(
    vault: Vault, put: Callable[[Vault, str, str], str]
) -> None:
    ssm, secretsmanager = CountingFactory(vault.ssm), CountingFactory(vault.secretsmanager)
    secrets = Secrets(STACK, ssm, secretsmanager, vault.clock)
    reference = put(vault, "hook", "value")
    for _ in range(5):
        secrets.read(reference, "channels")
    assert ssm.calls + secretsmanager.calls == 1
