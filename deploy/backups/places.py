"""Places of backups: a directory, or a prefix in a bucket."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from deploy.errors import DeployError

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client


_ANOTHER = frozenset({"PreconditionFailed", "412"})


class Place(Protocol):
    """Keys have slashes. A digest tells one content of a key from another."""

    def read(self, key: str) -> bytes: ...

    def verified(self, key: str, digest: str) -> bytes:
        """Reads a file. Raises DeployError if its digest is another."""
        ...

    def write(self, key: str, body: bytes) -> str:
        """Writes a file and returns its digest."""
        ...

    def digest(self, key: str) -> str: ...

    def keys(self, below: str) -> list[str]: ...

    def within(self, name: str) -> "Place": ...


class Directory:
    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, key: str) -> bytes:
        return (self.path / key).read_bytes()

    def verified(self, key: str, digest: str) -> bytes:
        body = self.read(key)
        if hashlib.sha256(body).hexdigest() != digest:
            raise _changed(self, key)
        return body

    def write(self, key: str, body: bytes) -> str:
        """Atomically."""
        path = self.path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.write_bytes(body)
        unfinished.replace(path)
        return hashlib.sha256(body).hexdigest()

    def digest(self, key: str) -> str:
        return hashlib.sha256(self.read(key)).hexdigest()

    def keys(self, below: str) -> list[str]:
        found = (path for path in (self.path / below).rglob("*") if path.is_file())
        return sorted(path.relative_to(self.path).as_posix() for path in found)

    def within(self, name: str) -> "Directory":
        return Directory(self.path / name)

    def __str__(self) -> str:
        return str(self.path)


class Bucket:
    """`prefix` has no slash at its end."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str) -> None:
        self.bucket, self.prefix = bucket, prefix
        self._client = client

    def read(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self.bucket, Key=self._key(key))["Body"].read()

    def verified(self, key: str, digest: str) -> bytes:
        try:
            found = self._client.get_object(Bucket=self.bucket, Key=self._key(key), IfMatch=digest)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ANOTHER:
                raise _changed(self, key) from error
            raise
        return found["Body"].read()

    def write(self, key: str, body: bytes) -> str:
        return self._client.put_object(Bucket=self.bucket, Key=self._key(key), Body=body)["ETag"]

    def digest(self, key: str) -> str:
        return self._client.head_object(Bucket=self.bucket, Key=self._key(key))["ETag"]

    def keys(self, below: str) -> list[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=self._key(below)
        )
        start = len(self._key(""))
        return sorted(each["Key"][start:] for page in pages for each in page.get("Contents", []))

    def within(self, name: str) -> "Bucket":
        return Bucket(self._client, self.bucket, self._key(name))

    def _key(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def _changed(place: Place, key: str) -> DeployError:
    return DeployError(f"{place}: {key} is not what was backed up")


def open_place(text: str, session: "boto3.Session") -> Directory | Bucket:
    """Opens `s3://bucket/prefix`, or a directory. Raises DeployError."""
    if not text.startswith("s3://"):
        return Directory(Path(text).expanduser())
    parts = urlsplit(text)
    if not parts.netloc:
        raise DeployError(f"{text}: a place in S3 is s3://bucket/prefix")
    return Bucket(session.client("s3"), parts.netloc, parts.path.strip("/"))
