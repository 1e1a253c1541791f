"""The emulator's account: where it is, and its root user's key, a random one for each state directory."""

import os
import secrets
import string
from dataclasses import dataclass, field

import boto3

from local.settings import REGION

# The characters of an access key id (IAM Identifiers, "Unique identifiers": base32).
_BASE32 = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class RootKey:
    """80 random bits in the id, 160 in the secret."""

    id: str
    secret: str = field(repr=False)


def new_root_key() -> RootKey:
    """An unguessable one: its holder runs code as this user."""
    return RootKey("AKIA" + "".join(secrets.choice(_BASE32) for _ in range(16)), secrets.token_urlsafe(30))


@dataclass(frozen=True)
class Account:
    """A running emulator as its root user sees it."""

    endpoint: str
    key: RootKey

    def session(self) -> boto3.Session:
        """boto3 as the root user; clients need `endpoint_url` as well."""
        return boto3.Session(
            aws_access_key_id=self.key.id, aws_secret_access_key=self.key.secret, region_name=REGION
        )

    def environment(self) -> dict[str, str]:
        """Variables for programs that act in this account, whatever profiles their user has."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key.id,
            "AWS_SECRET_ACCESS_KEY": self.key.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
