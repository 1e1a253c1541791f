"""A restore needs the keys of the backup's CAs: those of the stack itself, and those of later hierarchies."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deploy.backups.restore import require_ca_keys
from deploy.errors import DeployError
from deploy.target import Target
from tests.support.aws.clients import REGION

GONE = f"arn:aws:kms:{REGION}:123456789012:key/gone"
ROOT, ISSUING = {"certctl:root-ca": "certctl"}, {"certctl:issuing-ca": "certctl"}
Key = Callable[..., str]


@pytest.fixture
def key() -> Iterator[Key]:
    """Makes a key with these tags. Returns its ARN."""
    with mock_aws():
        kms = boto3.client("kms", region_name=REGION)

        def new_key(**tags: str) -> str:
            made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
            arn = made["KeyMetadata"]["Arn"]
            kms.tag_resource(KeyId=arn, Tags=[{"TagKey": name, "TagValue": tags[name]} for name in tags])
            return arn

        yield new_key


def a_ca(number: int, key_arn: str, role: str = "root", **fields: str) -> dict[str, Any]:
    row = {"kind": "ca", "id": f"ca-{number}", "issuer_id": "iss-local", "key_arn": key_arn, "role": role}
    return {name: {"S": value} for name, value in (row | {"state": "active"} | fields).items()}


def required(own: set[str], *cas: dict[str, Any]) -> None:
    require_ca_keys(Target("certctl", REGION, "", boto3.Session(region_name=REGION)), own, cas)


def test_two_hierarchies_and_a_ca_under_an_outside_root_are_restored(key: Key) -> None:
    first, below = key(), key()
    second, below_second = key(**ROOT), key(**ISSUING)
    outside, successor = key(**ISSUING), key(**ISSUING)
    required(
        {first.rpartition("/")[2], below.rpartition("/")[2]},
        a_ca(1, first),
        a_ca(2, below, "issuing", parent_id="ca-1"),
        a_ca(3, second),
        a_ca(4, below_second, "issuing", parent_id="ca-3", issuer_id="iss-second"),
        a_ca(5, outside, "issuing", issuer_id="iss-outside"),
        a_ca(6, successor, "issuing", parent_id="ca-1", replaces="ca-2"),
    )


def test_the_ca_whose_key_is_gone_is_named_and_no_other(key: Key) -> None:
    first, second = key(), key(**ROOT)
    with pytest.raises(DeployError) as refused:
        required({first}, a_ca(1, first), a_ca(3, second), a_ca(4, GONE, "issuing"))
    assert f"ca-4: the key {GONE} cannot be seen" in str(refused.value)
    assert "ca-1" not in str(refused.value)
    assert "ca-3" not in str(refused.value)
    assert "also without those whose keys are there" in str(refused.value)


def test_a_key_that_is_to_be_deleted_is_refused(key: Key) -> None:
    arn = key()
    boto3.client("kms", region_name=REGION).schedule_key_deletion(KeyId=arn.rpartition("/")[2])
    with pytest.raises(DeployError, match=f"ca-1: the key {arn} is PendingDeletion: enable it, or cancel"):
        required({arn}, a_ca(1, arn))


@pytest.mark.parametrize("tags", [{}, {"certctl:root-ca": "other"}, ISSUING])
def test_a_root_key_that_the_stack_may_not_sign_with_is_refused(key: Key, tags: dict[str, str]) -> None:
    with pytest.raises(DeployError, match="lacks the tag certctl:root-ca=certctl"):
        required(set(), a_ca(1, key(**tags)))


def test_a_retired_ca_needs_no_key(key: Key) -> None:
    first = key()
    required({first}, a_ca(1, first), a_ca(2, GONE, "issuing", state="retired"))
