"""What a destroyed stack keeps is removed after a rehearsal, and what AWS refuses to remove is named."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy.rehearsal.leftovers import removed
from deploy.stack import Resource
from deploy.target import Target


@pytest.fixture
def target() -> Iterator[Target]:
    with mock_aws():
        session = boto3.Session("testing", "testing", region_name="us-east-1")
        yield Target("trial", "us-east-1", "", session)


def kept(kind: str, physical_id: str) -> Resource:
    return Resource("Kept", kind, physical_id, "DELETE_SKIPPED", "")


def test_tables_go_although_they_are_protected(target: Target) -> None:
    client = target.session.client("dynamodb")
    client.create_table(
        TableName="names",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        DeletionProtectionEnabled=True,
    )

    assert list(removed(target, [kept("AWS::DynamoDB::Table", "names")])) == []

    assert client.list_tables()["TableNames"] == []


def test_buckets_go_with_all_versions_also_locked_ones(target: Target) -> None:
    s3 = target.session.client("s3")
    s3.create_bucket(Bucket="seals", ObjectLockEnabledForBucket=True)
    retention = {"Mode": "GOVERNANCE", "Days": 1}
    rule: Any = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket="seals", ObjectLockConfiguration=rule)
    for body in (b"first", b"second"):
        s3.put_object(Bucket="seals", Key="seal", Body=body)
    s3.delete_object(Bucket="seals", Key="seal")

    assert list(removed(target, [kept("AWS::S3::Bucket", "seals")])) == []

    assert s3.list_buckets()["Buckets"] == []


def test_keys_wait_for_the_shortest_time_that_aws_has(target: Target) -> None:
    kms = target.session.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]

    assert list(removed(target, [kept("AWS::KMS::Key", key)])) == []

    found = kms.describe_key(KeyId=key)["KeyMetadata"]
    assert (found["KeyState"], (found["DeletionDate"] - found["CreationDate"]).days) == ("PendingDeletion", 7)


def test_what_is_gone_is_no_problem_and_what_is_refused_is_named_after_all_others_went(
    target: Target,
) -> None:
    kms = target.session.client("kms")
    going, refused = kms.create_key()["KeyMetadata"]["KeyId"], ""
    resources = [("AWS::S3::Bucket", "gone"), ("AWS::KMS::Key", refused), ("AWS::KMS::Key", going)]

    (line,) = removed(target, [kept(*each) for each in resources])

    assert kms.describe_key(KeyId=going)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert "AWS::KMS::Key : Parameter validation failed" in line


def test_what_the_emulator_cannot_remove_is_said_and_fails_nothing(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    here = replace(target, endpoint="http://127.0.0.1:1")

    assert list(removed(here, [kept("AWS::CloudFront::Distribution", "E1")])) == []

    assert "not here: AWS::CloudFront::Distribution E1" in capsys.readouterr().out
