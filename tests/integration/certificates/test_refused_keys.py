"""Keys for which no certificate is issued: compromised ones for ever, held ones until the hold ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from certctl.domain.certificates.statuses import Lifecycle, Status, VersionState
from certctl.domain.certificates.versions import IssuedPem, Version
from certctl.domain.errors import CsrRejected, InvalidInput
from certctl.domain.jobs.statuses import JobStatus
from certctl.domain.revocation.requests import RevocationRequest
from certctl.store.audit.events import AuditStore
from certctl.store.follow_ups import SETTLED_AFTER
from tests.support.functions.control_plane import ADMIN, PLENTY, ControlPlane
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.renewal.renewals import add_profile

MANY = 260


def of(key: Any, name: str = "www.example.com") -> str:
    return csr_pem(name, [], key)


def is_refused(plane: ControlPlane, key: Any) -> bool:
    """Whether the key is refused for another record."""
    try:
        plane.requested("other.example.com", csr_pem=of(key, "other.example.com"))
    except CsrRejected:
        return True
    return False


def event_of(plane: ControlPlane, certificate_id: str, action: str) -> Any:
    events = AuditStore(plane.pki.database).of_resource("certificate", certificate_id, "~", 100).events
    return next(event["details"] for event in events if event["action"] == action)


def with_old_versions(plane: ControlPlane, count: int) -> tuple[str, list[str]]:
    """A certificate with this many expired versions, each with its own key, and their keys."""
    certificate, now = plane.issued(), plane.pki.clock().replace(microsecond=0)
    spkis = [f"{number:064x}" for number in range(count)]
    for number, spki in enumerate(spkis):
        serial = f"{number:040x}"
        version = Version(
            certificate_id=certificate.id,
            serial_number=serial,
            ca_id="ca-old",
            crl_shard=0,
            job_id="job-1",
            state=VersionState.ISSUED,
            not_before=now - timedelta(days=number + 2),
            not_after=now - timedelta(days=number + 1),
            created_at=now,
            spki_sha256=spki,
        )
        pem = IssuedPem(certificate.id, serial, "", "", "")
        plane.pki.database.transact(plane.stores.certificates.record_steps(version, pem))
    return certificate.id, spkis


def once() -> Callable[[], bool]:
    left = iter([True])
    return lambda: next(left, False)


def follow_up(plane: ControlPlane) -> int:
    plane.pki.clock.advance(SETTLED_AFTER)
    return plane.key_follow_up.run(lambda: True)


def test_the_key_of_an_expired_certificate_is_listed(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    plane.pki.clock.advance(timedelta(days=201))
    assert plane.certificate(certificate.id).status(plane.pki.clock()) is Status.EXPIRED

    answer = plane.revoked(certificate.id, "keyCompromise")

    assert (answer.serial_numbers, len(answer.refused_keys), answer.more_keys_follow) == ((), 1, False)
    assert is_refused(plane, key)


def test_the_key_of_a_request_that_awaits_approval_is_listed(plane: ControlPlane) -> None:
    key = new_key()
    add_profile(plane, "guarded", requires_approval=True)
    requested = plane.requested(csr_pem=of(key), profile_id="guarded")

    answer = plane.revoked(requested.certificate.id, "keyCompromise")

    assert (answer.serial_numbers, len(answer.refused_keys)) == ((), 1)
    assert is_refused(plane, key)


def test_keys_of_earlier_versions_and_of_an_open_renewal_are_listed_and_audited(plane: ControlPlane) -> None:
    keys = [new_key() for _ in range(3)]
    certificate = plane.issued(csr_pem=of(keys[0]))
    plane.pki.clock.advance(timedelta(days=150))
    plane.issuance.renew(ADMIN, certificate.id, of(keys[1]))
    plane.work()
    plane.pki.clock.advance(timedelta(days=60))
    plane.issuance.renew(ADMIN, certificate.id, of(keys[2]))

    answer = plane.revoked(certificate.id, "keyCompromise")

    assert len(answer.refused_keys) == 3
    assert [is_refused(plane, key) for key in keys] == [True] * 3
    details = event_of(plane, certificate.id, "certificate_revoked")
    assert details["refused_keys"] == list(answer.refused_keys)
    assert "more_keys_follow" not in details


def test_others_with_the_key_of_an_expired_version_are_named(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    plane.pki.clock.advance(timedelta(days=201))
    other = plane.issued("other.example.com", csr_pem=of(key, "other.example.com"))

    assert plane.revoked(certificate.id, "keyCompromise").other_certificates == (other.id,)


@pytest.mark.parametrize("prior", ["valid", "archived", "superseded"])
def test_a_key_is_listed_whatever_its_certificate_was_before(plane: ControlPlane, prior: str) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    if prior == "archived":
        plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)
    if prior == "superseded":
        plane.revoked(certificate.id, "superseded")
        assert not is_refused(plane, key)

    plane.revoked(certificate.id, "keyCompromise")

    assert is_refused(plane, key)


def test_another_reason_lists_no_key(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))

    answer = plane.revoked(certificate.id, "superseded")

    assert answer.refused_keys == ()
    assert not is_refused(plane, key)


def test_a_repeat_says_what_is_listed(plane: ControlPlane) -> None:
    certificate = plane.issued()
    first = plane.revoked(certificate.id, "keyCompromise")

    assert plane.revoked(certificate.id, "keyCompromise").refused_keys == first.refused_keys


def test_of_one_version_its_own_key_is_listed(plane: ControlPlane) -> None:
    old, new = new_key(), new_key()
    certificate = plane.issued(csr_pem=of(old))
    plane.issuance.renew(ADMIN, certificate.id, of(new))
    plane.work()

    wanted = RevocationRequest("keyCompromise")
    answer = plane.revoking.revoke_version(ADMIN, certificate.id, str(certificate.serial_number), wanted)

    assert len(answer.refused_keys) == 1
    assert (is_refused(plane, old), is_refused(plane, new)) == (True, False)


@pytest.mark.slow
def test_keys_that_do_not_fit_follow_and_none_is_cut_off(plane: ControlPlane) -> None:
    certificate_id, old = with_old_versions(plane, MANY)

    answer = plane.revoked(certificate_id, "keyCompromise")

    listed = plane.stores.refused_keys.reasons_against
    assert answer.more_keys_follow
    assert set(listed([*answer.refused_keys, *old])) == set(answer.refused_keys)
    assert event_of(plane, certificate_id, "certificate_revoked")["more_keys_follow"] is True
    assert follow_up(plane) == MANY + 1
    assert set(listed(old)) == set(old)
    assert follow_up(plane) == 0


@pytest.mark.slow
def test_a_follow_up_that_ends_early_continues_at_its_position(plane: ControlPlane) -> None:
    certificate_id, old = with_old_versions(plane, MANY)
    plane.revoked(certificate_id, "keyCompromise")
    plane.pki.clock.advance(SETTLED_AFTER)

    for _ in range(4):
        plane.key_follow_up.run(once())

    assert set(plane.stores.refused_keys.reasons_against(old)) == set(old)


def test_a_key_on_hold_is_refused_until_the_hold_ends(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))

    held = plane.revoked(certificate.id, "certificateHold")

    assert len(held.refused_keys) == 1
    assert is_refused(plane, key)
    plane.revoking.unhold(ADMIN, certificate.id)
    assert not is_refused(plane, key)


def test_a_request_of_a_certificate_on_hold_is_refused_elsewhere_until_the_hold_ends(
    plane: ControlPlane,
) -> None:
    key = new_key()
    add_profile(plane, "guarded", requires_approval=True)
    requested = plane.requested(csr_pem=of(key), profile_id="guarded")
    plane.revoked(requested.certificate.id, "certificateHold")
    assert is_refused(plane, key)
    plane.jobs.cancel(ADMIN, requested.job.id)

    plane.revoking.unhold(ADMIN, requested.certificate.id)

    assert not is_refused(plane, key)


def test_a_key_of_two_holds_is_free_after_the_second(plane: ControlPlane) -> None:
    key = new_key()
    one, two = (plane.issued(name, csr_pem=of(key, name)) for name in ("a.example.com", "b.example.com"))
    plane.revoked(one.id, "certificateHold")
    plane.revoked(two.id, "certificateHold")

    plane.revoking.unhold(ADMIN, one.id)

    assert is_refused(plane, key)
    plane.revoking.unhold(ADMIN, two.id)
    assert not is_refused(plane, key)


@pytest.mark.parametrize(("reason", "refused"), [("superseded", False), ("keyCompromise", True)])
def test_a_hold_that_becomes_a_revocation_frees_its_key_unless_it_is_compromised(
    plane: ControlPlane, reason: str, refused: bool
) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    plane.revoked(certificate.id, "certificateHold")

    plane.revoked(certificate.id, reason)

    assert is_refused(plane, key) is refused


def test_keys_that_an_end_of_a_hold_has_no_room_to_free_are_freed_later(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    plane.revoked(certificate.id, "certificateHold")
    held = plane.stores.refused_keys.held.held_by(certificate.id)
    before, now = plane.certificate(certificate.id), plane.pki.clock()
    after = before.transitioned_to(Lifecycle.ACTIVE, now)
    crowded = plane.stores.key_changes.freed(after, held, now, room=1)
    plane.pki.database.transact([plane.stores.certificates.save_step(before, after), *crowded])
    assert is_refused(plane, key)

    follow_up(plane)

    assert not is_refused(plane, key)


def test_archiving_a_certificate_on_hold_does_not_free_its_key(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    plane.revoked(certificate.id, "certificateHold")

    plane.certificates.archive(ADMIN, certificate.id, keep_valid=True)

    assert is_refused(plane, key)
    plane.revoked(certificate.id, "superseded")
    assert not is_refused(plane, key)


def test_a_job_from_before_the_hold_is_not_signed(plane: ControlPlane) -> None:
    key = new_key()
    certificate = plane.issued(csr_pem=of(key))
    waiting = plane.requested("other.example.com", csr_pem=of(key, "other.example.com"))
    plane.revoked(certificate.id, "certificateHold")

    plane.work()

    job = plane.job(waiting.job.id)
    assert job.status is JobStatus.FAILED
    assert "on hold" in str(job.last_error)


def test_a_renewal_by_schedule_does_not_use_a_key_that_another_certificate_holds(plane: ControlPlane) -> None:
    key = new_key()
    held = plane.issued(csr_pem=of(key))
    other = plane.issued("other.example.com", csr_pem=of(key, "other.example.com"))
    plane.revoked(held.id, "certificateHold")
    plane.pki.clock.advance(timedelta(days=171))

    plane.renewing().run(lambda: PLENTY)

    job = plane.job(str(plane.certificate(other.id).open_job_id))
    assert (job.status, job.csr_pem) == (JobStatus.AWAITING_CSR, None)


@pytest.mark.parametrize("reason", ["superseded", "keyCompromise", "certificateHold"])
def test_a_key_that_will_be_lost_in_the_future_is_refused(plane: ControlPlane, reason: str) -> None:
    certificate, now = plane.issued(), plane.pki.clock()
    serial = str(certificate.serial_number)
    later = RevocationRequest(reason, now + timedelta(minutes=5, seconds=1))

    with pytest.raises(InvalidInput, match="future"):
        plane.revoking.revoke(ADMIN, certificate.id, later)
    with pytest.raises(InvalidInput):
        plane.revoking.revoke_version(ADMIN, certificate.id, serial, later)

    assert plane.certificate(certificate.id).status(now) is Status.ACTIVE


def test_a_clock_that_is_minutes_ahead_revokes(plane: ControlPlane) -> None:
    certificate, soon = plane.issued(), plane.pki.clock() + timedelta(minutes=5)

    assert (
        plane.revoking.revoke(ADMIN, certificate.id, RevocationRequest("keyCompromise", soon)).status
        == "revoked"
    )
