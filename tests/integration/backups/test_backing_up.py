"""The commands' halves on AWS's side: exports, PKI objects, keys, and the stack that is paused."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from certctl.store.database import Database
from deploy.backups import manifest as manifests
from deploy.backups import pki_objects
from deploy.backups.backup import described, moment_of
from deploy.backups.dumping import exported, latest_moment
from deploy.backups.manifest import Manifest
from deploy.backups.pausing import Pausing
from deploy.backups.places import Bucket, Directory, open_place
from deploy.backups.restore import finished, require_ca_keys, wanted_by
from deploy.backups.restoring import Mode
from deploy.errors import DeployError
from deploy.stack import Resource
from deploy.target import Target
from tests.support.aws.backups import NAMES, emptied, restore_of
from tests.support.aws.clients import REGION
from tests.support.aws.point_in_time import snapshot

LOCATION: Any = {"LocationConstraint": REGION}


@pytest.fixture
def bucket(database: Database) -> Bucket:
    session = boto3.Session(region_name=REGION)
    session.client("s3").create_bucket(Bucket="backups", CreateBucketConfiguration=LOCATION)
    place = open_place("s3://backups/certctl", session)
    assert isinstance(place, Bucket)
    return place.within("x")


def test_an_export_of_dynamodb_is_a_backup(bucket: Bucket, database: Database, tmp_path: Path) -> None:
    client = database.client
    for name in NAMES.values():
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    for number in range(3):
        client.put_item(TableName="jobs", Item={"job_id": {"S": f"job-{number}"}, "n": {"N": "1"}})
    before = snapshot(client)
    session = boto3.Session(region_name=REGION)
    dynamodb = session.client("dynamodb")
    at = latest_moment(dynamodb, NAMES)
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=15)
    tables = exported(dynamodb, NAMES, bucket, at, lambda _: None)
    manifests.write(bucket, Manifest("certctl", REGION, "2026-11-26T10:00:00Z", tables, ()))
    assert described(bucket) == "3 rows in 10 tables and 0 PKI objects, of 2026-11-26T10:00:00Z"

    emptied(client, "jobs")
    restore_of(bucket, client, tmp_path).run(Mode.REPLACE)

    assert snapshot(client) == before


def test_tables_without_point_in_time_recovery_are_not_exported(database: Database) -> None:
    with pytest.raises(DeployError, match="no point-in-time recovery"):
        latest_moment(boto3.client("dynamodb", region_name=REGION), NAMES)


def a_ca(key_arn: str, **fields: str) -> dict[str, Any]:
    row = {"kind": "ca", "id": "ca-1", "issuer_id": "iss-local", "key_arn": key_arn} | fields
    return {name: {"S": value} for name, value in row.items()}


@pytest.mark.parametrize(
    ("row", "state", "refusal"),
    [
        (a_ca("{key}"), "Enabled", None),
        (a_ca("{key}", id="ca-2", replaces="ca-1"), "Enabled", None),
        (a_ca("{key}"), "PendingDeletion", "is PendingDeletion"),
        (a_ca("arn:aws:kms:eu-central-1:123456789012:key/gone"), "Enabled", "which the stack has not"),
        (a_ca("arn:aws:kms:eu-central-1:123456789012:key/gone", replaces="ca-1"), "Enabled", "NEW_CA=1"),
    ],
)
def test_a_ca_whose_key_cannot_sign_is_not_restored(row: Any, state: str, refusal: str | None) -> None:
    with mock_aws():
        kms = boto3.client("kms", region_name=REGION)
        key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
        if state == "PendingDeletion":
            kms.schedule_key_deletion(KeyId=key["KeyId"])
        filled = {n: {"S": value["S"].replace("{key}", key["Arn"])} for n, value in row.items()}
        target = Target("certctl", REGION, "", boto3.Session(region_name=REGION))
        if refusal is None:
            require_ca_keys(target, {key["KeyId"]}, [filled])
            return
        with pytest.raises(DeployError, match=refusal):
            require_ca_keys(target, {key["KeyId"]}, [filled])


def test_pki_objects_come_back_where_they_are_missing_and_never_over_newer_ones(
    bucket: Bucket, tmp_path: Path
) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    for name in ("pki-old", "pki-new"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=LOCATION)
    s3.put_object(Bucket="pki-old", Key="pki/a.crt", Body=b"a", ContentType="application/pkix-cert")
    s3.put_object(Bucket="pki-old", Key="pki/0.crl", Body=b"old", CacheControl="public, max-age=30")
    place = Directory(tmp_path)
    objects = pki_objects.copied(s3, "pki-old", place)
    s3.put_object(Bucket="pki-new", Key="pki/0.crl", Body=b"newer")

    assert pki_objects.put_back(s3, "pki-new", place, objects) == ["pki/a.crt"]

    assert s3.get_object(Bucket="pki-new", Key="pki/0.crl")["Body"].read() == b"newer"
    assert s3.get_object(Bucket="pki-new", Key="pki/a.crt")["ContentType"] == "application/pkix-cert"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-26", "2020-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_gone_back_to_is_refused(text: str) -> None:
    with pytest.raises(DeployError):
        moment_of(text)


def test_a_time_within_35_days_is_one() -> None:
    moment = (datetime.now(UTC) - timedelta(days=34)).replace(microsecond=0)
    assert moment_of(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == moment


@pytest.mark.parametrize("name", ["MODE", "KEYS"])
def test_a_misspelt_choice_is_refused_before_anything_happens(name: str) -> None:
    with pytest.raises(DeployError, match=name):
        wanted_by({name: "all"})


def test_stack_admin_is_called_until_it_is_complete() -> None:
    answers = [{"complete": False, "revocations": 30}, {"complete": True, "revocations": 5}]
    calls: list[Any] = []

    def call(event: Any) -> Any:
        calls.append(event)
        return answers.pop(0)

    assert finished(call, "revoke_known") == {"complete": True, "revocations": 35}
    assert calls == [{"action": "restore", "keys": "revoke_known"}] * 2


CODE = io.BytesIO()
with zipfile.ZipFile(CODE, "w") as archive:
    archive.writestr("app.py", "")


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """A stack of three functions, a mapping and a schedule."""
    # moto then responds to function invocations without Docker
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"lambda": {"use_docker": False}}):
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        session = boto3.Session(region_name=REGION)
        role = session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        for name in ("api", "publisher", "admin"):
            session.client("lambda").create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=role,
                Handler="app.h",
                Timeout=29,
                Code={"ZipFile": CODE.getvalue()},
            )
        yield session


def _resources(session: boto3.Session) -> list[Resource]:
    queue = session.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    arn = session.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])
    mapping = session.client("lambda").create_event_source_mapping(
        FunctionName="api", EventSourceArn=arn["Attributes"]["QueueArn"]
    )
    session.client("scheduler").create_schedule(
        Name="sweep",
        ScheduleExpression="rate(2 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:eu-central-1:1:function:api",
            "RoleArn": "arn:aws:iam::1:role/r",
            "Input": json.dumps({"action": "upkeep"}),
            "RetryPolicy": {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 120},
        },
    )
    found = {
        "ApiFunction": ("AWS::Lambda::Function", "api"),
        "CrlPublisherFunction": ("AWS::Lambda::Function", "publisher"),
        "StackAdminFunction": ("AWS::Lambda::Function", "admin"),
        "Nudges": ("AWS::Lambda::EventSourceMapping", mapping["UUID"]),
        "Sweep": ("AWS::Scheduler::Schedule", "sweep"),
    }
    return [Resource(logical, kind, physical, "", "") for logical, (kind, physical) in found.items()]


def _reserved(session: boto3.Session) -> dict[str, int | None]:
    client = session.client("lambda")
    names = ("api", "publisher", "admin")
    found = {name: client.get_function_concurrency(FunctionName=name) for name in names}
    return {name: answer.get("ReservedConcurrentExecutions") for name, answer in found.items()}


def test_a_paused_stack_does_nothing_but_restore_and_a_resumed_one_is_as_before(
    session: boto3.Session,
) -> None:
    resources, waits = _resources(session), list[float]()
    mapping = next(r.physical_id for r in resources if r.logical_id == "Nudges")
    before = session.client("scheduler").get_schedule(Name="sweep")
    pausing = Pausing(session, resources, waits.append)

    assert not pausing.is_paused()
    assert pausing.pause()
    assert pausing.pause()  # after a crash
    assert pausing.is_paused()

    assert _reserved(session) == {"api": 0, "publisher": 0, "admin": None}
    assert waits == [29.0]
    assert session.client("scheduler").get_schedule(Name="sweep")["State"] == "DISABLED"
    assert session.client("lambda").get_event_source_mapping(UUID=mapping)["State"] == "Disabled"

    pausing.resume()
    pausing.resume()

    assert _reserved(session) == {"api": None, "publisher": None, "admin": None}
    after = session.client("scheduler").get_schedule(Name="sweep")
    same = ("State", "Target", "ScheduleExpression", "FlexibleTimeWindow")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert session.client("lambda").get_event_source_mapping(UUID=mapping)["State"] == "Enabled"
