"""A revocation counts a change of each CRL that lists one of its versions: up to 30."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.ids import new_id
from certctl.domain.jobs.statuses import JobStatus
from tests.support.functions.control_plane import ControlPlane


@pytest.fixture
def wide(plane: ControlPlane) -> Certificate:
    """With 30 versions, the most that there may be, each in another shard, and ten open jobs."""
    certificate = plane.issued()
    now = plane.pki.clock()
    (first,) = plane.stores.certificates.unexpired_versions(certificate.id, now)
    for number in range(1, 30):
        plane.pki.database.transact(plane.stores.certificates.reserve_steps(_copy(first, number)))
    started = plane.requested("other.example.com").job
    for _ in range(10):
        copy = replace(started, id=new_id("job", now), certificate_id=certificate.id)
        plane.pki.database.write(plane.stores.jobs.create_step(copy))
    return certificate


def _copy(version: Version, number: int) -> Version:
    serial = f"0a{number:02x}"
    return replace(
        version, serial_number=serial, crl_shard=number, state=VersionState.RESERVED, job_id=f"job-{number}"
    )


def revoked_rows(plane: ControlPlane, versions: Sequence[Version]) -> int:
    return len(plane.stores.marks_of(versions))


def test_30_versions_in_30_shards_are_revoked_in_one_transaction(
    plane: ControlPlane, wide: Certificate
) -> None:
    versions = plane.stores.certificates.unexpired_versions(wide.id, plane.pki.clock())
    assert plane.revoked(wide.id).status == "revoked"
    assert revoked_rows(plane, versions) == 30
    ca_id = versions[0].ca_id
    assert [plane.pki.changes.total(ca_id, number) for number in range(1, 30)] == [1] * 29
    assert {shard for _, shard in plane.crl_nudges} >= set(range(1, 30))
    assert plane.stores.jobs.open_jobs_of(wide.id) == []


def test_where_the_transaction_is_full_fewer_jobs_are_cancelled_with_it(
    plane: ControlPlane, wide: Certificate
) -> None:
    plane.overrides = replace(plane.overrides, max_writes=76)
    versions = plane.stores.certificates.unexpired_versions(wide.id, plane.pki.clock())
    assert plane.revoked(wide.id).status == "revoked"
    assert plane.certificate(wide.id).lifecycle is Lifecycle.REVOKED
    assert revoked_rows(plane, versions) == 30
    still_open = plane.stores.jobs.open_jobs_of(wide.id)
    assert 0 < len(still_open) < 10
    assert {job.status for job in still_open} == {JobStatus.PENDING}
