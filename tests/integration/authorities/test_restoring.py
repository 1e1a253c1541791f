"""The tables were restored to an earlier time and the published CRLs were not
(docs/backup.md#what-the-revocations-become)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from certctl.crypto.pem import load_certificate
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import ALL_SHARD, Authority, CrlShard, object_key
from certctl.domain.authorities.sharding import Sharding
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.receipts import Receipt
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import UNKNOWN_CERTIFICATE, Revocation
from certctl.services.authorities.recovery import CrlRecovery, RecoveryRun
from certctl.services.revocation.keys import KeyFollowUp
from certctl.store.audit.events import AuditStore
from certctl.store.authorities.items import CrlShardItem
from certctl.store.follow_ups import SETTLED_AFTER, FollowUpStore
from certctl.store.issuing.serials import SerialStore
from certctl.store.keys import KEYS_TO_REFUSE, crl_shards
from certctl.store.mapping import to_item
from certctl.store.writes import put
from tests.support.authorities.pki import BUCKET, Pki
from tests.support.authorities.sharded import with_one_shard
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.functions.control_plane import ADMIN, ControlPlane

pytestmark = pytest.mark.slow  # together they take more than ten seconds


@pytest.fixture
def plane(pki: Pki) -> ControlPlane:
    pki.authority().initialize()
    return ControlPlane(pki)


def restoring(plane: ControlPlane, now: Callable[[], datetime] | None = None) -> CrlRecovery:
    serials, audit = SerialStore(plane.pki.database), AuditStore(plane.pki.database)
    return CrlRecovery(plane.stores, plane.units, serials, audit, plane.pki.objects, now or plane.pki.clock)


def restore(plane: ControlPlane) -> RecoveryRun:
    return restoring(plane).restore()


def issuing(plane: ControlPlane) -> Authority:
    found = plane.pki.authorities.active_issuing("iss-local")
    assert found
    return found


def publish(plane: ControlPlane) -> list[str]:
    """The shards that could not be published."""
    plane.pki.clock.advance(timedelta(hours=18))
    return [failure.reason for failure in plane.pki.publishing().publish_due().failed]


def published(plane: ControlPlane, shard: str = "0") -> tuple[int, frozenset[str]]:
    authority = issuing(plane)
    record = plane.pki.authorities.shard(authority.ca_id, shard)
    assert record
    stored = plane.pki.objects.get(object_key(record.url))
    assert stored
    summary = inspect_crl(stored.body, load_certificate(authority.certificate_pem))
    return summary.number, summary.serials


def stored(plane: ControlPlane, serial: str) -> Revocation | None:
    return plane.pki.revocations.find(issuing(plane).ca_id, 0, serial)


def lose_revocations(
    plane: ControlPlane, act: Callable[[], object], *, keeping: tuple[str, ...] = ()
) -> None:
    """`act` happens and is published; then the tables go back to before it."""
    before = snapshot(plane.pki.database.client)
    plane.pki.clock.advance(timedelta(seconds=1))
    act()
    assert publish(plane) == []
    go_back(plane.pki.database.client, before, keeping=keeping)


def serial_of(certificate: Certificate) -> str:
    assert certificate.serial_number
    return certificate.serial_number


def test_nothing_is_written_where_nothing_was_lost(plane: ControlPlane) -> None:
    plane.revoked(plane.issued().id)
    publish(plane)
    before = snapshot(plane.pki.database.client)
    assert restore(plane) == RecoveryRun(crls=3)
    assert snapshot(plane.pki.database.client) == before


def test_a_lost_revocation_stops_publishing_until_it_is_restored(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id, "keyCompromise"))
    number, serials = published(plane)
    assert ["restored to an earlier time" in reason for reason in publish(plane)] == [True]
    assert published(plane) == (number, serials)

    run = restore(plane)

    assert (run.complete, run.failed, run.revocations, run.of_unknown_certificates) == (True, [], 1, 0)
    assert publish(plane) == []
    assert serials == {serial_of(certificate)}
    assert published(plane) == (number + 1, serials)
    assert published(plane, ALL_SHARD)[1] == serials


def test_a_revocation_is_restored_with_the_date_and_the_reason_of_the_crl(plane: ControlPlane) -> None:
    certificate = plane.issued()
    since = plane.pki.clock().replace(microsecond=0) - timedelta(days=3)
    originals: list[Revocation | None] = []

    def revoke() -> None:
        plane.revoking.revoke(ADMIN, certificate.id, RevocationRequest("keyCompromise", since))
        originals.append(stored(plane, serial_of(certificate)))

    lose_revocations(plane, revoke)
    restore(plane)
    (original,), again = originals, stored(plane, serial_of(certificate))
    assert original
    assert again
    # it comes from a CRL that relying parties have seen
    seen = replace(original, id=again.id, revoked_by="system/stack_admin", receipt=Receipt())
    assert again == seen


def test_a_compromised_key_is_known_again(plane: ControlPlane) -> None:
    certificate = plane.issued()
    (version,) = plane.stores.certificates.unexpired_versions(certificate.id, plane.pki.clock())
    lose_revocations(plane, lambda: plane.revoked(certificate.id, "keyCompromise"))
    assert not plane.stores.compromised_keys.contains(version.spki_sha256)
    restore(plane)
    assert plane.stores.compromised_keys.contains(version.spki_sha256)


def test_a_certificate_issued_after_that_time_is_unknown_and_stays_revoked_while_the_ca_lasts(
    plane: ControlPlane,
) -> None:
    made: list[Certificate] = []

    def issue_and_revoke() -> None:
        made.append(plane.issued())
        plane.revoked(made[0].id)

    lose_revocations(plane, issue_and_revoke)
    run = restore(plane)
    mark = stored(plane, serial_of(made[0]))
    assert mark
    assert (run.revocations, run.of_unknown_certificates) == (1, 1)
    assert (mark.certificate_id, mark.not_after) == (UNKNOWN_CERTIFICATE, issuing(plane).not_after)
    assert publish(plane) == []


def test_the_shard_of_a_lost_serial_is_known_again_so_that_ocsp_finds_its_revocation(
    plane: ControlPlane,
) -> None:
    made: list[Certificate] = []

    def issue_and_revoke() -> None:
        made.append(plane.issued())
        plane.revoked(made[0].id, "keyCompromise")

    lose_revocations(plane, issue_and_revoke)
    serial, ca_id = serial_of(made[0]), issuing(plane).ca_id
    assert SerialStore(plane.pki.database).find_many(ca_id, [serial]) == {}
    restore(plane)
    found = SerialStore(plane.pki.database).find_many(ca_id, [serial])[serial]
    assert (found.crl_shard, found.key_sha256) == (0, None)
    assert found.state is VersionState.ABANDONED
    assert restore(plane).revocations == 0


def test_a_certificate_that_the_audit_trail_knows_as_revoked_is_revoked_again(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id, "superseded"), keeping=("audit",))
    assert plane.certificate(certificate.id).lifecycle is Lifecycle.ACTIVE
    run = restore(plane)
    after = plane.certificate(certificate.id)
    mark = stored(plane, serial_of(certificate))
    assert mark
    assert (run.certificates_revoked, run.certificates_held) == (1, 0)
    assert (after.lifecycle, after.revocation_reason) == (Lifecycle.REVOKED, "superseded")
    assert after.revoked_at == mark.revoked_at


def test_one_whose_every_version_is_revoked_without_a_trail_is_held_for_an_administrator(
    plane: ControlPlane,
) -> None:
    """The certificate may have a live version that no table has any more: Revoked could not be undone."""
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id))
    totals = plane.totals()
    run = restore(plane)
    after = plane.certificate(certificate.id)
    assert (run.certificates_revoked, run.certificates_held) == (0, 1)
    assert (after.lifecycle, after.held_from) == (Lifecycle.ON_HOLD, Lifecycle.ACTIVE)
    assert plane.totals() != totals

    plane.revoking.unhold(ADMIN, certificate.id)
    assert stored(plane, serial_of(certificate))
    assert publish(plane) == []
    assert published(plane)[1] == {serial_of(certificate)}


def test_one_held_for_an_administrator_can_be_revoked_for_good(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id, "superseded"))
    restore(plane)
    plane.revoked(certificate.id, "superseded")
    mark = stored(plane, serial_of(certificate))
    assert mark
    assert mark.reason == "superseded"
    assert plane.certificate(certificate.id).lifecycle is Lifecycle.REVOKED


def test_a_lost_hold_stops_publishing_too_and_is_restored(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id, HOLD))
    assert len(publish(plane)) == 1
    assert restore(plane).certificates_held == 1
    assert plane.certificate(certificate.id).lifecycle is Lifecycle.ON_HOLD
    assert publish(plane) == []
    assert published(plane)[1] == {serial_of(certificate)}

    plane.revoking.unhold(ADMIN, certificate.id)
    assert publish(plane) == []
    assert published(plane)[1] == set()


def test_a_key_whose_hold_was_lost_is_refused_again(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id, HOLD))
    held = plane.stores.refused_keys.held
    assert held.held_by(certificate.id) == ()
    restore(plane)
    plane.pki.clock.advance(SETTLED_AFTER)
    marks = FollowUpStore(plane.pki.database, KEYS_TO_REFUSE)
    assert KeyFollowUp(plane.stores, plane.units, marks, plane.pki.clock).run(lambda: True) == 1
    assert len(held.held_by(certificate.id)) == 1


def test_a_hold_that_became_a_revocation_can_no_longer_be_taken_back(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.revoked(certificate.id, HOLD)
    lose_revocations(plane, lambda: plane.revoked(certificate.id, "keyCompromise"))
    assert restore(plane).revocations == 1
    plane.revoking.unhold(ADMIN, certificate.id)
    mark = stored(plane, serial_of(certificate))
    assert mark
    assert mark.reason == "keyCompromise"


def test_a_hold_that_ended_since_stays_a_hold(plane: ControlPlane) -> None:
    """A restore un-revokes nothing: an administrator ends the hold again."""
    certificate = plane.issued()
    plane.revoked(certificate.id, HOLD)
    lose_revocations(plane, lambda: plane.revoking.unhold(ADMIN, certificate.id))
    restore(plane)
    assert plane.certificate(certificate.id).lifecycle is Lifecycle.ON_HOLD
    assert publish(plane) == []
    assert published(plane)[1] == {serial_of(certificate)}


def test_a_revoked_version_leaves_the_certificate_alive_with_the_other(plane: ControlPlane) -> None:
    certificate = plane.issued()
    plane.pki.clock.advance(timedelta(days=1))
    newer = plane.rekeyed(certificate.id)
    reason = RevocationRequest("superseded")
    lose_revocations(plane, lambda: plane.revoking.revoke_version(ADMIN, newer.id, serial_of(newer), reason))
    run = restore(plane)
    after = plane.certificate(certificate.id)
    assert (run.revocations, run.certificates_revoked, run.certificates_held) == (1, 0, 0)
    assert (after.lifecycle, after.serial_number) == (Lifecycle.ACTIVE, certificate.serial_number)
    assert after.expires_at == certificate.expires_at
    assert plane.actions(certificate.id).count("certificate_version_revoked") == 1


def test_every_restored_revocation_is_in_the_audit_trail(plane: ControlPlane) -> None:
    authority = issuing(plane)
    lose_revocations(plane, lambda: [plane.pki.revoke(authority, f"0a{n:02x}") for n in range(40)])
    assert restore(plane).revocations == 40
    events = AuditStore(plane.pki.database).of_resource("ca", authority.ca_id, "~", 100).events
    restored = [event for event in events if event["action"] == "certificate_version_revoked"]
    serials = [serial for event in restored for serial in event["details"]["serial_numbers"]]
    assert sorted(serials) == [f"0a{n:02x}" for n in range(40)]
    assert {event["details"]["restored_from"] for event in restored} == {authority.crl_url}
    assert {event["actor"] for event in restored} == {"system/stack_admin"}


def test_a_run_out_of_time_reports_it_and_the_next_continues(plane: ControlPlane) -> None:
    authority = issuing(plane)
    lose_revocations(plane, lambda: [plane.pki.revoke(authority, f"0a{n:02x}") for n in range(70)])

    def hurried() -> datetime:
        plane.pki.clock.advance(timedelta(seconds=4))
        return plane.pki.clock()

    first = restoring(plane, hurried).restore()
    assert not first.complete
    assert 0 < first.revocations < 70
    assert len(publish(plane)) == 1
    second = restore(plane)
    assert second.complete
    assert first.revocations + second.revocations == 70
    assert publish(plane) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_each_shard_s_revocations_come_back_to_it(plane: ControlPlane, is_complete: bool) -> None:
    authority = issuing(plane)
    if not is_complete:
        with_one_shard(plane.pki, authority)
    url = authority.crl_url.replace("/0.crl", "/1.crl")
    closed = CrlShard(authority.ca_id, "1", url, open=False)
    plane.pki.database.write(put(to_item(CrlShardItem, closed, kind=crl_shards(authority.ca_id), id="1")))
    lose_revocations(
        plane,
        lambda: (plane.pki.revoke(authority, "0a01"), plane.pki.revoke(authority, "0b01", crl_shard=1)),
    )
    assert restore(plane).revocations == 2
    assert publish(plane) == []
    places = [(authority.ca_id, 0, "0a01"), (authority.ca_id, 1, "0b01")]
    assert plane.pki.revocations.find_many(places).keys() == {"0a01", "0b01"}
    assert published(plane, "0")[1] == ({"0a01", "0b01"} if is_complete else {"0a01"})
    assert published(plane, "1")[1] == {"0b01"}
    assert published(plane, ALL_SHARD)[1] == {"0a01", "0b01"}


def test_shards_that_the_tables_lost_are_published_again(plane: ControlPlane) -> None:
    """The tables were restored to a time before the shards opened."""
    authority, pki = issuing(plane), plane.pki
    before = snapshot(pki.database.client)
    split = replace(pki, sharding=Sharding(first=3, split_over=-1))
    assert len(split.admin().cas.shard_expansion.expand_due()) == 2
    pki.revoke(authority, "0b01", crl_shard=1)
    assert publish(plane) == []
    go_back(pki.database.client, before)
    assert publish(plane) != [], "the complete CRL would drop what the shard lists"
    assert restore(plane).failed == []
    assert publish(plane) == []
    assert published(plane, "1")[1] == published(plane, "0")[1] == {"0b01"}
    rows = {shard.shard: shard for shard in pki.authorities.shards(authority.ca_id)}
    assert rows.keys() == {"0", "1", "2", "all"}
    assert (rows["0"].joins, rows["1"].open) == (2, False)
    assert len(split.admin().cas.shard_expansion.expand_due()) == 2


def test_revocations_that_only_the_full_list_has_are_restored_too(plane: ControlPlane) -> None:
    """A publisher of an earlier release made it of the revocations, and stopped before the shard's."""
    authority = issuing(plane)
    first = object_key(authority.crl_url)
    empty = plane.pki.objects.get(first)
    assert empty

    def revoke() -> None:
        plane.pki.revoke(authority, "0a01")
        assert publish(plane) == []
        plane.pki.s3.put_object(Bucket=BUCKET, Key=first, Body=empty.body)

    before = snapshot(plane.pki.database.client)
    revoke()
    go_back(plane.pki.database.client, before)
    assert restore(plane).revocations == 1
    assert publish(plane) == []
    assert published(plane, "0")[1] == published(plane, ALL_SHARD)[1] == {"0a01"}


def test_a_crl_that_is_gone_stops_the_restore_of_it_alone(plane: ControlPlane) -> None:
    certificate = plane.issued()
    lose_revocations(plane, lambda: plane.revoked(certificate.id))
    plane.pki.s3.delete_object(Bucket=BUCKET, Key=object_key(issuing(plane).crl_url))
    run = restore(plane)
    assert [issuing(plane).crl_url in text for text in run.failed] == [True]
    assert run.revocations == 1
    assert stored(plane, serial_of(certificate))


def test_a_crl_that_is_not_the_ca_s_restores_nothing(plane: ControlPlane) -> None:
    plane.pki.s3.put_object(Bucket=BUCKET, Key=object_key(issuing(plane).crl_url), Body=b"<html>")
    run = restore(plane)
    assert len(run.failed) == 1
    assert run.revocations == 0


def test_a_retired_ca_is_left_alone(plane: ControlPlane) -> None:
    authority = issuing(plane)
    lose_revocations(plane, lambda: plane.pki.revoke(authority, "0a01"))
    plane.pki.set_state(authority, AuthorityState.RETIRED)
    assert restore(plane) == RecoveryRun(crls=1)
