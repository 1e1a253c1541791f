"""Secret parameters: their values go into the emulator's stores, and the template gets names, as on AWS."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.emulator.account import Account
from local.settings import STACK
from local.stack.template import Parameter

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class SecretStore:
    """Signing secrets go to Secrets Manager and URLs to Parameter Store, so that a run goes both ways."""

    stack: str
    ssm: "SSMClient"
    secrets: "SecretsManagerClient"

    def replace_secrets(self, chosen: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, str]:
        """`chosen` with each secret value stored and replaced by the name it is stored under."""
        return {
            name: self._store(name, value) if declared[name].is_secret and value else value
            for name, value in chosen.items()
        }

    def _store(self, parameter: str, value: str) -> str:
        if self._is_reference(value):
            return value
        kind = "-".join(re.findall(r"[A-Z][a-z0-9]*", parameter)).lower()
        if parameter.endswith("Url"):
            return self._put_parameter(f"/certctl/{self.stack}/channels/{kind}", value)
        return self.put_secret(f"certctl/{self.stack}/channels/{kind}", value)

    def _is_reference(self, value: str) -> bool:
        return value.removeprefix("/").startswith(f"certctl/{self.stack}/")

    def _put_parameter(self, name: str, value: str) -> str:
        self.ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
        return name

    def put_secret(self, name: str, value: str) -> str:
        """Creates or replaces it. Returns the name."""
        try:
            self.secrets.create_secret(Name=name, SecretString=value)
        except self.secrets.exceptions.ResourceExistsException:
            self.secrets.put_secret_value(SecretId=name, SecretString=value)
        return name


def secret_store(account: Account) -> SecretStore:
    """The secret store of the local stack in the emulator."""
    client, endpoint = account.session().client, account.endpoint
    ssm, manager = client("ssm", endpoint_url=endpoint), client("secretsmanager", endpoint_url=endpoint)
    return SecretStore(STACK, ssm, manager)
