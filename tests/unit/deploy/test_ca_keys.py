"""Keys of later CAs: which `make ca-key` makes, and what `make deploy` says if other roles may sign."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.kms.models import Key, kms_backends

from deploy import stack as stacks
from deploy.alongside.ca_keys import Wish, make, unbound
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
    "Parameters": {"IssuingKeySpec": {"Type": "String", "Default": "RSA_3072"}},
    "Outputs": {
        "SignerRoleArns": {"Value": ",".join(SIGNERS)},
        "RootSignerRoleArns": {"Value": SIGNERS[-1]},
    },
}


def _key_as_declared(
    _: type[Key], __: str, /, declared: Any, account_id: str, region_name: str, **___: Any
) -> Key:
    """What CloudFormation makes: moto makes a symmetric key, breaks on tags, and keeps AWS::NoValue."""
    properties = declared["Properties"]
    policy = properties["KeyPolicy"]
    policy["Statement"] = [each for each in policy.get("Statement", []) if each is not None]
    return kms_backends[account_id][region_name].create_key(
        policy=json.dumps(policy),
        key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
        key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
        description=properties.get("Description", ""),
        tags=[{"TagKey": each["Key"], "TagValue": each["Value"]} for each in properties.get("Tags", [])],
    )


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(Key, "create_from_cloudformation_json", classmethod(_key_as_declared))
    with mock_aws():
        made = Target("certctl", REGION, "", boto3.Session(region_name=REGION))
        stacks.cloudformation(made).create_stack(StackName="certctl", TemplateBody=json.dumps(CERTCTL))
        yield made


def store_ca(target: Target, number: int, arn: str, role: str = "issuing") -> None:
    (table,) = (r.physical_id for r in stacks.resources(target, "certctl") if r.logical_id == "StateTable")
    item: Any = {"kind": {"S": "ca"}, "id": {"S": f"ca-{number}"}, "key_arn": {"S": arn}, "role": {"S": role}}
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


def made(target: Target, name: str = "certctl-ca-2", **wish: str) -> dict[str, Any]:
    """What KMS has of the key: type, tags, and its policy's denial by role."""
    arn = make(target, stacks.require(target), name, Wish(**wish))
    kms = target.session.client("kms")
    policy = json.loads(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
    denials = [each for each in policy["Statement"] if "ArnNotEquals" in each.get("Condition", {})]
    return {
        "spec": kms.describe_key(KeyId=arn)["KeyMetadata"]["KeySpec"],
        "tags": {each["TagKey"]: each["TagValue"] for each in kms.list_resource_tags(KeyId=arn)["Tags"]},
        "signers": denials[-1]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"],
    }


def test_a_key_is_that_of_an_issuing_ca_of_the_first_one_s_type_unless_another_is_asked_for(
    target: Target,
) -> None:
    found = made(target)
    assert (found["spec"], found["tags"]) == ("RSA_3072", {"certctl:issuing-ca": "certctl"})
    assert found["signers"] == SIGNERS
    assert made(target, "certctl-ca-3", spec="ECC_NIST_P384")["spec"] == "ECC_NIST_P384"


def test_the_key_of_a_root_is_for_stack_admin_alone(target: Target) -> None:
    found = made(target, role="root", spec="RSA_4096")
    assert (found["spec"], found["tags"]) == ("RSA_4096", {"certctl:root-ca": "certctl"})
    assert found["signers"] == [SIGNERS[-1]]


def test_a_key_that_exists_is_brought_up_to_date_and_stays_what_it_is(target: Target) -> None:
    before = made(target, role="root", spec="RSA_4096")
    assert made(target) == before
    assert made(target, role="root", spec="RSA_4096") == before
    for other in ({"role": "issuing"}, {"spec": "ECC_NIST_P256"}):
        with pytest.raises(
            DeployError, match="RSA_4096 key of a root, which never changes: take another NAME"
        ):
            made(target, **other)


def test_the_stack_of_an_earlier_release_keeps_its_key_whatever_type_the_first_ca_has(target: Target) -> None:
    """The template of that release had neither parameter."""
    key_with(target, {"StringNotEquals": {"aws:PrincipalTag/certctl:signer": ["x/y"]}})
    with pytest.raises(DeployError, match="ECC_NIST_P256 key of an issuing CA"):
        made(target, spec="RSA_3072")


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"role": "leaf"}, "ROLE is issuing or root, not leaf"),
        ({"role": "root", "spec": "RSA_2048"}, "a root is one of .*RSA_3072, RSA_4096, not RSA_2048"),
        ({"spec": "ECC_NIST_P521"}, "an issuing CA is one of ECC_NIST_P256, .*not ECC_NIST_P521"),
    ],
)
def test_a_key_that_no_ca_may_have_is_refused_before_it_is_made(
    target: Target, wish: dict[str, str], says: str
) -> None:
    with pytest.raises(DeployError, match=says):
        made(target, **wish)
    assert stacks.find(replace(target, stack="certctl-ca-2")) is None


def test_the_key_of_a_root_that_workers_may_sign_with_is_missed_and_cannot_be_mended(target: Target) -> None:
    """Made as an issuing CA's, as an earlier release would make it."""
    arn = make(target, stacks.require(target), "certctl-ca-2", Wish("issuing", "RSA_3072"))
    store_ca(target, 2, arn, "root")
    warning, how = unbound(target, stacks.require(target))
    assert f"{arn} signs for a root" in warning
    assert "certctl-ca-2 made it as an issuing CA's: replace this CA" in how


def test_keys_that_are_made_as_what_they_are_used_for_are_well(target: Target) -> None:
    store_ca(
        target, 2, make(target, stacks.require(target), "certctl-root-2", Wish("root", "RSA_4096")), "root"
    )
    store_ca(target, 3, make(target, stacks.require(target), "certctl-ca-3", Wish(spec="RSA_2048")))
    assert list(unbound(target, stacks.require(target))) == []


def test_a_stack_of_an_earlier_release_is_to_be_deployed_first(target: Target) -> None:
    earlier = stacks.Stack("id", "certctl", "CREATE_COMPLETE")
    with pytest.raises(DeployError, match="make deploy"):
        make(target, earlier, "certctl-ca-2")
