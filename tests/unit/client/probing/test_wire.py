"""Orders and reports in JSON."""

from datetime import UTC, datetime

import pytest

from certctl_client.probing.probes import AddressProbe, Fault, Handshake, Offer, Order, Probe, StartTls
from certctl_client.probing.wire import order_of, report_of

_ORDER = {"endpoint_id": "ep-1", "host": "mx.example.com", "port": 25, "sni": None, "starttls": "smtp"}
_AT = datetime(2026, 11, 30, 17, tzinfo=UTC)


def test_an_order_without_offers_has_the_default_offer() -> None:
    assert order_of(_ORDER) == Order("mx.example.com", 25, "", StartTls.SMTP, (Offer.DEFAULT,), "ep-1")


def test_offers_of_a_later_release_are_left_out() -> None:
    assert order_of({**_ORDER, "offers": ["default", "ml-dsa", "tls1.1"]}).offers == (
        Offer.DEFAULT,
        Offer.TLS_1_1,
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"host": 7},
        {"host": "x" * 254},
        {"port": 65_536},
        {"port": "25"},
        {"starttls": "gopher"},
        {"sni": ["x"]},
    ],
)
def test_what_is_no_order_is_a_value_error(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - enums have words of their own
        order_of({**_ORDER, **broken})


def test_a_report_has_what_each_address_showed() -> None:
    good = Handshake(Offer.DEFAULT, "TLSv1.3", "TLS_AES_128_GCM_SHA256", (b"leaf", b"ca"))
    bad = Handshake(Offer.RSA, fault=Fault.TLS, detail="no shared cipher")
    probe = Probe(order_of(_ORDER), _AT, [AddressProbe("192.0.2.1", [good, bad])])
    assert report_of(probe) == {
        "endpoint_id": "ep-1",
        "probed_at": "2026-11-30T17:00:00Z",
        "addresses": [
            {
                "address": "192.0.2.1",
                "handshakes": [
                    {"offer": "default", "version": "TLSv1.3", "chain": ["bGVhZg==", "Y2E="], "error": None},
                    {"offer": "rsa", "version": None, "chain": [], "error": "tls"},
                ],
            }
        ],
    }


def test_an_address_without_a_route_is_not_seen_from_here() -> None:
    unseen = AddressProbe("2001:db8::1", [Handshake(Offer.DEFAULT, fault=Fault.NO_ROUTE)])
    report = report_of(Probe(order_of(_ORDER), _AT, [unseen]))
    assert report["addresses"] == [{"address": "2001:db8::1", "handshakes": []}]
