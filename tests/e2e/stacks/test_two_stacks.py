"""The life of stacks in one account by the book: two beside each other, one deleted and deployed again, one
that failed on its first deploy. The commands are those of the Makefile, the account an emulator's.

What the emulator does not show: that schedules of two stacks may not share a name, that the names of retained
resources stay taken (a stack of the same name has the same tables again), and what CloudFormation does to
buckets that are not empty in a rollback. Contract tests on the transformed template hold those.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.build import architecture
from tests.support.aws.emulators import EmptyAccount, empty_account
from tests.support.template import ROOT, resources_of_type

pytestmark = pytest.mark.slow
# on each function: tests/e2e/conftest.py gives the others a limit of their own
patient = pytest.mark.timeout(1200, func_only=True)
TABLES = len(resources_of_type("AWS::DynamoDB::Table"))


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmptyAccount]:
    with empty_account(tmp_path_factory.mktemp("account")) as made:
        yield made


def make(account: EmptyAccount, target: str, stack: str, **settings: str) -> subprocess.CompletedProcess[str]:
    key = {"ENDPOINT_KEY_ID": account.key.id, "ENDPOINT_SECRET_KEY": account.key.secret}
    given = {"STACK": stack, "ENDPOINT": account.url} | key | settings
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", target, *(f"{name}={text}" for name, text in given.items())]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def deployed(account: EmptyAccount, stack: str, **settings: str) -> None:
    ran = make(account, "deploy", stack, ARCHITECTURE=architecture(), **settings)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr


def first_admin_key(account: EmptyAccount, stack: str) -> str:
    ran = make(account, "admin", stack, ACTION="first_admin_key")
    assert ran.returncode == 0, ran.stderr
    key: str = json.loads(ran.stdout)["api_key"]
    return key


def described(account: EmptyAccount, stack: str) -> Any:
    (found,) = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return found


def output(account: EmptyAccount, stack: str, name: str) -> str:
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described(account, stack)["Outputs"]}
    value: str = outputs[name]
    return value


def tables(account: EmptyAccount, stack: str) -> set[str]:
    names = account.client("dynamodb").list_tables()["TableNames"]
    return {name for name in names if name.startswith(f"{stack}-")}


@patient
def test_a_stack_fits_beside_another_and_can_be_deleted_and_deployed_again(account: EmptyAccount) -> None:
    deployed(account, "blue")
    deployed(account, "green")
    keys = {first_admin_key(account, stack) for stack in ("blue", "green")}
    assert len(keys) == 2
    kept = tables(account, "blue")
    assert len(kept) == TABLES

    unconfirmed = make(account, "destroy", "blue", CONFIRM="green")
    destroyed = make(account, "destroy", "blue", CONFIRM="blue")
    assert (unconfirmed.returncode, destroyed.returncode) == (2, 0), destroyed.stderr
    assert "nothing was changed" in unconfirmed.stderr
    assert all(f"aws dynamodb delete-table --table-name {name}" in destroyed.stdout for name in kept)
    assert "aws cloudfront delete-cache-policy" in destroyed.stdout
    assert "OCSP requests get an error instead of an answer" in destroyed.stdout
    with pytest.raises(ClientError, match="does not exist"):
        described(account, "blue")

    deployed(account, "blue")
    assert first_admin_key(account, "blue") not in keys
    assert make(account, "admin", "green", ACTION="publish_root_crl").returncode == 0


@pytest.fixture(scope="module")
def red(account: EmptyAccount) -> EmptyAccount:
    """The account with a stack of that name."""
    deployed(account, "red", TAGS="cost-center=42")
    return account


@patient
def test_a_deployed_stack_is_protected_tagged_and_its_dashboard_served(red: EmptyAccount) -> None:
    found = described(red, "red")
    tags = {each["Key"]: each["Value"] for each in found["Tags"]}
    assert found["EnableTerminationProtection"] is True
    assert tags.items() >= {"application": "certctl", "cost-center": "42"}.items()
    s3, bucket = red.client("s3"), output(red, "red", "DashboardBucketName")
    s3.put_object(Bucket=bucket, Key="assets/stale.js", Body=b"")
    assert make(red, "deploy-dashboard", "red").returncode == 0
    files = {each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    page = s3.head_object(Bucket=bucket, Key="index.html")
    script = s3.head_object(Bucket=bucket, Key=next(each for each in files if each.endswith(".js")))
    assert "assets/stale.js" not in files
    assert (page["ContentType"], page["CacheControl"]) == ("text/html", "no-cache")
    assert (script["ContentType"], script["CacheControl"]) == (
        "text/javascript",
        "max-age=31536000, immutable",
    )


@patient
def test_what_certificates_hold_is_not_changed_by_an_upgrade(red: EmptyAccount, tmp_path: Path) -> None:
    changed = tmp_path / "changed.parameters"
    changed.write_text("CaRootSubject=CN=Another Root\n")
    ran = make(red, "deploy", "red", ARCHITECTURE=architecture(), PARAMETERS=str(changed))
    assert ran.returncode == 2
    assert "these keep their values:\n  CaRootSubject=\n" in ran.stderr


@patient
def test_a_first_deploy_that_failed_is_destroyed_and_repeated(account: EmptyAccount, tmp_path: Path) -> None:
    bad = tmp_path / "bad.parameters"
    bad.write_text("CaRootSubject=no distinguished name\n")
    failed = make(account, "deploy", "grey", ARCHITECTURE=architecture(), PARAMETERS=str(bad))
    again = make(account, "deploy", "grey", ARCHITECTURE=architecture(), PARAMETERS=str(bad))
    assert (failed.returncode, again.returncode) == (2, 2)
    assert "make destroy STACK=grey" in failed.stderr
    assert "ROLLBACK_COMPLETE" in again.stderr
    destroyed = make(account, "destroy", "grey", CONFIRM="grey")
    assert destroyed.returncode == 0, destroyed.stderr
    deployed(account, "grey")
