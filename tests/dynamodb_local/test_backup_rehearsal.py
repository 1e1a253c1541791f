"""Backup and restore rehearsed with the stack's own use cases on DynamoDB Local: what an operator loses and
what comes back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.audit.events import STACK_ADMIN
from certctl.domain.authorities.authorities import object_key
from certctl.domain.certificates.statuses import Lifecycle
from certctl.services.access.account_keys import Accounts
from certctl.services.access.api_keys import ApiKeys
from certctl.services.access.key_restoring import ApiKeyRecovery
from certctl.services.authorities.recovery import CrlRecovery
from certctl.store.access.api_keys import ApiKeyStore
from certctl.store.access.subjects import SubjectStore
from certctl.store.audit.events import AuditStore
from certctl.store.catalog.records import CatalogStore
from certctl.store.follow_ups import FollowUpStore
from certctl.store.identity.sessions import SessionStore
from certctl.store.issuing.serials import SerialStore
from certctl.store.keys import LEAKED_KEYS
from certctl.unit_of_work.access.eab_key_leaks import EabKeyLeaks
from certctl.unit_of_work.access.key_endings import KeyEndings
from deploy.backups.restoring import Mode
from deploy.backups.tables.tables import ORDER
from tests.support.authorities.pki import Pki, new_keys
from tests.support.aws.backups import dumped, emptied, restore_of
from tests.support.aws.dynamodb_local import new_database
from tests.support.aws.memory_s3 import MemoryS3
from tests.support.aws.point_in_time import snapshot
from tests.support.clock import Clock
from tests.support.functions.control_plane import ADMIN, ControlPlane
from tests.support.notifications.engine import Engine
from tests.support.template import table_definitions

pytestmark = [pytest.mark.dynamodb_local, pytest.mark.timeout(280)]


@pytest.fixture
def plane(endpoint: str, access_key: str) -> ControlPlane:
    pki = Pki(new_database(endpoint), MemoryS3(), Clock(), new_keys())
    pki.authority().initialize()
    return ControlPlane(pki)


def published(plane: ControlPlane) -> tuple[int, frozenset[str]]:
    """Number and serials of the CRL that relying parties get."""
    authority = plane.pki.authorities.active_issuing("iss-local")
    assert authority
    stored = plane.pki.objects.get(object_key(authority.crl_url))
    assert stored
    summary = inspect_crl(stored.body, load_certificate(authority.certificate_pem))
    return summary.number, summary.serials


def publish(plane: ControlPlane) -> None:
    plane.pki.clock.advance(timedelta(hours=18))
    assert plane.pki.publishing().publish_due().failed == []


def revocations_come_back(plane: ControlPlane) -> None:
    """Does what stack_admin's `restore` does."""
    database = plane.pki.database
    audit, serials = AuditStore(database), SerialStore(database)
    run = CrlRecovery(plane.stores, plane.units, serials, audit, plane.pki.objects, plane.pki.clock).restore()
    assert (run.complete, run.failed) == (True, [])


def key_restoring(plane: ControlPlane) -> ApiKeyRecovery:
    database = plane.pki.database
    return ApiKeyRecovery(
        plane.units,
        ApiKeyStore(database),
        SubjectStore(database),
        SessionStore(database),
        AuditStore(database),
        STACK_ADMIN,
        plane.pki.clock,
    )


def api_keys(plane: ControlPlane) -> ApiKeys:
    database = plane.pki.database
    keys, subjects, now = ApiKeyStore(database), SubjectStore(database), plane.pki.clock
    follow_ups, eab_keys = FollowUpStore(database, LEAKED_KEYS), EabKeyLeaks(plane.units, now)
    endings = KeyEndings(plane.units, keys, SessionStore(database), follow_ups, eab_keys, now)
    return ApiKeys(
        plane.units, keys, subjects, endings, AuditStore(database), Accounts(CatalogStore(database)), now
    )


def works(plane: ControlPlane, key_hash: str) -> bool:
    return ApiKeyStore(plane.pki.database).find_credential(key_hash) is not None


ALL_BUT_THE_TRAIL = tuple(table for table in ORDER if table != "audit")


@pytest.mark.parametrize(
    "lost", [ORDER, ALL_BUT_THE_TRAIL, ("certificates", "revocations", "state", "notifications")]
)
def test_a_stack_is_brought_back_and_nothing_that_was_revoked_is_good_again(
    plane: ControlPlane, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    client: Any = plane.pki.database.client
    engine = Engine(plane.pki.database, plane.pki.clock)
    early, late, kept = (plane.issued(f"{name}.example.com") for name in ("early", "late", "kept"))
    made = api_keys(plane).mint_first_admin(STACK_ADMIN, None)
    due = engine.queued()
    plane.revoked(early.id)
    publish(plane)
    backup = dumped(client, tmp_path / "backup")

    plane.revoked(late.id, "keyCompromise")
    unknown = plane.issued("after.example.com")
    plane.revoked(unknown.id)
    api_keys(plane).revoke(ADMIN, made.key.id)
    publish(plane)
    publish(plane)
    number, serials = published(plane)
    assert serials == {c.serial_number for c in (early, late, unknown)}

    has_trail = "audit" not in lost
    emptied(client, *lost)
    restored = restore_of(backup, client, tmp_path)
    assert restored.made().has_newer_trail() == has_trail
    restored.run(Mode.REPLACE)
    if has_trail:
        key_restoring(plane).revoke_known()
    else:
        key_restoring(plane).revoke_all()
    revocations_come_back(plane)
    publish(plane)

    assert published(plane)[0] > number
    assert published(plane)[1] == serials
    ended = {plane.certificate(c.id).lifecycle for c in (early, late)}
    assert ended == ({Lifecycle.REVOKED} if has_trail else {Lifecycle.REVOKED, Lifecycle.ON_HOLD})
    assert plane.certificate(kept.id).lifecycle is Lifecycle.ACTIVE
    assert not works(plane, made.key.key_hash)
    engine.sweep()
    assert engine.provider.deliveries(due) == 1
    assert plane.issued("new.example.com").lifecycle is Lifecycle.ACTIVE


def test_without_the_restore_of_revocations_no_crl_is_published(plane: ControlPlane, tmp_path: Path) -> None:
    client: Any = plane.pki.database.client
    certificate = plane.issued()
    publish(plane)
    backup = dumped(client, tmp_path / "backup")
    plane.revoked(certificate.id)
    publish(plane)
    before = published(plane)
    emptied(client, *ORDER)
    restore_of(backup, client, tmp_path).run()

    plane.pki.clock.advance(timedelta(hours=18))
    failed = plane.pki.publishing().publish_due().failed

    # all.crl is joined from the shards' CRLs: without a new one it is not due
    assert ["restored to an earlier time" in failure.reason for failure in failed] == [True]
    assert published(plane) == before


def test_tables_come_back_under_the_names_of_another_stack(plane: ControlPlane, tmp_path: Path) -> None:
    client: Any = plane.pki.database.client
    for number in range(3):
        plane.issued(f"c{number}.example.com")
    names = {table: f"certctl-two-{table.capitalize()}Table-1ABC" for table in ORDER}
    for definition in table_definitions():
        client.create_table(**definition | {"TableName": names[definition["TableName"]]})

    written = restore_of(dumped(client, tmp_path / "b"), client, tmp_path, names).run()

    before = snapshot(client)
    assert written == {table: len(rows) for table, rows in before.items()}
    for table, name in names.items():
        rows = client.scan(TableName=name, ConsistentRead=True)["Items"]
        assert sorted(rows, key=str) == sorted(before[table], key=str)
