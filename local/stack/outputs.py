"""`outputs.json`: how tests and tools find the running stack."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.account import Account, RootKey
from local.settings import REGION
from local.stack.deploy import Stack


def outputs(stack: Stack, api_url: str, api_key: str, account: Account) -> dict[str, Any]:
    """The content of `outputs.json`; functions by folder, the rest by role."""
    return {
        "api_url": api_url,
        "api_key": api_key,
        "aws_endpoint_url": account.endpoint,
        "aws_access_key_id": account.key.id,
        "aws_secret_access_key": account.key.secret,
        "region": REGION,
        "functions": stack.functions,
        "tables": stack.tables,
        "queues": stack.queues,
        "buckets": stack.buckets,
    }


def account_of(stack: Mapping[str, Any]) -> Account:
    """The emulator's account, from the content of `outputs.json`."""
    key = RootKey(stack["aws_access_key_id"], stack["aws_secret_access_key"])
    return Account(stack["aws_endpoint_url"], key)


def path(directory: Path) -> Path:
    """Where a stack with this LOCAL_DIR keeps it while it runs."""
    return directory / "outputs.json"
