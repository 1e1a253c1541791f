"""The stack, account and region, and the AWS session for them."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy.errors import DeployError
from local.emulator.account import Account, RootKey
from local.settings import REGION as EMULATOR_REGION
from local.settings import STACK, read_options
from local.stack.outputs import path

# Names of functions, roles and policies hold the stack's and have 64 characters at most.
NAME_LIMIT = 32
_NAME = re.compile(rf"[A-Za-z][A-Za-z0-9-]{{0,{NAME_LIMIT - 1}}}")


@dataclass(frozen=True)
class Target:
    """`endpoint` is the emulator's, empty on AWS."""

    stack: str
    region: str
    endpoint: str
    session: boto3.Session


def read_target(environment: Mapping[str, str]) -> Target:
    """Reads the target from STACK and REGION, the rest from the usual AWS settings; an emulator from
    ENDPOINT, ENDPOINT_KEY_ID and ENDPOINT_SECRET_KEY; with LOCAL=1 that of `make run`. Raises DeployError."""
    if is_local(environment):
        environment = _running_here(environment)
    name = stack_name(environment.get("STACK", ""))
    endpoint = environment.get("ENDPOINT") or environment.get("AWS_ENDPOINT_URL", "")
    if endpoint:
        _enter_emulator(_emulator(environment, endpoint))
    session = _session(environment.get("REGION") or (EMULATOR_REGION if endpoint else None))
    region = _checked_region(session, bool(endpoint))
    # For programs that this one starts: they must mean the same place.
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = region
    return Target(name, region, endpoint, session)


def is_local(environment: Mapping[str, str]) -> bool:
    return environment.get("LOCAL", "0") not in ("", "0")


def local_outputs(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the stack of `make run` says of itself. Raises DeployError if none is running."""
    running = path(read_options(environment).directory)
    if not running.exists():
        raise DeployError("no stack is running here: start one with `make run`")
    outputs: dict[str, Any] = json.loads(running.read_text())
    return outputs


def _running_here(environment: Mapping[str, str]) -> dict[str, str]:
    outputs = local_outputs(environment)
    return {
        "STACK": STACK,
        "REGION": outputs["region"],
        "ENDPOINT": outputs["aws_endpoint_url"],
        "ENDPOINT_KEY_ID": outputs["aws_access_key_id"],
        "ENDPOINT_SECRET_KEY": outputs["aws_secret_access_key"],
    }


def stack_name(text: str, variable: str = "STACK") -> str:
    """Raises DeployError."""
    if _NAME.fullmatch(text):
        return text
    raise DeployError(
        f"{variable}={text}: a stack's name is a letter and then letters, digits and hyphens, "
        f"{NAME_LIMIT} characters at most"
    )


def _emulator(environment: Mapping[str, str], endpoint: str) -> Account:
    named = environment.get("ENDPOINT_KEY_ID", "test"), environment.get("ENDPOINT_SECRET_KEY", "test")
    return Account(endpoint, RootKey(*named))


def _enter_emulator(account: Account) -> None:
    """The caller's own profiles and keys are not for it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ |= account.environment()


def _session(region: str | None) -> boto3.Session:
    try:
        return boto3.Session(region_name=region)
    except BotoCoreError as problem:  # a profile that does not exist
        raise DeployError(str(problem)) from problem


def _checked_region(session: boto3.Session, is_emulator: bool) -> str:
    region = session.region_name
    if not region:
        raise DeployError(
            "no region: give REGION=eu-central-1, or set one with AWS_REGION or in your profile"
        )
    if is_emulator or region in session.get_available_regions("dynamodb"):
        return region
    if region.startswith(("us-gov-", "cn-", "us-iso", "eu-isoe")):
        raise DeployError(f"REGION={region}: commercial regions only, CloudFront is not there")
    raise DeployError(f"REGION={region}: AWS has no such region; eu-central-1 and us-east-1 are examples")


def require_credentials(target: Target) -> str:
    """The account's number. Raises DeployError without valid credentials."""
    try:
        account: str = target.session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as problem:
        raise DeployError(
            f"no valid AWS credentials ({problem}). Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or sign in again (`aws sso login`)"
        ) from problem
    return account
