"""Alerts of the inventory: each with its cause in one transaction, once."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certctl.crypto.inventory.facts import parse
from certctl.crypto.pem import load_certificates
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.errors import Unavailable
from certctl.domain.inventory.statuses import ObservedState
from certctl.domain.notifications.statuses import NotificationType
from certctl.domain.status.ocsp import StoredResponder
from certctl.services.status.ocsp_responders import OcspResponders
from certctl.store.certificates.search_rows import version_entries
from certctl.store.status.ocsp_responders import ResponderStore
from tests.support.aws.clients import client
from tests.support.functions.control_plane import ControlPlane
from tests.support.inventory.made import Maker
from tests.support.inventory.stock import DAY, HOUR, Stock, forged
from tests.support.served.private_pki import ders


@pytest.fixture
def stock(plane: ControlPlane) -> Stock:
    return Stock(plane)


def test_the_expiry_of_a_certificate_of_others_is_reported_at_each_threshold_once(stock: Stock) -> None:
    leaf = stock.leaf()
    stock.scanned(leaf)
    assert stock.maintained(59 * DAY).get("expiring") is None

    for wait in (DAY, 16 * DAY, 7 * DAY, 7 * DAY):
        assert stock.maintained(wait)["expiring"] == 1
        assert "expiring" not in stock.maintained(), "the same alert twice"

    alerts = stock.alerts(NotificationType.UNMANAGED_EXPIRY)
    assert [each.severity.value for each in alerts] == ["info", "warning", "critical", "critical"]
    assert len({each.dedup_key for each in alerts}) == 1
    assert stock.stored(leaf).alerted == ("30", "14", "7", "0")
    assert {each.team_id for each in alerts} == {"t-web"}


def test_what_had_expired_when_it_was_found_alerts_nobody(stock: Stock) -> None:
    leaf = stock.leaf(days=20)
    stock.plane.pki.clock.advance(21 * DAY)
    stock.scanned(leaf)

    stock.maintained(DAY)

    assert stock.alerts(NotificationType.UNMANAGED_EXPIRY) == []
    assert stock.stored(leaf).next_alert_at is None


def test_the_alert_ends_when_no_place_has_the_certificate(stock: Stock) -> None:
    leaf = stock.leaf()
    stock.scanned(leaf)
    stock.maintained(60 * DAY)

    stock.scanned()
    stock.maintained()
    stock.maintained()

    alert, end = stock.alerts(NotificationType.UNMANAGED_EXPIRY)
    assert (end.action, end.dedup_key) == ("resolve", alert.dedup_key)
    assert stock.stored(leaf).alerted == ()


def test_an_alert_that_could_not_be_stored_left_no_mark_and_is_sent_by_the_next_run(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock.scanned(stock.leaf())
    database = stock.plane.pki.database
    with monkeypatch.context() as broken:

        def refuse(*_: object) -> None:
            raise Unavailable("DynamoDB does not answer.")

        broken.setattr(type(database), "transact", refuse)
        stock.plane.pki.clock.advance(60 * DAY)
        assert stock.observed_alerts.run(lambda: True)["errors"] == 1

    assert stock.maintained()["expiring"] == 1
    assert len(stock.alerts(NotificationType.UNMANAGED_EXPIRY)) == 1


def test_a_certificate_that_our_ca_signed_and_nobody_issued_is_critical_and_told_once(stock: Stock) -> None:
    stock.scanned(forged(stock.plane))
    assert stock.maintained()["unknown"] == 1
    stock.maintained()

    (alert,) = stock.alerts(NotificationType.UNKNOWN_ISSUANCE)
    assert (alert.severity, alert.action) == ("critical", "trigger")


@pytest.mark.parametrize("copies", ["serial number", "serial number, key and end"])
def test_a_second_certificate_with_a_serial_number_that_was_issued_is_critical_and_told_once(
    stock: Stock, copies: str
) -> None:
    certificate = stock.plane.issued("www.example.com")
    pem = stock.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    genuine = load_certificates(pem.certificate_pem)[0]
    public_key = genuine.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    is_alike = copies != "serial number"
    second = forged(
        stock.plane,
        serial=certificate.serial_number,
        key=public_key if is_alike else None,
        ends=genuine.not_valid_after_utc if is_alike else None,
    )

    stock.scanned(*ders(genuine), second)

    assert stock.maintained()["second"] == 1
    assert stock.maintained() == {}
    (alert,) = stock.alerts(NotificationType.UNKNOWN_ISSUANCE)
    assert (alert.severity, alert.action) == ("critical", "trigger")
    assert "A second certificate has a serial number that was issued" in alert.subject
    assert [stock.stored(each).certificate_id for each in (*ders(genuine), second)] == [certificate.id, None]


def test_our_leaves_and_our_cas_are_no_unknown_issuance(stock: Stock) -> None:
    certificate = stock.plane.issued("www.example.com")
    pem = stock.plane.stores.certificates.pem(certificate.id, certificate.serial_number or "")
    assert pem is not None
    chain = ders(*load_certificates(pem.certificate_pem + pem.chain_pem))

    stock.scanned(*chain)

    assert stock.maintained(DAY) == {}
    assert {stock.stored(each).status.value for each in chain} == {"Managed"}


def _responder(plane: ControlPlane) -> StoredResponder:
    """The OCSP responder that the stack makes for its issuing CA."""
    store, keys = ResponderStore(plane.pki.database), plane.pki.keys
    responders = OcspResponders(
        plane.stores.authorities,
        store,
        lambda authority: keys[authority.key_arn],
        lambda key, _: key,
        plane.pki.clock,
        "issuing",
    )
    issuing = next(each for each in plane.stores.authorities.all() if each.role == "issuing")
    responders.renew_due()
    responder = store.get(issuing.ca_id)
    assert responder is not None
    return responder


@pytest.mark.parametrize("days", [0, 40], ids=["in use", "after its serial is forgotten"])
def test_our_ocsp_responder_is_no_unknown_issuance(stock: Stock, days: int) -> None:
    responder = _responder(stock.plane)
    stock.plane.pki.clock.advance(days * DAY)
    if days:  # as the time to live does
        key = {"ca_serial": {"S": f"{responder.ca_id}#{responder.serial_number}"}}
        client("dynamodb").delete_item(TableName="serials", Key=key)

    stock.scanned(responder.certificate)

    assert "unknown" not in stock.maintained()
    found = stock.stored(responder.certificate)
    assert (found.state, found.certificate_id) == (ObservedState.MANAGED, None)


def test_a_responder_that_somebody_made_with_our_key_is_an_unknown_issuance(stock: Stock) -> None:
    responder = _responder(stock.plane)
    key = {"ca_serial": {"S": f"{responder.ca_id}#{responder.serial_number}"}}
    client("dynamodb").delete_item(TableName="serials", Key=key)

    stock.scanned(responder.certificate)

    assert stock.maintained()["unknown"] == 1


def test_a_version_of_an_external_issuer_is_managed_by_its_fingerprint(stock: Stock) -> None:
    leaf, now = stock.leaf(), stock.plane.pki.clock()
    fingerprint = parse(leaf).fingerprint
    version = Version("mc-1", "4f2a", "ext", 0, "job-1", VersionState.ISSUED, now, now, now)
    rows = version_entries(replace(version, fingerprint_sha256=fingerprint))
    stock.plane.pki.database.transact(rows)

    stock.scanned(leaf, Maker().leaf("www.example.net"))

    known = stock.stored(leaf)
    assert (known.status.value, known.certificate_id, known.next_alert_at) == ("Managed", "mc-1", None)


def test_a_scope_that_is_silent_for_three_intervals_is_told_once_and_its_report_ends_it(
    stock: Stock,
) -> None:
    leaf = stock.leaf()
    stock.scanned(leaf)
    assert "silent" not in stock.maintained(3 * DAY - HOUR)
    assert stock.maintained(2 * HOUR)["silent"] == 1
    assert "silent" not in stock.maintained(DAY), "the same silence twice"
    assert stock.stored(leaf).sightings == 1, "a silent scope makes nothing Gone"

    stock.scanned(leaf)
    assert stock.maintained()["back"] == 1
    assert "back" not in stock.maintained(DAY)

    alert, end = stock.alerts(NotificationType.SOURCE_FAILURE)
    assert (alert.action, end.action, end.dedup_key) == ("trigger", "resolve", alert.dedup_key)
    assert "files of web-1" in alert.subject
