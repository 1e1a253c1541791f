"""Reads secrets by reference. Two forms of name, each under this stack's own prefix, and no others:

- `certctl/<stack>/channels/<name>`: a Secrets Manager secret;
- `/certctl/<stack>/channels/<name>` (leading slash): an SSM parameter of type SecureString;

likewise `issuers/` and `identity/`. Each function's IAM role covers its own prefix, so another name could
only fail later.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from certctl.domain.aws_failures import failure_of
from certctl.domain.errors import AwsRefusal, InvalidInput, Unavailable
from certctl.domain.secret_references import allowed_references, is_reference
from certctl.observability import log_refusal

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

SecretKind = Literal["channels", "issuers", "identity"]

_CACHE_SECONDS = 60.0


class SecretUnavailable(Unavailable):
    """The secret cannot be read now: missing, refused, of the wrong type, or its service is down. The text
    contains the error's code, never a value."""


def check_reference(stack: str, reference: str, kind: SecretKind) -> None:
    """Checks a name that will be saved. Raises InvalidInput for any name outside the stack's own prefix;
    reads nothing."""
    if not is_reference(reference, stack, kind):
        raise InvalidInput.of("secret", f"must be {allowed_references(stack, kind)}")


class Secrets:
    """Values by reference, cached for 60 s, so that a rotated secret is in use a minute later.

    The client factories are called when needed: a stack without channels creates no client.
    """

    def __init__(
        self,
        stack: str,
        ssm_client_factory: "Callable[[], SSMClient]",
        secretsmanager_client_factory: "Callable[[], SecretsManagerClient]",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stack = stack
        self._ssm = ssm_client_factory
        self._secretsmanager = secretsmanager_client_factory
        self._monotonic = monotonic
        self._cached: dict[str, tuple[float, str]] = {}

    def read(self, reference: str, kind: SecretKind) -> str:
        """The value without surrounding white space (a pasted newline is not part of a URL or key). Raises
        InvalidInput for a foreign name, and SecretUnavailable."""
        check_reference(self._stack, reference, kind)
        expires, value = self._cached.get(reference, (0.0, ""))
        if value and self._monotonic() < expires:
            return value
        value = self._fetch(reference).strip()
        if not value:
            raise SecretUnavailable("The secret is empty.")
        self._cached[reference] = (self._monotonic() + _CACHE_SECONDS, value)
        return value

    def _fetch(self, reference: str) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # only where a client is used already

        try:
            return self._parameter(reference) if reference.startswith("/") else self._secret(reference)
        except ClientError as error:
            failure = failure_of(
                "The store of secrets", error.operation_name, error.response.get("Error", {})
            )
            if isinstance(failure, AwsRefusal):
                log_refusal(failure)
            code = error.response.get("Error", {}).get("Code", "unknown error")
            raise SecretUnavailable(f"The secret cannot be read: {code}.") from None
        except BotoCoreError as error:
            raise SecretUnavailable(f"The secret cannot be read: {type(error).__name__}.") from None

    def _secret(self, name: str) -> str:
        return self._secretsmanager().get_secret_value(SecretId=name).get("SecretString", "")

    def _parameter(self, name: str) -> str:
        parameter = self._ssm().get_parameter(Name=name, WithDecryption=True)["Parameter"]
        if parameter.get("Type") != "SecureString":
            raise SecretUnavailable("The parameter is not a SecureString.")
        return parameter.get("Value", "")
