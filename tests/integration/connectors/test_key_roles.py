"""A key is for a root or for an issuing CA: its tag says it."""

from collections.abc import Iterator
from typing import Any

import pytest

from certctl.connectors.aws.key_roles import ISSUING_TAG, ROOT_TAG, require_tag
from certctl.domain.errors import InvalidInput
from tests.support.aws.clients import client, local_aws


@pytest.fixture
def kms() -> Iterator[Any]:
    with local_aws():
        yield client("kms")


def a_key(kms: Any, *tags: str) -> str:
    made = kms.create_key(
        KeySpec="ECC_NIST_P256",
        KeyUsage="SIGN_VERIFY",
        Tags=[{"TagKey": each, "TagValue": "certctl"} for each in tags],
    )
    return str(made["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("tag", [ROOT_TAG, ISSUING_TAG])
def test_a_key_with_its_tag_is_taken_whatever_else_it_is_tagged_with(kms: Any, tag: str) -> None:
    require_tag(kms, a_key(kms, tag, "team"), tag)


@pytest.mark.parametrize(
    ("wanted", "tags", "has"),
    [
        (ROOT_TAG, (ISSUING_TAG,), "it has certctl:issuing-ca"),
        (ISSUING_TAG, (ROOT_TAG,), "it has certctl:root-ca"),
        (ROOT_TAG, (ROOT_TAG, ISSUING_TAG), "it has certctl:issuing-ca and certctl:root-ca"),
        (ISSUING_TAG, (ROOT_TAG, ISSUING_TAG), "it has certctl:issuing-ca and certctl:root-ca"),
        (ROOT_TAG, ("team",), "it has neither"),
    ],
)
def test_any_other_key_is_refused_with_the_command_that_makes_the_right_one(
    kms: Any, wanted: str, tags: tuple[str, ...], has: str
) -> None:
    with pytest.raises(
        InvalidInput, match=f"key_arn: must be a key with the tag {wanted}; {has}: make ca-key"
    ):
        require_tag(kms, a_key(kms, *tags), wanted)


def test_a_key_whose_tags_cannot_be_read_is_refused(kms: Any) -> None:
    gone = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
    with pytest.raises(InvalidInput, match="key_arn: its tags cannot be read"):
        require_tag(kms, gone, ROOT_TAG)
