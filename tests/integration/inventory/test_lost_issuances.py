"""Certificates that were issued between a backup and its restore (docs/backup.md)."""

from datetime import timedelta

import pytest

from certctl.compose.stack_admin import StackAdmin
from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import load_certificate, load_certificates
from certctl.crypto.status.crl import inspect_crl
from certctl.domain.authorities.authorities import object_key
from certctl.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from certctl.domain.inventory.statuses import ObservedState
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.revocation.requests import RevocationRequest
from certctl.domain.revocation.revocations import Revocation
from certctl.domain.times import to_wire
from certctl.services.revocation.without_record import RevocationWithoutRecord
from certctl.services.status.serials import SerialStatuses
from certctl.store.issuing.serials import SerialStore
from certctl.store.revocation.revocations import RevocationStore
from tests.support.aws.point_in_time import go_back, snapshot
from tests.support.costs.write_units import metered
from tests.support.functions.control_plane import ControlPlane
from tests.support.inventory.stock import DAY, HOUR, Stock, forged
from tests.support.served.private_pki import ders
from tests.support.served.probers import Watched

ISSUER = "iss-local"


@pytest.fixture
def stock(plane: ControlPlane) -> Stock:
    return Stock(plane)


def issued(plane: ControlPlane, name: str) -> bytes:
    certificate = plane.issued(name)
    pem = plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    return ders(*load_certificates(pem.certificate_pem))[0]


def lost_by_a_restore(stock: Stock, *names: str, days: int = 1) -> list[bytes]:
    """What is issued within so many days after a backup that is then restored."""
    plane, clock = stock.plane, stock.plane.pki.clock
    client = plane.pki.database.client
    backup, at = snapshot(client), to_wire(clock())
    lost = []
    for name in names:
        clock.advance(days * DAY / len(names))
        lost.append(issued(plane, name))
    clock.advance(HOUR)
    go_back(client, backup, keeping=("notifications",))
    admin = StackAdmin(plane.overrides)
    plane.privileges.within("stack_admin", admin.restore_windows).record(at)
    return lost


def serial_of(der: bytes) -> str:
    return parse(der).facts.serial_number


def status_of(stock: Stock, serial: str) -> str:
    database, clock = stock.plane.pki.database, stock.plane.pki.clock
    authorities, revocations = stock.plane.stores.authorities, RevocationStore(database)
    return SerialStatuses(authorities, SerialStore(database), revocations, clock).of(ISSUER, serial).status


def published(plane: ControlPlane) -> frozenset[str]:
    """The serials of the next CRL."""
    plane.pki.clock.advance(timedelta(hours=18))
    assert plane.pki.publishing().publish_due().failed == []
    authority = plane.pki.authorities.active_issuing(ISSUER)
    assert authority
    stored = plane.pki.objects.get(object_key(authority.crl_url))
    assert stored
    return inspect_crl(stored.body, load_certificate(authority.certificate_pem)).serials


def revoking(plane: ControlPlane) -> RevocationWithoutRecord:
    return plane.privileges.within("stack_admin", StackAdmin(plane.overrides).revocation_without_record)


def revoked(plane: ControlPlane, serial: str, reason: str = "superseded") -> Revocation:
    return revoking(plane).revoke(ISSUER, serial, RevocationRequest(reason))


def test_all_that_a_restore_has_lost_is_one_alert(stock: Stock) -> None:
    stock.scanned(*lost_by_a_restore(stock, "a.example.com", "b.example.com"))
    assert stock.maintained()["lost"] == 2
    stock.scanned(*lost_by_a_restore(stock), issued(stock.plane, "known.example.com"))
    assert stock.maintained() == {}

    (alert,) = stock.alerts(NotificationType.UNKNOWN_ISSUANCE)
    assert (alert.severity, alert.action, alert.team_id) == ("critical", "trigger", None)
    assert "a.example.com" in alert.message or "b.example.com" in alert.message


def test_what_was_lost_and_is_still_served_is_found_by_a_probe(stock: Stock) -> None:
    watched = Watched(stock.plane)
    endpoint = watched.endpoint()
    (lost,) = lost_by_a_restore(stock, "www.example.com")

    watched.probed(endpoint, [lost])

    assert stock.maintained()["lost"] == 1
    assert status_of(stock, serial_of(lost)) == "good"


