"""The tags of CA keys: each says what a key was made for, and by it IAM lets functions sign (ADR 78)."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from certctl.connectors.aws.errors import unavailable_when_transient
from certctl.domain.errors import AwsRefusal, InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

ROOT_TAG = "certctl:root-ca"
ISSUING_TAG = "certctl:issuing-ca"
_MAKE = {
    ROOT_TAG: "make ca-key ROLE=root makes the key of a root, with which stack_admin alone signs",
    ISSUING_TAG: "make ca-key makes the key of an issuing CA, which workers sign with",
}


def require_tag(client: "KMSClient", key_arn: str, tag: str) -> None:
    """Raises InvalidInput on `key_arn` unless the key has that one of the two tags, and not the other:
    with a root's key that has the other tag, functions that take requests could sign as the root."""
    found = _tags(client, key_arn) & _MAKE.keys()
    if found != {tag}:
        has = " and ".join(sorted(found)) or "neither"
        raise InvalidInput.of("key_arn", f"must be a key with the tag {tag}; it has {has}: {_MAKE[tag]}")


def _tags(client: "KMSClient", key_arn: str) -> set[str]:
    try:
        with unavailable_when_transient("KMS"):
            response = client.list_resource_tags(KeyId=key_arn)
    except (ClientError, AwsRefusal) as error:
        raise InvalidInput.of("key_arn", f"its tags cannot be read ({error})") from error
    return {tag["TagKey"] for tag in response["Tags"]}
