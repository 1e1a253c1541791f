"""Removes what a destroyed stack keeps. Only for a rehearsal: no certificate of it is in use."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy import destroying
from deploy import stack as stacks
from deploy.stack import Resource
from deploy.target import Target
from local.console import say

# The shortest that AWS has; a key that waits for its deletion costs nothing.
_KEY_DAYS = 7
_GONE = ("ResourceNotFoundException", "NotFoundException", "NoSuchBucket", "NoSuchDistribution")


def of_later_keys(target: Target) -> list[Resource]:
    """What stays of the stacks of keys that `make smoke ROTATE=1` makes; they are deleted."""
    client, kept = stacks.cloudformation(target), list[Resource]()
    for page in client.get_paginator("describe_stacks").paginate():
        for each in page["Stacks"]:
            if each["StackName"].startswith(f"{target.stack}-ca-"):
                own = replace(target, stack=each["StackName"])
                kept += destroying.kept(own, stacks.require(own))
                client.delete_stack(StackName=own.stack)
    return kept


def removed(target: Target, kept: Sequence[Resource]) -> Iterator[str]:
    """Lines about what stays, with the reason."""
    order = list(_REMOVERS)
    known = [each for each in kept if each.kind in _REMOVERS]
    for each in sorted(known, key=lambda each: order.index(each.kind)):
        try:
            _REMOVERS[each.kind](target, each.physical_id)
            say(f"removed: {each.kind} {each.physical_id}")
        except (ClientError, BotoCoreError) as refusal:
            if target.endpoint:
                say(f"not here: {each.kind} {each.physical_id}: the emulator cannot remove it")
            elif _code(refusal) not in _GONE:
                yield f"  {each.kind} {each.physical_id}: {refusal}"


def _code(refusal: ClientError | BotoCoreError) -> str:
    return refusal.response["Error"]["Code"] if isinstance(refusal, ClientError) else ""


def _distribution(target: Target, name: str) -> None:
    """Disabled first, which takes CloudFront minutes."""
    client = target.session.client("cloudfront")
    found = client.get_distribution_config(Id=name)
    config: Any = {**found["DistributionConfig"], "Enabled": False}
    client.update_distribution(Id=name, IfMatch=found["ETag"], DistributionConfig=config)
    client.get_waiter("distribution_deployed").wait(Id=name)
    client.delete_distribution(Id=name, IfMatch=client.get_distribution(Id=name)["ETag"])


def _of_cloudfront(get: str, delete: str, argument: str) -> Callable[[Target, str], None]:
    def remove(target: Target, name: str) -> None:
        client: Any = target.session.client("cloudfront")
        wanted = {argument: name.rpartition("/")[2]}
        getattr(client, delete)(**wanted, IfMatch=getattr(client, get)(**wanted)["ETag"])

    return remove


def _bucket(target: Target, name: str) -> None:
    """All versions; a lock in mode GOVERNANCE lets its administrator do it."""
    s3 = target.session.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=name):
        for each in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
            key, version = each["Key"], each["VersionId"]
            s3.delete_object(Bucket=name, Key=key, VersionId=version, BypassGovernanceRetention=True)
    s3.delete_bucket(Bucket=name)


def _table(target: Target, name: str) -> None:
    client = target.session.client("dynamodb")
    client.update_table(TableName=name, DeletionProtectionEnabled=False)
    client.delete_table(TableName=name)


def _key(target: Target, name: str) -> None:
    target.session.client("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=_KEY_DAYS)


def _vault(target: Target, name: str) -> None:
    client = target.session.client("backup")
    for page in client.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=name):
        for each in page["RecoveryPoints"]:
            client.delete_recovery_point(BackupVaultName=name, RecoveryPointArn=each["RecoveryPointArn"])
    client.delete_backup_vault(BackupVaultName=name)


_REMOVERS: Mapping[str, Callable[[Target, str], None]] = {
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudFront::OriginAccessControl": _of_cloudfront(
        "get_origin_access_control", "delete_origin_access_control", "Id"
    ),
    "AWS::CloudFront::CachePolicy": _of_cloudfront("get_cache_policy", "delete_cache_policy", "Id"),
    "AWS::CloudFront::OriginRequestPolicy": _of_cloudfront(
        "get_origin_request_policy", "delete_origin_request_policy", "Id"
    ),
    "AWS::CloudFront::Function": _of_cloudfront("describe_function", "delete_function", "Name"),
    "AWS::S3::Bucket": _bucket,
    "AWS::DynamoDB::Table": _table,
    "AWS::Backup::BackupVault": _vault,
    "AWS::KMS::Key": _key,
}
