"""`make backup` and `make restore` as commands, on a stack in moto's CloudFormation."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import lambda_simple_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from deploy.backups import backup, restore
from deploy.backups.tables.tables import ORDER, logical_id
from deploy.errors import DeployError
from tests.support.aws.clients import REGION
from tests.support.template import table_definitions

pytestmark = pytest.mark.slow

STACK = {"STACK": "certctl", "REGION": REGION}
FUNCTIONS = ("StackAdminFunction", "CrlPublisherFunction", "OcspResponderFunction")
PUBLISHED: dict[str, Any] = {"published": []}
RESTORED = {"complete": True, "crls": 1, "api_keys_ended": ["key-2"], "accounts_disabled": ["sa-1"]}


def _function(role: str) -> dict[str, Any]:
    """A pause waits for its timeout."""
    runs = {"Runtime": "python3.13", "Handler": "index.h", "Timeout": 1, "Role": role}
    return {"Type": "AWS::Lambda::Function", "Properties": runs | {"Code": {"ZipFile": "h = print"}}}


def _template(role: str) -> str:
    tables = {d["TableName"]: {"Type": "AWS::DynamoDB::Table", "Properties": d} for d in table_definitions()}
    resources = {logical_id(table): tables[table] for table in ORDER}
    resources |= {name: _function(role) for name in FUNCTIONS}
    key = {
        "Type": "AWS::KMS::Key",
        "Properties": {"KeyPolicy": {}, "Enabled": True, "EnableKeyRotation": False},
    }
    resources |= dict.fromkeys(("RootKey", "IssuingKey"), key)
    return json.dumps({"Resources": resources | {"PkiBucket": {"Type": "AWS::S3::Bucket", "Properties": {}}}})


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[boto3.Session]:
    """`OcspConcurrency` is 7. Journals are in `tmp_path`."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(config={"lambda": {"use_docker": False}}):
        session = boto3.Session(region_name=REGION)
        role = session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        session.client("cloudformation").create_stack(StackName="certctl", TemplateBody=_template(role))
        session.client("lambda").put_function_concurrency(
            FunctionName=_name(session, "OcspResponderFunction"), ReservedConcurrentExecutions=7
        )
        yield session


def _name(session: boto3.Session, logical: str) -> str:
    found = session.client("cloudformation").describe_stack_resource(
        StackName="certctl", LogicalResourceId=logical
    )
    return found["StackResourceDetail"]["PhysicalResourceId"]


def _reserved(session: boto3.Session, logical: str) -> int | None:
    found = session.client("lambda").get_function_concurrency(FunctionName=_name(session, logical))
    return found.get("ReservedConcurrentExecutions")


def _answers(*bodies: Any) -> None:
    """What the functions return, in the order of their invocations."""
    queue = lambda_simple_backends[DEFAULT_ACCOUNT_ID][REGION].lambda_simple_results_queue
    queue += [json.dumps(body) for body in bodies]


def _made_backup(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The place, and the digest."""
    backup.main(STACK | {"TO": "backups"})
    printed = capsys.readouterr().out.splitlines()
    return printed[0].partition(": ")[0], printed[1].removeprefix("DIGEST=")


def test_a_restore_says_what_stops_who_is_an_administrator_and_what_ended(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    dynamodb, audit = (
        session.client("dynamodb"),
        {"day_shard": {"S": "2026-11-20#1"}, "event_id": {"S": "aud-1"}},
    )
    dynamodb.put_item(TableName="audit", Item=audit)
    dynamodb.put_item(TableName="jobs", Item={"job_id": {"S": "job-1"}})
    place, digest = _made_backup(capsys)
    dynamodb.put_item(TableName="jobs", Item={"job_id": {"S": "job-2"}})
    _answers(PUBLISHED, RESTORED)

    restore.main(STACK | {"FROM": place, "DIGEST": digest, "MODE": "replace"})

    printed = capsys.readouterr().out
    assert f"DIGEST={digest}, as expected" in printed
    assert "Administrators by the backup:\n  none" in printed
    assert "alerts, and OCSP" in printed
    assert '"key-2"' in printed
    assert "or made since, have ended" in printed
    assert [row["job_id"]["S"] for row in dynamodb.scan(TableName="jobs")["Items"]] == ["job-1"]
    assert _reserved(session, "OcspResponderFunction") == 7
    assert _reserved(session, "CrlPublisherFunction") is None
    assert list(Path(".local/restores").iterdir()) == []


def test_a_backup_that_somebody_else_wrote_is_refused_before_anything_stops(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    place, digest = _made_backup(capsys)
    manifest = Path(place) / "manifest.json"
    manifest.write_text(manifest.read_text() + " ")
    with pytest.raises(DeployError, match=f"not {digest}"):
        restore.main(STACK | {"FROM": place, "DIGEST": digest, "MODE": "replace"})
    assert _reserved(session, "OcspResponderFunction") == 7


def test_without_a_trail_all_keys_end_and_the_restore_says_so(
    session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    place, digest = _made_backup(capsys)
    _answers(PUBLISHED, RESTORED)
    restore.main(STACK | {"FROM": place, "MODE": "replace"})
    printed = capsys.readouterr().out
    assert f"warning: DIGEST={digest} was not compared" in printed
    assert "every API key is revoked" in printed
