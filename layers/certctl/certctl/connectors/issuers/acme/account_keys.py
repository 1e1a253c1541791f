"""The keys of ACME accounts: P-256, each in a secret of its issuer, created once and never sent."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from josepy.jwk import JWKEC

from certctl.connectors.aws.errors import error_code
from certctl.connectors.issuers.base import IssuerUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def account_key_name(stack: str, issuer_id: str) -> str:
    """No reference of an administrator can name it: those have no further slash."""
    return f"certctl/{stack}/issuers/{issuer_id}/account-key"


def account_key(client: "SecretsManagerClient", name: str) -> JWKEC:
    """The account's key. If two workers create it at once, both use the one that was stored. Raises
    IssuerUnavailable."""
    try:
        pem = _read(client, name) or _create(client, name)
    except (BotoCoreError, ClientError) as error:
        code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
        raise IssuerUnavailable(f"the account key cannot be read: {code}") from None
    return JWKEC(key=load_pem_private_key(pem.encode(), None))


def _read(client: "SecretsManagerClient", name: str) -> str | None:
    try:
        return client.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None


def _create(client: "SecretsManagerClient", name: str) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
    try:
        client.create_secret(Name=name, SecretString=pem, Description="Key of an ACME account of certctl")
    except ClientError as error:
        if error_code(error) != "ResourceExistsException":
            raise
        return client.get_secret_value(SecretId=name)["SecretString"]
    return pem
