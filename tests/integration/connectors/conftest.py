"""Secrets as AWS would hold them (moto), and the parts that every notifier gets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.adapter import OutboundHttp
from tests.support.agents.tls_identity import TlsIdentity, tls_identity

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

REGION = "eu-central-1"
STACK = "blue"


class FakeClock:
    """A clock in seconds that tests advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Vault:
    """Stores secrets for `secrets` to read."""

    ssm: "SSMClient"
    secretsmanager: "SecretsManagerClient"
    clock: FakeClock
    secrets: Secrets

    def put(self, name: str, value: str) -> str:
        """A new or changed Secrets Manager secret; returns its reference."""
        reference = f"certctl/{STACK}/channels/{name}"
        try:
            self.secretsmanager.create_secret(Name=reference, SecretString=value)
        except self.secretsmanager.exceptions.ResourceExistsException:
            self.secretsmanager.put_secret_value(SecretId=reference, SecretString=value)
        return reference

    def put_parameter(self, name: str, value: str) -> str:
        reference = f"/certctl/{STACK}/channels/{name}"
        self.ssm.put_parameter(Name=reference, Value=value, Type="SecureString", Overwrite=True)
        return reference


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Vault]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        ssm = boto3.client("ssm", region_name=REGION)
        secretsmanager = boto3.client("secretsmanager", region_name=REGION)
        clock = FakeClock()
        secrets = Secrets(STACK, lambda: ssm, lambda: secretsmanager, clock)
        yield Vault(ssm, secretsmanager, clock, secrets)


@pytest.fixture
def http() -> OutboundHttp:
    """HTTP with the settings of `make run`: http to loopback only."""
    return OutboundHttp(AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"])))


@pytest.fixture(scope="session")
def mail_identity(tmp_path_factory: pytest.TempPathFactory) -> TlsIdentity:
    return tls_identity(tmp_path_factory.mktemp("mail"), "mail.example")
