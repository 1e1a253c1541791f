"""Certificates of other CAs that endpoints serve are looked for in the CRL that they name, or asked for by
OCSP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.connectors.relying_party import relying_party
from certctl.domain.inventory.endpoints.endpoints import Endpoint
from certctl.domain.inventory.endpoints.probes import Offer
from certctl.services.inventory.foreign_revocations import LARGEST_CRL, ForeignRevocations
from tests.support.functions.control_plane import ControlPlane
from tests.support.served.foreign_ca import ForeignCa
from tests.support.served.private_pki import ders, root
from tests.support.served.probers import Watched

DAY = timedelta(days=1)


@pytest.fixture
def ca(plane: ControlPlane) -> Iterator[ForeignCa]:
    plane.pki.clock.advance(timedelta(hours=1))  # answers of OCSP are made by the real clock
    made = ForeignCa(plane.pki.clock)
    with made.server.running():
        yield made


@pytest.fixture
def watched(plane: ControlPlane, ca: ForeignCa, tmp_path: Path) -> Iterator[Watched]:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(ca.issuer.certificate.public_bytes(Encoding.PEM))
    party = relying_party(("127.0.0.0/8",), LARGEST_CRL)
    yield Watched(plane, str(roots), ForeignRevocations(party, plane.pki.clock))
    party.close()


def probed(watched: Watched, endpoint: Endpoint, leaf: x509.Certificate, *, times: int = 2) -> list[str]:
    """The findings after some probes, five minutes apart. Each has several offers, as the daily ones that
    are always judged."""
    for _ in range(times):
        watched.probed(endpoint, ders(leaf), offers=(Offer.DEFAULT, Offer.ECDSA))
    return watched.findings(endpoint)


def notes(watched: Watched, endpoint: Endpoint) -> tuple[str, ...]:
    (showing,) = watched.now(endpoint).showing
    return showing.notes


@pytest.mark.parametrize("by_ocsp", [False, True], ids=["CRL", "OCSP"])
def test_a_certificate_that_its_ca_has_revoked_is_one_alert_which_another_one_resolves(
    watched: Watched, ca: ForeignCa, by_ocsp: bool
) -> None:
    endpoint, leaf = watched.endpoint(), ca.leaf(by_ocsp=by_ocsp)
    assert probed(watched, endpoint, leaf) == []

    ca.revoked.append(leaf)
    watched.plane.pki.clock.advance(DAY)
    assert probed(watched, endpoint, leaf) == ["revoked"]

    ca.leaves.clear()
    assert probed(watched, endpoint, ca.leaf(by_ocsp=by_ocsp)) == []
    assert [(row.severity, row.action) for row in watched.alerts()] == [
        ("critical", "trigger"),
        ("critical", "resolve"),
    ]


def test_a_crl_is_fetched_once_a_day_for_all_that_name_it(watched: Watched, ca: ForeignCa) -> None:
    first, second = watched.endpoint(), watched.endpoint(host="api.example.com")
    one, other = ca.leaf(), ca.leaf()
    probed(watched, first, one, times=5)
    probed(watched, second, other, times=5)
    assert ca.asked == 1

    watched.plane.pki.clock.advance(DAY)
    ca.revoked.append(one)
    assert probed(watched, first, one) == ["revoked"]
    assert ca.asked == 2


def test_a_ca_that_is_silent_ends_no_finding_and_is_asked_again_after_an_hour(
    watched: Watched, ca: ForeignCa
) -> None:
    endpoint, leaf = watched.endpoint(), ca.leaf()
    ca.revoked.append(leaf)
    probed(watched, endpoint, leaf)
    watched.plane.pki.clock.advance(DAY)
    ca.body = b"an error page"
    asked = ca.asked

    assert probed(watched, endpoint, leaf, times=4) == ["revoked"]

    assert ca.asked == asked + 1
    watched.plane.pki.clock.advance(timedelta(hours=1))
    probed(watched, endpoint, leaf)
    assert ca.asked == asked + 2


_POINT = x509.IssuingDistributionPoint
_INVALID: dict[str, Callable[[ForeignCa], Any]] = {
    "signed by another key": lambda ca: setattr(ca, "signer", root("Elsewhere")),
    "expired": lambda ca: setattr(
        ca, "change", lambda b: b.last_update(ca.now() - 9 * DAY).next_update(ca.now() - DAY)
    ),
    "of CAs alone": lambda ca: setattr(
        ca,
        "change",
        lambda b: b.add_extension(_POINT(None, None, False, True, None, False, False), critical=True),
    ),
    "of another URL": lambda ca: setattr(
        ca,
        "change",
        lambda b: b.add_extension(
            _POINT(
                [x509.UniformResourceIdentifier("http://x.example/")], None, False, False, None, False, False
            ),
            critical=True,
        ),
    ),
    "a delta": lambda ca: setattr(
        ca, "change", lambda b: b.add_extension(x509.DeltaCRLIndicator(1), critical=True)
    ),
    "garbage": lambda ca: setattr(ca, "body", b"\x30\x80" * 10_000),
    "over 10 MiB": lambda ca: setattr(ca, "body", bytes(LARGEST_CRL + 1)),
}


@pytest.mark.parametrize("fault", _INVALID)
def test_a_crl_that_cannot_be_relied_on_is_a_note(watched: Watched, ca: ForeignCa, fault: str) -> None:
    endpoint, leaf = watched.endpoint(), ca.leaf()
    ca.revoked.append(leaf)
    _INVALID[fault](ca)

    assert probed(watched, endpoint, leaf) == []

    assert notes(watched, endpoint) == ("revocation_unknown",)


def test_a_run_asks_for_a_minute_at_most(watched: Watched, ca: ForeignCa) -> None:
    seconds = count(0, 40)
    assert watched.revocations is not None
    slow = replace(watched, revocations=replace(watched.revocations, timer=lambda: next(seconds)))
    endpoint = slow.endpoint()
    for leaf in (ca.leaf(by_ocsp=True), ca.leaf(), ca.leaf(by_ocsp=True)):
        slow.probed(endpoint, ders(leaf), after=timedelta(seconds=30))
    assert ca.asked == 2

    probed(slow, endpoint, ca.leaves[-1])
    assert ca.asked == 3


def test_nothing_is_fetched_for_a_chain_that_nobody_trusts(watched: Watched, ca: ForeignCa) -> None:
    """Else any server could choose what is fetched."""
    ca.issuer = root("Elsewhere")
    assert probed(watched, watched.endpoint(), ca.leaf()) == ["untrusted"]
    assert ca.asked == 0


def test_nothing_is_fetched_for_certificates_of_the_stack(watched: Watched, ca: ForeignCa) -> None:
    certificate = watched.plane.issued("www.example.com")
    endpoint = watched.endpoint(certificate)
    watched.probed(endpoint, watched.chain(certificate))
    assert notes(watched, endpoint) == ()


def test_an_address_that_is_not_public_is_not_asked(
    plane: ControlPlane, ca: ForeignCa, tmp_path: Path
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_bytes(ca.issuer.certificate.public_bytes(Encoding.PEM))
    watched = Watched(plane, str(roots), ForeignRevocations(relying_party((), LARGEST_CRL), plane.pki.clock))
    endpoint = watched.endpoint()
    probed(watched, endpoint, ca.leaf())
    assert (notes(watched, endpoint), ca.asked) == (("revocation_unknown",), 0)
