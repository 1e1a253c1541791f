"""Which certificates have an endpoint as a place after a probe."""

from dataclasses import replace
from datetime import UTC, datetime

from certctl.domain.inventory.endpoints.endpoints import Endpoint, Showing, SightedLeaf
from certctl.domain.inventory.endpoints.probes import (
    AddressProbe,
    Handshake,
    Offer,
    Probe,
    ProbeError,
    ServedLeaf,
)
from certctl.domain.inventory.endpoints.sighted import MOST_SIGHTED, sighted_after

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BARE = Endpoint("ep-1", "shop.example.com", 443, "public", "t-1", "o-1", NOW)
ONE, OTHER = "192.0.2.1", "192.0.2.2"


def having(*leaves: str) -> Endpoint:
    return replace(BARE, sighted=tuple(SightedLeaf(each, key_of(each)) for each in sorted(leaves)))


def key_of(leaf: str) -> str:
    return "RSA" if leaf.startswith("rsa") else "ECDSA"


def shake(offer: Offer, leaf: str, error: ProbeError | None = None) -> Handshake:
    shown = ServedLeaf(leaf, key_of(leaf), "CN=Issuing", NOW) if leaf else None
    return Handshake(offer, leaf=shown, error=error)


def at(address: str, **leaves: str) -> AddressProbe:
    """What an address shows to each offer; `refused` and `timeout` are errors."""
    errors = {"refused": ProbeError.TLS, "timeout": ProbeError.TIMEOUT}
    shakes = [shake(Offer(o), "" if leaf in errors else leaf, errors.get(leaf)) for o, leaf in leaves.items()]
    return AddressProbe(address, tuple(shakes))


def after(endpoint: Endpoint, *addresses: AddressProbe) -> list[str]:
    return [each.fingerprint for each in sighted_after(endpoint, Probe("ep-1", NOW, addresses))]


def test_the_certificates_of_all_offers_are_sighted() -> None:
    assert after(BARE, at(ONE, default="ec-1", rsa="rsa-1", ecdsa="ec-1")) == ["ec-1", "rsa-1"]


def test_a_probe_that_shows_one_of_two_keys_ends_nothing() -> None:
    assert after(having("ec-1", "rsa-1"), at(ONE, default="ec-1")) == ["ec-1", "rsa-1"]


def test_a_new_certificate_ends_the_one_with_the_same_kind_of_key() -> None:
    assert after(having("ec-1", "rsa-1"), at(ONE, default="ec-2")) == ["ec-2", "rsa-1"]


def test_what_nothing_shows_that_was_asked_for_ends() -> None:
    everything = at(ONE, default="ec-1", rsa="refused", ecdsa="ec-1")
    assert after(having("ec-1", "rsa-1"), everything) == ["ec-1"]


def test_a_failed_handshake_ends_nothing() -> None:
    both = having("ec-1", "rsa-1")
    assert after(both, at(ONE, default="timeout")) == ["ec-1", "rsa-1"]
    assert after(both, at(ONE, default="ec-1", rsa="timeout", ecdsa="ec-1")) == ["ec-1", "rsa-1"]
    assert after(both, at(ONE, default="ec-2"), at(OTHER, default="timeout")) == ["ec-1", "ec-2", "rsa-1"]


def test_a_probe_that_saw_no_address_ends_nothing() -> None:
    assert after(having("ec-1"), AddressProbe(ONE)) == ["ec-1"]


def test_what_another_address_showed_stays_until_all_is_asked_for() -> None:
    rolled_out = replace(having("ec-1"), showing=(Showing(OTHER, ("ec-1",)),))
    assert after(rolled_out, at(ONE, default="ec-2")) == ["ec-1", "ec-2"]
    assert after(rolled_out, at(ONE, default="ec-2", rsa="refused", ecdsa="ec-2")) == ["ec-2"]


def test_a_server_with_a_certificate_for_each_handshake_has_few_places() -> None:
    addresses = [at(f"192.0.2.{number}", default=f"ec-{number}") for number in range(MOST_SIGHTED)]
    assert len(after(having("rsa-1"), *addresses)) == MOST_SIGHTED
    assert "rsa-1" not in after(having("rsa-1"), *addresses)
