"""When endpoints are probed, and with what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certctl.domain.inventory.endpoints.damping import Damped
from certctl.domain.inventory.endpoints.endpoints import Endpoint, offers_of
from certctl.domain.inventory.endpoints.findings import Finding
from certctl.domain.inventory.endpoints.probes import Offer

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
FREE = Endpoint("ep-1", "shop.example.com", 443, "public", "t-1", "o-1", NOW)
ATTACHED = replace(FREE, certificate_ids=("mc-1",))


def test_once_a_day_a_probe_tries_each_kind_of_key_and_old_protocols() -> None:
    everything = (Offer.DEFAULT, Offer.RSA, Offer.ECDSA, Offer.TLS_1_1)
    assert offers_of((), None, NOW) == everything
    assert offers_of((), NOW - 24 * HOUR, NOW) == everything
    assert offers_of((), NOW - 23 * HOUR, NOW) == (Offer.DEFAULT,)


def test_an_open_finding_is_looked_for_as_it_was_found() -> None:
    open_ = Damped(Finding.OLD_PROTOCOL, opened_at=NOW, offers=(Offer.TLS_1_1,))
    closed = replace(open_, closed_at=NOW, offers=(Offer.RSA,))
    assert offers_of((open_, closed), NOW, NOW) == (Offer.DEFAULT, Offer.TLS_1_1)


@pytest.mark.parametrize(
    ("host", "server_name", "text"),
    [
        ("shop.example.com", "", "shop.example.com:443"),
        ("2001:db8::1", "shop.example.com", "[2001:db8::1]:443 (shop.example.com)"),
    ],
)
def test_people_read_host_port_and_a_different_name(host: str, server_name: str, text: str) -> None:
    assert replace(FREE, host=host, server_name=server_name).text == text