def test_what_was_lost_and_is_found_can_be_revoked_and_is_in_the_crl(stock: Stock) -> None:
    (lost,) = lost_by_a_restore(stock, "a.example.com")
    serial = serial_of(lost)
    with pytest.raises(NotFound, match="import the certificate"):
        revoked(stock.plane, serial)

    stock.scanned(lost)
    stock.maintained()
    assert status_of(stock, serial) == "good"
    assert stock.stored(lost).state is ObservedState.UNMANAGED, "nothing renews it"
    revoked(stock.plane, serial)

    assert revoked(stock.plane, serial).reason == "superseded"
    assert serial in published(stock.plane)
    assert status_of(stock, serial) == "revoked"


def test_a_second_restore_alerts_again(stock: Stock) -> None:
    stock.scanned(*lost_by_a_restore(stock, "a.example.com"))
    stock.maintained()
    stock.scanned(*lost_by_a_restore(stock, "b.example.com"))
    stock.maintained()

    first, second = stock.alerts(NotificationType.UNKNOWN_ISSUANCE)
    assert first.dedup_key != second.dedup_key


def test_what_was_made_outside_of_that_time_is_an_alert_of_its_own(stock: Stock) -> None:
    early = forged(stock.plane, begins=stock.plane.pki.clock() - HOUR)
    (lost,) = lost_by_a_restore(stock, "a.example.com")
    stock.plane.pki.clock.advance(HOUR)
    late = forged(stock.plane)

    stock.scanned(early, lost, late)

    assert stock.maintained() == {"unknown": 2, "lost": 1}
    assert len(stock.alerts(NotificationType.UNKNOWN_ISSUANCE)) == 3
    assert [status_of(stock, serial_of(each)) for each in (early, late)] == ["unknown", "unknown"]


def test_a_run_that_is_cut_off_leaves_nothing_and_the_next_one_does_all(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lost,) = lost_by_a_restore(stock, "a.example.com")
    stock.scanned(lost)
    with monkeypatch.context() as broken:

        def refuse(*_: object) -> None:
            raise Unavailable("DynamoDB does not answer.")

        broken.setattr(type(stock.plane.pki.database), "transact", refuse)
        assert stock.maintained() == {"errors": 1}
    assert status_of(stock, serial_of(lost)) == "unknown"

    assert stock.maintained() == {"lost": 1}
    assert status_of(stock, serial_of(lost)) == "good"
    assert len(stock.alerts(NotificationType.UNKNOWN_ISSUANCE)) == 1


def test_a_certificate_with_a_record_is_revoked_there(stock: Stock) -> None:
    serial = serial_of(issued(stock.plane, "www.example.com"))
    with pytest.raises(Conflict, match="revoke it there"):
        revoked(stock.plane, serial)


def test_a_revocation_without_a_record_ends_no_hold_and_changes_no_reason(stock: Stock) -> None:
    (lost,) = lost_by_a_restore(stock, "a.example.com")
    stock.scanned(lost)
    stock.maintained()
    serial = serial_of(lost)
    with pytest.raises(InvalidInput, match="holds a record"):
        revoked(stock.plane, serial, "certificateHold")
    revoked(stock.plane, serial)
    with pytest.raises(Conflict, match="already revoked"):
        revoked(stock.plane, serial, "cessationOfOperation")

    assert revoked(stock.plane, serial, "keyCompromise").reason == "keyCompromise"
    assert stock.plane.stores.compromised_keys.contains(parse(lost).spki_sha256)


def test_what_it_costs_to_store_a_serial_again(stock: Stock) -> None:
    stock.scanned(*lost_by_a_restore(stock, "a.example.com", "b.example.com"))
    with metered(stock.plane.pki.database.client) as meter:
        stock.maintained()

    assert (meter.by_table["serials"], meter.by_table["inventory"]) == (2 * 3, 2 * 4), meter.writes
    assert meter.by_table["state"] == 2, "once, with the alert"
