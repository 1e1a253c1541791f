"""S3 as far as `connectors.objects` calls it, for tests whose database is not moto's."""

import hashlib
import io
import threading
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError


class MemoryS3:
    """A botocore client's methods over one bucket in memory. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: dict[str, bytes] = {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        body = self._body(Key, "GetObject")
        return {"Body": io.BytesIO(body), "ETag": _etag(body), "LastModified": datetime.now(UTC)}

    def head_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"ETag": _etag(self._body(Key, "HeadObject"))}

    def put_object(self, Bucket: str, Key: str, Body: bytes, **conditions: Any) -> dict[str, Any]:
        with self._lock:
            stored = self._bodies.get(Key)
            if conditions.get("IfMatch") != (_etag(stored) if stored is not None else None):
                raise _error("PreconditionFailed", "PutObject")
            self._bodies[Key] = Body
        return {"ETag": _etag(Body)}

    def delete_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        with self._lock:
            self._bodies.pop(Key, None)
        return {}

    def _body(self, key: str, operation: str) -> bytes:
        with self._lock:
            if key not in self._bodies:
                raise _error("NoSuchKey", operation)
            return self._bodies[key]


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


def _error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, operation)
