"""Fills the dashboard's bucket: `make deploy-dashboard`, and a step of `make deploy`."""

import mimetypes
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import stack as stacks
from deploy.errors import DeployError, run
from deploy.target import Target, read_target, require_credentials
from local.console import step
from local.dashboard import headers_of
from local.settings import ROOT

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DIST = ROOT / "dashboard" / "dist"
INDEX = "index.html"
# What `mimetypes` takes from the machine differs from machine to machine.
_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_TYPES |= {".json": "application/json", ".woff2": "font/woff2", ".map": "application/json"}


def fill(target: Target, outputs: Mapping[str, str], dist: Path = DIST) -> None:
    """Assets before the page that names them, and old ones go last: a page that loads now finds its own.
    Safe to repeat. Raises DeployError, ClientError."""
    files = _files(dist)
    s3, bucket = target.session.client("s3"), outputs["DashboardBucketName"]
    for key in sorted(files, key=lambda key: (key == INDEX, key)):
        _put(s3, bucket, key, files[key])
    _delete_stale(s3, bucket, files)
    _invalidate(target, outputs["DashboardDistributionId"])


def _files(dist: Path) -> dict[str, Path]:
    found = {path.relative_to(dist).as_posix(): path for path in dist.rglob("*") if path.is_file()}
    if INDEX not in found:
        raise DeployError(f"{dist} has no {INDEX}: `make dashboard` builds it")
    return found


def _put(s3: "S3Client", bucket: str, key: str, path: Path) -> None:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"
    kept = headers_of(f"/{key}")["Cache-Control"]
    s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType=kind, CacheControl=kept)


def _delete_stale(s3: "S3Client", bucket: str, files: Mapping[str, Path]) -> None:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        stale = [each["Key"] for each in page.get("Contents", []) if each["Key"] not in files]
        for key in stale:
            s3.delete_object(Bucket=bucket, Key=key)


def _invalidate(target: Target, distribution: str) -> None:
    target.session.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(time.time_ns())},
    )


def _fill_deployed() -> None:
    target = read_target(os.environ)
    require_credentials(target)
    found = stacks.require(target)
    with step(f"filling the dashboard of {target.stack}"):
        fill(target, found.outputs)


if __name__ == "__main__":
    run("deploy-dashboard", _fill_deployed)
