"""The commands' halves on AWS's side: exports, PKI objects, CA keys, and whom a backup makes an
administrator."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from certctl.store.database import Database
from deploy.backups import manifest as manifests
from deploy.backups import pki_objects
from deploy.backups.administrators import administrators_in, listed
from deploy.backups.backup import described, moment_of
from deploy.backups.dumping import exported, latest_moment
from deploy.backups.journal import Journal
from deploy.backups.manifest import Manifest
from deploy.backups.places import Bucket, Directory, open_place
from deploy.backups.restore import check_origin, finished, wanted_by
from deploy.backups.restoring import Into, Mode, Restoring
from deploy.backups.tables.tables import Rules
from deploy.errors import DeployError
from tests.support.aws.backups import NAMES, dumped, emptied, restore_of
from tests.support.aws.clients import REGION
from tests.support.aws.point_in_time import snapshot
from tests.support.functions.deployed import Deployed
from tests.support.identity.sign_in import admit
from tests.support.recovery import furnished

PROVIDER = {"name": "Corp", "type": "OIDC", "issuer": "https://idp.example.com"}
AT = "2026-11-26T10:00:00Z"
LOCATION: Any = {"LocationConstraint": REGION}


@pytest.fixture
def bucket(database: Database) -> Bucket:
    session = boto3.Session(region_name=REGION)
    session.client("s3").create_bucket(Bucket="backups", CreateBucketConfiguration=LOCATION)
    place = open_place("s3://backups/certctl", session)
    assert isinstance(place, Bucket)
    return place.within("x")


def test_an_export_of_dynamodb_is_a_backup(bucket: Bucket, database: Database, tmp_path: Path) -> None:
    client = database.client
    for name in NAMES.values():
        client.update_continuous_backups(
            TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    for number in range(3):
        client.put_item(TableName="jobs", Item={"job_id": {"S": f"job-{number}"}, "n": {"N": "1"}})
    before = snapshot(client)
    session = boto3.Session(region_name=REGION)
    dynamodb = session.client("dynamodb")
    at = latest_moment(dynamodb, NAMES)
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=15)
    tables = exported(dynamodb, NAMES, bucket, at, lambda _: None)
    manifests.write(bucket, Manifest("certctl", REGION, "2026-11-26T10:00:00Z", tables, ()))
    first, sha256 = described(bucket).splitlines()
    assert first == "3 rows in 11 tables and 0 PKI objects, of 2026-11-26T10:00:00Z"
    assert sha256 == f"DIGEST={manifests.opened(bucket)[1]}"

    emptied(client, "jobs")
    restore_of(bucket, client, tmp_path).run(Mode.REPLACE)

    assert snapshot(client) == before


def test_tables_without_point_in_time_recovery_are_not_exported(database: Database) -> None:
    with pytest.raises(DeployError, match="no point-in-time recovery"):
        latest_moment(boto3.client("dynamodb", region_name=REGION), NAMES)


def test_pki_objects_come_back_where_they_are_missing_and_never_over_newer_ones(
    bucket: Bucket, tmp_path: Path
) -> None:
    s3 = boto3.client("s3", region_name=REGION)
    for name in ("pki-old", "pki-new"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=LOCATION)
    s3.put_object(Bucket="pki-old", Key="pki/a.crt", Body=b"a", ContentType="application/pkix-cert")
    s3.put_object(Bucket="pki-old", Key="pki/0.crl", Body=b"old", CacheControl="public, max-age=30")
    place = Directory(tmp_path)
    objects = pki_objects.copied(s3, "pki-old", place)
    s3.put_object(Bucket="pki-new", Key="pki/0.crl", Body=b"newer")

    assert pki_objects.put_back(s3, "pki-new", place, objects) == ["pki/a.crt"]

    assert s3.get_object(Bucket="pki-new", Key="pki/0.crl")["Body"].read() == b"newer"
    assert s3.get_object(Bucket="pki-new", Key="pki/a.crt")["ContentType"] == "application/pkix-cert"


@pytest.mark.parametrize("text", ["yesterday", "2026-11-26", "2020-01-01T00:00:00Z"])
def test_a_time_that_cannot_be_gone_back_to_is_refused(text: str) -> None:
    with pytest.raises(DeployError):
        moment_of(text)


def test_a_time_within_35_days_is_one() -> None:
    moment = (datetime.now(UTC) - timedelta(days=34)).replace(microsecond=0)
    assert moment_of(moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == moment


@pytest.mark.parametrize("name", ["MODE", "KEYS"])
def test_a_misspelt_choice_is_refused_before_anything_happens(name: str) -> None:
    with pytest.raises(DeployError, match=name):
        wanted_by({name: "all"})


def test_stack_admin_is_called_until_it_is_complete() -> None:
    answers = [{"complete": False, "revocations": 30}, {"complete": True, "revocations": 5}]
    calls: list[Any] = []

    def call(event: Any) -> Any:
        calls.append(event)
        return answers.pop(0)

    assert finished(call, "revoke_known", AT) == {"complete": True, "revocations": 35}
    assert calls == [{"action": "restore", "keys": "revoke_known", "backup_at": AT}] * 2


def test_the_answers_of_all_runs_are_added_up() -> None:
    answers = [
        {"complete": False, "api_keys_ended": ["key-1"], "crls": 1},
        {"complete": True, "api_keys_ended": ["key-2"], "crls": 2},
    ]
    totals = finished(lambda _: answers.pop(0), "revoke_newer", AT)
    assert totals == {"complete": True, "api_keys_ended": ["key-1", "key-2"], "crls": 3}


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [("revoke_newer", "revoke_known"), ("revoke_known", "revoke_known"), ("revoke_all", "revoke_all")],
)
def test_stack_admin_learns_whether_all_keys_end(keys: str, chosen: str) -> None:
    calls: list[Any] = []

    def call(event: Any) -> Any:
        calls.append(event)
        return {"complete": True}

    finished(call, keys, AT)
    assert calls == [{"action": "restore", "keys": chosen, "backup_at": AT}]


def test_newer_keys_end_only_where_rows_are_replaced() -> None:
    assert not wanted_by({"MODE": "replace"}).rules.keeps_keys
    assert wanted_by({"MODE": "replace", "KEYS": "revoke_known"}).rules.keeps_keys
    with pytest.raises(DeployError, match="MODE=replace"):
        wanted_by({"MODE": "missing", "KEYS": "revoke_newer"})


def test_another_backup_than_the_expected_one_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.json", "test")
    with pytest.raises(DeployError, match="not ab"):
        check_origin(journal, "cd", "ab")
    assert check_origin(journal, "ab", "ab") == "DIGEST=ab, as expected"
    assert check_origin(Journal(tmp_path / "j.json", "test"), "ab", "").startswith("warning: DIGEST=ab")
    with pytest.raises(DeployError, match="was ab in the first run"):
        check_origin(Journal(tmp_path / "j.json", "test"), "cd", "")


def test_the_digest_of_a_manifest_is_that_of_its_file(tmp_path: Path) -> None:
    place = Directory(tmp_path)
    sha256 = manifests.write(place, Manifest("certctl", REGION, "2026-11-26T10:00:00Z", {}, ()))
    assert sha256 == hashlib.sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()
    assert manifests.opened(place)[1] == sha256


def test_the_administrators_of_a_backup_are_listed_with_what_makes_them_one(
    stack: Deployed, tmp_path: Path
) -> None:
    known = furnished(stack)
    stack.admin("catalog_api").post("/api/v1/identity-providers", {"id": "idp-corp"} | PROVIDER)
    rule = admit(stack, "admins", "admin")
    admit(stack, "readers", "viewer")
    manifest, place = manifests.read(dumped(stack.database.client, tmp_path)), Directory(tmp_path)
    into = Into(stack.database.client, NAMES, datetime.now(UTC))
    made = Restoring(manifest, place, into, Journal(tmp_path / "j.json", "test"), Rules())
    found = administrators_in(made.rows_of)
    assert found.pop(known.admin_id) == "service-account platform"
    assert found.pop(known.person_id) == "user Ann"
    assert found.pop(rule) == "access-rule admins admin"
    assert list(found.values()) == ["service-account without a record"]  # the tests' own administrator
    assert f"  {known.person_id}: user Ann" in listed(administrators_in(made.rows_of)).splitlines()


def test_a_file_in_a_bucket_that_was_changed_is_refused_as_it_is_read(bucket: Bucket) -> None:
    digest = bucket.write("jobs/00.json.gz", b"rows")
    assert bucket.verified("jobs/00.json.gz", digest) == b"rows"
    bucket.write("jobs/00.json.gz", b"forged")
    with pytest.raises(DeployError, match="is not what was backed up"):
        bucket.verified("jobs/00.json.gz", digest)
