"""Which addresses are public, against Python's own tables and known cases."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl.domain.networks import is_never_allowed, is_public, networks_of

ADDRESSES_V4 = st.integers(0, 2**32 - 1).map(IPv4Address)
ADDRESSES_V6 = st.one_of(
    st.integers(0, 2**128 - 1).map(IPv6Address),
    st.integers(0x2000 << 112, (0x4000 << 112) - 1).map(IPv6Address),
    st.integers(0, 2**32 - 1).map(lambda low: IPv6Address((0x64FF9B << 96) | low)),
)


@given(st.one_of(ADDRESSES_V4, ADDRESSES_V6))
def test_no_public_address_is_special_to_python(address: IPv4Address | IPv6Address) -> None:
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_link_local
        assert not address.is_loopback


@given(ADDRESSES_V4)
def test_nat64_is_as_public_as_the_address_inside(address: IPv4Address) -> None:
    assert is_public(IPv6Address((0x64FF9B << 96) | int(address))) == is_public(address)


@given(ADDRESSES_V4)
def test_no_mapped_6to4_or_teredo_address_is_public(address: IPv4Address) -> None:
    inside = int(address)
    assert not is_public(IPv6Address((0xFFFF << 32) | inside))
    assert not is_public(IPv6Address(inside))
    assert not is_public(IPv6Address((0x2002 << 112) | (inside << 80)))
    assert not is_public(IPv6Address((0x20010000 << 96) | (inside ^ 0xFFFFFFFF)))


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1",
        "8.8.8.8",
        "11.0.0.1",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.1",
        "126.255.255.255",
        "128.0.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "223.255.255.254",
        "2606:4700::1111",
        "2a00:1450:4001::200e",
        "2600:1f18::1",
        "64:ff9b::8.8.8.8",
    ],
)
def test_an_address_of_the_internet_is_public(text: str) -> None:
    assert is_public(ip_address(text))
    assert not is_never_allowed(ip_address(text))


def test_a_network_with_host_bits_is_an_error() -> None:
    with pytest.raises(ValueError, match="host bits"):
        networks_of(["10.0.0.1/8"])


def test_an_empty_list_opens_nothing() -> None:
    assert networks_of(["", " "]) == ()
