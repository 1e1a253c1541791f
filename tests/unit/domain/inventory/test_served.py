"""What a probe means for an endpoint, given what it should serve."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.inventory.endpoints.damping import Damped, Rhythm, Sight
from certctl.domain.inventory.endpoints.endpoints import Endpoint, Expected
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.probes import (
    AddressProbe,
    Handshake,
    Offer,
    Probe,
    ProbeError,
    ServedLeaf,
)
from certctl.domain.inventory.endpoints.served import (
    Attached,
    Expectation,
    IssuedVersion,
    is_due_from,
    looks,
    states_after,
)
from certctl.domain.notifications.statuses import Severity

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OLD = IssuedVersion("old", NOW - 60 * DAY, NOW + 30 * DAY)
NEW = IssuedVersion("new", NOW - 2 * DAY, NOW + 88 * DAY)
SHOP = Attached("mc-1", "new", (OLD, NEW), "ECDSA", "CN=Issuing")
ENDPOINT = Endpoint(
    "ep-1",
    "shop.example.com",
    443,
    "public",
    "t-1",
    "o-1",
    NOW,
    certificate_ids=("mc-1",),
    expected=Expected.VERSION,
)


def leaf(
    fingerprint: str = "new", *faults: Finding, key: str = "ECDSA", issuer: str = "CN=Issuing"
) -> ServedLeaf:
    ends = {"old": OLD, "new": NEW}.get(fingerprint, NEW).not_after
    return ServedLeaf(fingerprint, key, issuer, ends, frozenset(faults))


def at(address: str, *leaves: ServedLeaf | None) -> AddressProbe:
    """An address that shows leaves; None for a handshake that was refused."""
    shown = [
        Handshake(Offer.DEFAULT, leaf=each, error=None if each else ProbeError.REFUSED) for each in leaves
    ]
    return AddressProbe(address, tuple(shown))


def seen(
    *addresses: AddressProbe, endpoint: Endpoint = ENDPOINT, attached: Sequence[Attached] = (SHOP,)
) -> dict[Finding, Sight]:
    found = looks(Expectation(endpoint, tuple(attached), NOW), Probe("ep-1", NOW, addresses))
    return {finding: look.sight for (finding, _), look in found.items()}


def test_the_newest_version_is_as_it_should_be() -> None:
    assert seen(at("192.0.2.1", leaf())) == {}


def test_an_older_version_is_stale_a_day_after_the_issuance() -> None:
    assert seen(at("192.0.2.1", leaf("old"))) == {Finding.STALE: Sight.BAD}
    fresh = replace(SHOP, versions=(OLD, replace(NEW, issued_at=NOW - timedelta(hours=23))))
    assert seen(at("192.0.2.1", leaf("old")), attached=[fresh]) == {Finding.STALE: Sight.WAITING}


def test_one_bad_address_of_several_is_enough() -> None:
    found = looks(
        Expectation(ENDPOINT, (SHOP,), NOW),
        Probe("ep-1", NOW, (at("192.0.2.1", leaf()), at("192.0.2.2", leaf("old")))),
    )
    assert found[Finding.STALE, "mc-1"].addresses == ("192.0.2.2",)


@pytest.mark.parametrize(
    ("left", "deployed_after", "wait"),
    [
        (30 * DAY, None, DAY),
        (30 * DAY, 2 * MINUTE, 17 * MINUTE),
        (30 * DAY, -5 * MINUTE, DAY),
        (3 * timedelta(hours=4), None, timedelta(hours=4)),
        (30 * MINUTE, 0 * MINUTE, 10 * MINUTE),
        (-DAY, None, 0 * DAY),
    ],
)
def test_waiting_takes_a_day_or_a_quarter_of_an_hour_after_a_deployment_and_a_third_of_what_is_left(
    left: timedelta, deployed_after: timedelta | None, wait: timedelta
) -> None:
    deployed_at = None if deployed_after is None else NOW + deployed_after
    served = IssuedVersion("old", NOW - 60 * DAY, NOW + left)
    assert is_due_from(served, IssuedVersion("new", NOW, NOW + 90 * DAY), deployed_at) == NOW + wait


def test_a_further_issuance_does_not_begin_the_wait_again() -> None:
    newest = IssuedVersion("newest", NOW - timedelta(hours=1), NOW + 90 * DAY)
    renewed = replace(SHOP, current="newest", versions=(OLD, NEW, newest))
    assert seen(at("192.0.2.1", leaf("old")), attached=[renewed]) == {Finding.STALE: Sight.BAD}
    assert seen(at("192.0.2.1", leaf("new")), attached=[renewed]) == {Finding.STALE: Sight.WAITING}


def test_a_version_that_is_current_again_is_not_stale() -> None:
    back = replace(SHOP, current="old", versions=(OLD, replace(NEW, is_revoked=True)))
    assert seen(at("192.0.2.1", leaf("old")), attached=[back]) == {}
    assert seen(at("192.0.2.1", leaf("new")), attached=[back]) == {Finding.REVOKED: Sight.BAD}


def test_a_revoked_older_version_is_revoked_and_not_stale_as_well() -> None:
    compromised = replace(SHOP, versions=(replace(OLD, is_revoked=True), NEW))
    assert seen(at("192.0.2.1", leaf("old")), attached=[compromised]) == {Finding.REVOKED: Sight.BAD}


def test_a_certificate_of_another_record_is_unexpected_and_nothing_besides() -> None:
    stranger = leaf("other", Finding.UNTRUSTED, Finding.NAME_MISMATCH)
    assert seen(at("192.0.2.1", stranger)) == {Finding.UNEXPECTED: Sight.BAD}


def test_any_valid_certificate_of_the_expected_issuer_is_enough() -> None:
    behind_a_cdn = replace(ENDPOINT, expected=Expected.ISSUER)
    assert seen(at("192.0.2.1", leaf("other")), endpoint=behind_a_cdn) == {}
    assert seen(at("192.0.2.1", leaf("old")), endpoint=behind_a_cdn) == {}
    stranger = leaf("other", issuer="CN=Stranger")
    assert seen(at("192.0.2.1", stranger), endpoint=behind_a_cdn) == {Finding.UNEXPECTED: Sight.BAD}


def test_any_valid_certificate_is_enough_for_a_free_endpoint() -> None:
    free = replace(ENDPOINT, certificate_ids=(), expected=Expected.ANY_VALID)
    assert seen(at("192.0.2.1", leaf("other")), endpoint=free, attached=[]) == {}
    bad = leaf("other", Finding.WEAK)
    assert seen(at("192.0.2.1", bad), endpoint=free, attached=[]) == {Finding.WEAK: Sight.BAD}


def test_each_of_two_certificates_has_its_own_findings() -> None:
    of_rsa = IssuedVersion("rsa-2", NOW - 2 * DAY, NOW + 88 * DAY)
    rsa = Attached("mc-2", "rsa-2", (IssuedVersion("rsa-1", NOW - 60 * DAY, NOW + DAY), of_rsa), "RSA")
    dual = Expectation(replace(ENDPOINT, certificate_ids=("mc-1", "mc-2")), (SHOP, rsa), NOW)
    old = replace(leaf("rsa-1"), not_after=NOW + DAY)
    found = looks(dual, Probe("ep-1", NOW, (at("192.0.2.1", leaf(), old),)))
    assert set(found) == {(Finding.STALE, "mc-2")}
    assert found[Finding.STALE, "mc-2"].severity is Severity.CRITICAL


def test_old_protocols_are_a_finding_and_their_refusal_is_none() -> None:
    accepted = Handshake(Offer.TLS_1_1, "TLSv1.1", leaf())
    refused = Handshake(Offer.TLS_1_1, None, None, ProbeError.TLS)
    assert seen(AddressProbe("192.0.2.1", (accepted,))) == {Finding.OLD_PROTOCOL: Sight.BAD}
    assert seen(AddressProbe("192.0.2.1", (Handshake(Offer.DEFAULT, "TLSv1.3", leaf()), refused))) == {}


def test_no_certificate_anywhere_is_unreachable_and_one_anywhere_is_not() -> None:
    assert seen(at("192.0.2.1", None), at("192.0.2.2", None)) == {Finding.UNREACHABLE: Sight.BAD}
    assert seen(at("192.0.2.1", None), at("192.0.2.2", leaf())) == {}


def test_an_address_that_the_prober_cannot_see_is_no_finding() -> None:
    assert seen(AddressProbe("2001:db8::1")) == {}
    assert seen() == {}


def test_a_failed_handshake_that_showed_a_certificate_counts() -> None:
    mutual = Handshake(Offer.DEFAULT, None, leaf("old"), ProbeError.TLS)
    assert seen(AddressProbe("192.0.2.1", (mutual,))) == {Finding.STALE: Sight.BAD}


OPEN = Damped(
    Finding.STALE,
    "mc-1",
    opened_at=NOW - DAY,
    addresses=("192.0.2.2",),
    offers=(Offer.DEFAULT, Offer.RSA),
)


def after(*addresses: AddressProbe) -> Damped:
    endpoint = replace(ENDPOINT, findings=(OPEN,))
    expectation = Expectation(endpoint, (SHOP,), NOW)
    probe = Probe("ep-1", NOW, addresses)
    (state,) = states_after(expectation, probe, Rhythm(NOW, endpoint.interval, NOW - 15 * MINUTE))
    return state


def with_both_offers(address: str) -> AddressProbe:
    return AddressProbe(
        address, (Handshake(Offer.DEFAULT, leaf=leaf()), Handshake(Offer.RSA, error=ProbeError.TLS))
    )


def test_a_good_probe_has_tried_every_offer_that_was_bad() -> None:
    assert after(with_both_offers("192.0.2.2")).good_since == NOW
    assert after(at("192.0.2.2", leaf())) == OPEN


def test_a_good_probe_has_reached_every_address_that_was_bad() -> None:
    assert after(with_both_offers("192.0.2.1"), at("192.0.2.2", None)) == OPEN
    assert after(with_both_offers("192.0.2.2"), at("192.0.2.1", None)).good_since == NOW


def test_an_address_that_the_name_has_lost_holds_nothing_open() -> None:
    assert after(with_both_offers("192.0.2.9")).good_since == NOW
