"""Published PKI objects in S3, with writes that are conditional on what was read."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from certctl.connectors.aws.errors import error_code, unavailable_when_transient
from certctl.domain.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_REFUSED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409", *_MISSING})


@dataclass(frozen=True)
class StoredObject:
    body: bytes
    etag: str
    modified_at: datetime


class Objects:
    """One bucket. Raises Unavailable if S3 does not respond, and AccessDenied."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def get(self, key: str) -> StoredObject | None:
        try:
            with unavailable_when_transient("S3"):
                response = self._client.get_object(Bucket=self._bucket, Key=key)
                return StoredObject(response["Body"].read(), response["ETag"], response["LastModified"])
        except ClientError as error:
            if error_code(error) in _MISSING:
                return None
            raise

    def etag(self, key: str) -> str | None:
        """The object's ETag, without its body; None if there is no such object."""
        try:
            with unavailable_when_transient("S3"):
                return self._client.head_object(Bucket=self._bucket, Key=key)["ETag"]
        except ClientError as error:
            if error_code(error) in _MISSING:
                return None
            raise

    def put(self, key: str, body: bytes, content_type: str, cache_control: str, if_match: str | None) -> str:
        """The new ETag. `if_match` is the ETag of the object to replace, None if there is none yet.

        Raises Conflict if the object changed concurrently, and after a write whose response was lost and that
        the client repeated: read again in both cases.
        """
        condition: Any = {"IfMatch": if_match} if if_match else {"IfNoneMatch": "*"}
        try:
            with unavailable_when_transient("S3"):
                response = self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    ContentType=content_type,
                    CacheControl=cache_control,
                    **condition,
                )
        except ClientError as error:
            if error_code(error) in _REFUSED:
                raise Conflict(f"{key} changed concurrently.") from error
            raise
        return response["ETag"]
