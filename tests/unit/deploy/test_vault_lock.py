"""A lock that has become permanent is not changed by a deploy, which AWS would roll back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from deploy import stack as stacks
from deploy.errors import DeployError
from deploy.stack import Stack
from deploy.target import Target
from deploy.vault_lock import require_lock_unchanged
from tests.support.aws.clients import REGION, local_aws

VAULT = "certctl-vault"
NOW = datetime.now(UTC)
SEALED = NOW + timedelta(days=4)
_NESTED = {"Resources": {"Other": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"VaultName": {"Value": VAULT}}}
_TEMPLATE = {
    "Parameters": {"BackupRetentionDays": {"Type": "String"}, "BackupLockDays": {"Type": "String"}},
    "Resources": {
        "Backup": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": f"https://templates.s3.{REGION}.amazonaws.com/backup"},
        }
    },
}


@pytest.fixture
def target() -> Iterator[Target]:
    with local_aws():
        yield Target("certctl", REGION, "", boto3.Session(region_name=REGION))


def deployed(target: Target, retention: int, lock: int) -> Stack:
    """With the vault that a nested stack makes, which moto does not."""
    s3, backup = target.session.client("s3"), target.session.client("backup")
    s3.create_bucket(Bucket="templates", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="templates", Key="backup", Body=json.dumps(_NESTED).encode())
    backup.create_backup_vault(BackupVaultName=VAULT)
    if lock:
        backup.put_backup_vault_lock_configuration(
            BackupVaultName=VAULT, MinRetentionDays=lock, ChangeableForDays=3
        )
    values = {"BackupRetentionDays": retention, "BackupLockDays": lock}
    stacks.cloudformation(target).create_stack(
        StackName="certctl",
        TemplateBody=json.dumps(_TEMPLATE),
        Parameters=[{"ParameterKey": name, "ParameterValue": str(value)} for name, value in values.items()],
    )
    return stacks.require(target)


def wanted(retention: int, lock: int) -> dict[str, str]:
    return {"BackupRetentionDays": str(retention), "BackupLockDays": str(lock)}


@pytest.mark.parametrize("lock", [0, 20, 40])
def test_a_permanent_lock_is_not_changed(target: Target, lock: int) -> None:
    found = deployed(target, 40, 30)
    with pytest.raises(DeployError, match=r"permanent since .*(?s:.)*BackupLockDays=30"):
        require_lock_unchanged(target, found, wanted(40, lock), SEALED)


def test_for_three_days_a_lock_can_be_changed(target: Target) -> None:
    require_lock_unchanged(target, deployed(target, 40, 30), wanted(40, 0), NOW)


@pytest.mark.parametrize(("retention", "lock"), [(400, 30), (0, 0)])
def test_other_backups_under_the_same_lock_and_none_at_all_are_deployed(
    target: Target, retention: int, lock: int
) -> None:
    require_lock_unchanged(target, deployed(target, 40, 30), wanted(retention, lock), SEALED)


def test_a_vault_without_a_lock_gets_one(target: Target) -> None:
    require_lock_unchanged(target, deployed(target, 40, 0), wanted(40, 30), SEALED)
