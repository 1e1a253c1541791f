"""What a deploy says of the alarm topic, with SNS as moto has it."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from deploy.alarm_topic import admits_rules, topic_warning
from deploy.target import Target
from tests.support.docs.alarm_topic import documented_statement

_REGION = "eu-central-1"
_ADMITTING = json.dumps({"Version": "2012-10-17", "Statement": [documented_statement()]})


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield Target("certctl", _REGION, "", boto3.Session(region_name=_REGION))


def _topic(target: Target, **attributes: str) -> str:
    arn: str = target.session.client("sns").create_topic(Name="alarms", Attributes=attributes)["TopicArn"]
    return arn


def test_a_topic_with_its_default_policy_is_warned_of(target: Target) -> None:
    told = "\n".join(topic_warning(target, _topic(target)))
    assert "does not let events.amazonaws.com publish" in told
    assert "docs/alarms.md" in told


def test_with_the_statement_that_the_runbook_gives_nothing_is_said(target: Target) -> None:
    assert list(topic_warning(target, _topic(target, Policy=_ADMITTING))) == []


def test_a_topic_under_the_key_of_aws_is_warned_of(target: Target) -> None:
    (told,) = topic_warning(target, _topic(target, Policy=_ADMITTING, KmsMasterKeyId="alias/aws/sns"))
    assert "alias/aws/sns" in told


def test_who_may_not_read_the_topic_can_deploy(target: Target) -> None:
    (told,) = topic_warning(target, f"arn:aws:sns:{_REGION}:123456789012:nobody-s")
    assert "was not read" in told


def test_without_a_topic_nothing_is_asked(target: Target) -> None:
    assert list(topic_warning(target, "")) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"Effect": "Deny"},
        {"Principal": {"Service": "cloudwatch.amazonaws.com"}},
        {"Principal": "*"},
        {"Action": "sns:Subscribe"},
    ],
)
def test_a_statement_for_others_or_of_something_else_does_not_count(changed: dict[str, object]) -> None:
    assert admits_rules({"Statement": [documented_statement()]})
    assert not admits_rules({"Statement": [documented_statement() | changed]})
