"""`make backup STACK= TO=s3://bucket/prefix [AT=2026-11-26T10:00:00Z]`, or `TO=` a directory."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from deploy.backups import manifest as manifests
from deploy.backups import pki_objects
from deploy.backups.dumping import exported, latest_moment, scanned
from deploy.backups.manifest import Manifest
from deploy.backups.parts import Parts
from deploy.backups.places import Bucket, Directory, open_place
from deploy.backups.tables.tables import names_by_pattern
from deploy.errors import DeployError, run
from deploy.target import Target, read_target, require_credentials

_WIRE = "%Y-%m-%dT%H:%M:%SZ"
NAME = "%Y%m%dT%H%M%SZ"


def backed_up(target: Target, parts: Parts, to: str, at: datetime | None, pattern: str) -> str:
    """The place of the backup. Into a bucket DynamoDB exports the tables, as of `at` or the latest possible
    time; into a directory this program reads those that `pattern` names. Raises DeployError."""
    client = target.session.client("dynamodb")
    names = names_by_pattern(pattern) if pattern else parts.tables
    root = open_place(to, target.session)
    is_export = isinstance(root, Bucket) and not pattern
    if at is not None and not is_export:
        raise DeployError("AT needs TO=s3://bucket/prefix: only DynamoDB's export knows the past")
    moment = at or (latest_moment(client, names) if is_export else datetime.now(UTC)).replace(microsecond=0)
    place = root.within(target.stack).within(moment.astimezone(UTC).strftime(NAME))
    if is_export and isinstance(place, Bucket):
        tables = exported(client, names, place, moment)
    else:
        tables = scanned(client, names, place)
    objects = pki_objects.copied(target.session.client("s3"), parts.pki_bucket, place)
    at_text = moment.astimezone(UTC).strftime(_WIRE)
    found = Manifest(target.stack, target.region, at_text, tables, objects)
    manifests.write(place, found)
    return str(place)


def moment_of(text: str) -> datetime | None:
    """Raises DeployError."""
    if not text:
        return None
    try:
        moment = datetime.strptime(text, _WIRE).replace(tzinfo=UTC)
    except ValueError as problem:
        raise DeployError(f"{text}: a time is 2026-11-26T10:00:00Z, in UTC") from problem
    if not timedelta(0) <= datetime.now(UTC) - moment <= timedelta(days=35):
        raise DeployError(f"{text}: point-in-time recovery reaches back 35 days")
    return moment


def described(place: Directory | Bucket) -> str:
    found, sha256 = manifests.opened(place)
    rows = sum(dump.items for dump in found.tables.values())
    counted = f"{rows} rows in {len(found.tables)} tables and {len(found.objects)} PKI objects"
    return f"{counted}, of {found.at}\nDIGEST={sha256}"


def main(environment: Mapping[str, str] = os.environ) -> None:
    target = read_target(environment)
    to = environment.get("TO", "")
    if not to:
        raise DeployError("TO is missing: s3://bucket/prefix, or a directory")
    at = moment_of(environment.get("AT", ""))
    require_credentials(target)
    made = backed_up(target, Parts(target), to, at, environment.get("TABLES", ""))
    print(f"{made}: {described(open_place(made, target.session))}")
    print("Keep the digest where those who write to the backup do not write: a restore compares it.")


if __name__ == "__main__":
    run("backup", main)
