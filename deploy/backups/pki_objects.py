"""The published CA certificates and CRLs: beside the tables, because a bucket may be lost as well."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.backups.manifest import PkiObject
from deploy.backups.places import Place

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BELOW = "pki/"
_FOLDER = "objects"
_EXISTS = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})


def copied(client: "S3Client", bucket: str, place: Place) -> tuple[PkiObject, ...]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=_BELOW)
    keys = sorted(each["Key"] for page in pages for each in page.get("Contents", []))
    return tuple(_copy(client, bucket, key, place) for key in keys)


def _copy(client: "S3Client", bucket: str, key: str, place: Place) -> PkiObject:
    stored = client.get_object(Bucket=bucket, Key=key)
    digest = place.write(f"{_FOLDER}/{key}", stored["Body"].read())
    return PkiObject(key, digest, stored["ContentType"], stored.get("CacheControl", ""))


def put_back(client: "S3Client", bucket: str, place: Place, objects: tuple[PkiObject, ...]) -> list[str]:
    """Writes the missing ones; never over an existing one, which is newer. Returns the keys that were
    written."""
    return [each.key for each in objects if _put_if_missing(client, bucket, place, each)]


def _put_if_missing(client: "S3Client", bucket: str, place: Place, each: PkiObject) -> bool:
    body = place.verified(f"{_FOLDER}/{each.key}", each.digest)
    try:
        client.put_object(
            Bucket=bucket,
            Key=each.key,
            Body=body,
            ContentType=each.content_type,
            CacheControl=each.cache_control,
            IfNoneMatch="*",
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _EXISTS:
            return False
        raise
    return True
