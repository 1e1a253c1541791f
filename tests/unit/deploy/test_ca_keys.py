"""What `make deploy` says of keys of later CAs that other roles may sign with."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy import stack as stacks
from deploy.alongside.ca_keys import make, unbound
from deploy.errors import DeployError
from deploy.target import Target

REGION = "eu-central-1"
SIGNERS = [f"arn:aws:iam::123456789012:role/certctl-{name}" for name in ("signing", "publishing", "admin")]
# As much of the template as a key of a later CA depends on.
CERTCTL = {
    "Resources": {
        "StateTable": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "kind", "AttributeType": "S"},
                    {"AttributeName": "id", "AttributeType": "S"},
                ],
                "KeySchema": [
                    {"AttributeName": "kind", "KeyType": "HASH"},
                    {"AttributeName": "id", "KeyType": "RANGE"},
                ],
            },
        },
        "IssuingKey": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": []}}},
    },
    "Outputs": {"SignerRoleArns": {"Value": ",".join(SIGNERS)}},
}


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = Target("certctl", REGION, "", boto3.Session(region_name=REGION))
        stacks.cloudformation(made).create_stack(StackName="certctl", TemplateBody=json.dumps(CERTCTL))
        yield made


def store_ca(target: Target, number: int, arn: str) -> None:
    (table,) = (r.physical_id for r in stacks.resources(target, "certctl") if r.logical_id == "StateTable")
    item: Any = {"kind": {"S": "ca"}, "id": {"S": f"ca-{number}"}, "key_arn": {"S": arn}}
    target.session.client("dynamodb").put_item(TableName=table, Item=item)


def key_with(target: Target, condition: Any) -> str:
    """A later CA's key, by a stack of its own; its policy denies signing on this condition."""
    body = {
        "Resources": {"IssuingKey": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {}}}},
        "Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["IssuingKey", "Arn"]}}},
    }
    stacks.cloudformation(target).create_stack(StackName="certctl-ca-2", TemplateBody=json.dumps(body))
    arn = stacks.require(replace(target, stack="certctl-ca-2")).outputs["KeyArn"]
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "kms:Sign",
        "Resource": "*",
        "Condition": condition,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
    target.session.client("kms").put_key_policy(KeyId=arn, PolicyName="default", Policy=policy)
    store_ca(target, 2, arn)
    return arn


def test_a_key_that_refuses_to_sign_for_all_but_the_stack_s_roles_is_well(target: Target) -> None:
    key_with(target, {"ArnNotEquals": {"aws:PrincipalArn": SIGNERS}})
    assert list(unbound(target, stacks.require(target))) == []


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"StringNotEquals": {"aws:PrincipalTag/certctl:signer": ["x/y"]}}, id="an earlier key"),
        pytest.param({"ArnNotEquals": {"aws:PrincipalArn": SIGNERS[0]}}, id="too few roles"),
        pytest.param({"ArnNotEquals": {"aws:PrincipalArn": [*SIGNERS, "arn:x"]}}, id="one role more"),
    ],
)
def test_another_key_is_missed_with_the_command_that_mends_it(target: Target, condition: Any) -> None:
    arn = key_with(target, condition)
    warning, command = unbound(target, stacks.require(target))
    assert arn in warning
    assert command.strip() == "make ca-key STACK=certctl REGION=eu-central-1 NAME=certctl-ca-2"


def test_a_key_whose_stack_is_deleted_is_missed_and_its_policy_is_left_to_a_person(target: Target) -> None:
    store_ca(target, 3, target.session.client("kms").create_key()["KeyMetadata"]["Arn"])
    _, how = unbound(target, stacks.require(target))
    assert "by hand, as in stacks/ca_key.yaml" in how


def test_the_stack_s_own_keys_and_those_that_are_gone_are_not_missed(target: Target) -> None:
    (own,) = (r.physical_id for r in stacks.resources(target, "certctl") if r.logical_id == "IssuingKey")
    store_ca(target, 1, f"arn:aws:kms:{REGION}:123456789012:key/{own}")
    store_ca(target, 2, f"arn:aws:kms:{REGION}:123456789012:key/11111111-2222-3333-4444-555555555555")
    assert list(unbound(target, stacks.require(target))) == []


def test_a_stack_of_an_earlier_release_is_to_be_deployed_first(target: Target) -> None:
    earlier = stacks.Stack("id", "certctl", "CREATE_COMPLETE")
    with pytest.raises(DeployError, match="make deploy"):
        make(target, earlier, "certctl-ca-2")
