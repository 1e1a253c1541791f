"""A stack that is paused for a restore: what stops, and that it is as before when it runs again."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from deploy.backups.concurrency import Concurrency
from deploy.backups.pausing import Pausing
from deploy.stack import Resource
from deploy.target import Target
from tests.support.aws.clients import REGION

CODE = io.BytesIO()
with zipfile.ZipFile(CODE, "w") as archive:
    archive.writestr("app.py", "")


@pytest.fixture
def session() -> Iterator[boto3.Session]:
    """A stack of four functions, a mapping and a schedule."""
    # moto then responds to function invocations without Docker
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"lambda": {"use_docker": False}}):
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        session = boto3.Session(region_name=REGION)
        role = session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        client = session.client("lambda")
        for name in ("api", "ocsp", "publisher", "admin"):
            client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=role,
                Handler="app.h",
                Timeout=29,
                Code={"ZipFile": CODE.getvalue()},
            )
            client.create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
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
        "OcspResponderFunction": ("AWS::Lambda::Function", "ocsp"),
        "CrlPublisherFunction": ("AWS::Lambda::Function", "publisher"),
        "StackAdminFunction": ("AWS::Lambda::Function", "admin"),
        "Nudges": ("AWS::Lambda::EventSourceMapping", mapping["UUID"]),
        "Sweep": ("AWS::Scheduler::Schedule", "sweep"),
    }
    return [Resource(logical, kind, physical, "", "") for logical, (kind, physical) in found.items()]


def target_of(session: boto3.Session) -> Target:
    return Target("certctl", REGION, "", session)


def reserve(session: boto3.Session, name: str, amount: int) -> None:
    session.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=amount)


def _tags(session: boto3.Session, name: str) -> dict[str, str]:
    client = session.client("lambda")
    arn = client.get_function_configuration(FunctionName=name)["FunctionArn"]
    return client.list_tags(Resource=arn)["Tags"]


def _reserved(session: boto3.Session) -> dict[str, int | None]:
    client = session.client("lambda")
    names = ("api", "ocsp", "publisher", "admin")
    found = {name: client.get_function_concurrency(FunctionName=name) for name in names}
    return {name: answer.get("ReservedConcurrentExecutions") for name, answer in found.items()}


def test_a_paused_stack_does_nothing_but_restore_and_a_resumed_one_is_as_before(
    session: boto3.Session,
) -> None:
    resources, waits = _resources(session), list[float]()
    mapping = next(r.physical_id for r in resources if r.logical_id == "Nudges")
    before = session.client("scheduler").get_schedule(Name="sweep")
    reserve(session, "ocsp", 7)
    pausing = Pausing(target_of(session), resources, waits.append)

    assert not pausing.is_paused()
    assert pausing.pause()
    assert pausing.pause()  # after a crash
    assert pausing.is_paused()

    assert _reserved(session) == {"api": 0, "ocsp": 0, "publisher": 0, "admin": None}
    assert waits == [29.0]
    assert session.client("scheduler").get_schedule(Name="sweep")["State"] == "DISABLED"
    assert session.client("lambda").get_event_source_mapping(UUID=mapping)["State"] == "Disabled"

    assert pausing.resume() == []
    assert pausing.resume() == []

    assert _reserved(session) == {"api": None, "ocsp": 7, "publisher": None, "admin": None}
    assert _tags(session, "ocsp") == {}
    after = session.client("scheduler").get_schedule(Name="sweep")
    same = ("State", "Target", "ScheduleExpression", "FlexibleTimeWindow")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert session.client("lambda").get_event_source_mapping(UUID=mapping)["State"] == "Enabled"


def pausing_of(session: boto3.Session) -> Pausing:
    return Pausing(target_of(session), _resources(session), lambda _: None)


def test_a_pause_that_crashed_half_way_forgets_no_reserved_concurrency(session: boto3.Session) -> None:
    reserve(session, "ocsp", 7)
    Concurrency(session.client("lambda")).stop("ocsp")
    pausing = pausing_of(session)

    assert pausing.pause()
    assert _reserved(session)["ocsp"] == 0
    assert pausing.resume() == []

    assert _reserved(session)["ocsp"] == 7


def test_a_function_that_was_stopped_by_hand_stays_stopped(session: boto3.Session) -> None:
    reserve(session, "api", 0)
    pausing = pausing_of(session)
    pausing.pause()
    pausing.resume()
    assert _reserved(session) == {"api": 0, "ocsp": None, "publisher": None, "admin": None}


def test_a_pause_by_an_earlier_release_ends_and_says_what_it_does_not_know(session: boto3.Session) -> None:
    for name in ("api", "ocsp", "publisher"):
        reserve(session, name, 0)
    assert pausing_of(session).resume() == ["api", "ocsp", "publisher"]
    assert _reserved(session) == {"api": None, "ocsp": None, "publisher": None, "admin": None}


def test_the_publisher_that_callers_use_publishes_the_last_crls_once(session: boto3.Session) -> None:
    asked: list[Any] = []
    session.events.register("before-call.lambda.Invoke", lambda params, **_: asked.append(params))
    assert pausing_of(session).pause()
    assert [each["query_string"] for each in asked] == [{"Qualifier": "live"}]


def test_a_stack_whose_crls_cannot_be_published_is_paused_and_says_so(session: boto3.Session) -> None:
    def refused(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ServiceException"}}, "Invoke")

    session.events.register("before-call.lambda.Invoke", refused)
    pausing = pausing_of(session)
    assert not pausing.pause()
    assert pausing.is_paused()
