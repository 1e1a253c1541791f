"""What the guard lets through, and what an allow-list opens."""

from collections.abc import Sequence

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, Refusal, UrlRefused

PUBLIC = "93.184.216.34"


def guard(policy: GuardPolicy, *addresses: str) -> AddressGuard:
    return AddressGuard(policy, lambda host, port: addresses)


def refusal(subject: AddressGuard, url: str) -> Refusal:
    with pytest.raises(UrlRefused) as refused:
        subject.resolve(url)
    return refused.value.reason


STACK = GuardPolicy.for_stack()
OFFICE = GuardPolicy.for_stack(["10.1.0.0/16", "fd12:3456::/32"])
LOCAL = GuardPolicy.for_local_mode(["127.0.0.0/8", "10.1.0.0/16"])


def test_all_addresses_are_pinned_once_each_in_their_order() -> None:
    target = guard(STACK, PUBLIC, "2606:4700::1111", PUBLIC).resolve("https://Hooks.Example./a?b")
    assert target.addresses == (PUBLIC, "2606:4700::1111")
    assert (target.scheme, target.host, target.port, target.path) == ("https", "hooks.example", 443, "/a?b")


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://hooks.example/", "hooks.example"),
        ("https://hooks.example:443/", "hooks.example"),
        ("https://hooks.example:8443/", "hooks.example:8443"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ],
)
def test_the_host_header_names_the_port_where_it_is_unusual(url: str, authority: str) -> None:
    assert guard(STACK, PUBLIC).resolve(url).authority == authority


def test_a_literal_address_needs_no_resolver() -> None:
    def no_dns(host: str, port: int) -> Sequence[str]:
        raise AssertionError("looked up")

    assert AddressGuard(STACK, no_dns).resolve("https://1.1.1.1/").addresses == ("1.1.1.1",)


def test_one_bad_address_refuses_them_all() -> None:
    assert refusal(guard(STACK, PUBLIC, "10.1.0.1"), "https://a.example/") is Refusal.FORBIDDEN_ADDRESS


def test_an_allow_list_opens_its_networks_and_no_others() -> None:
    assert guard(OFFICE, "10.1.2.3", "fd12:3456::1").resolve("https://a.example/").addresses
    assert refusal(guard(OFFICE, "10.2.0.1"), "https://a.example/") is Refusal.FORBIDDEN_ADDRESS
    assert refusal(guard(OFFICE, "10.1.2.3", "10.2.0.1"), "https://a.example/") is Refusal.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "address",
    ["::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "2002:a01:203::", "::10.1.2.3", "2606:4700::5efe:10.1.2.3"],
)
def test_an_allow_list_of_ipv4_opens_no_disguise_of_it(address: str) -> None:
    assert refusal(guard(OFFICE, address), "https://a.example/") is Refusal.FORBIDDEN_ADDRESS


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "0.0.0.1",
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "ff02::1",
    ],
)
def test_no_allow_list_opens_metadata_or_what_is_no_host(address: str) -> None:
    everything = GuardPolicy.for_local_mode(["0.0.0.0/0", "::/0"])
    assert refusal(guard(everything, address), "https://a.example/") is Refusal.FORBIDDEN_ADDRESS


def test_http_needs_local_mode_and_an_open_loopback_address() -> None:
    url = "http://a.example/"
    assert guard(LOCAL, "127.0.0.1").resolve(url).port == 80
    assert refusal(guard(LOCAL, "10.1.2.3"), url) is Refusal.PLAIN_HTTP
    assert refusal(guard(LOCAL, PUBLIC), url) is Refusal.PLAIN_HTTP
    assert refusal(guard(LOCAL, "127.0.0.1", PUBLIC), url) is Refusal.PLAIN_HTTP
    assert refusal(guard(OFFICE, "10.1.2.3"), url) is Refusal.PLAIN_HTTP
    assert refusal(guard(GuardPolicy.for_local_mode([]), "127.0.0.1"), url) is Refusal.FORBIDDEN_ADDRESS


def test_http_is_refused_without_a_lookup_where_it_can_never_be_allowed() -> None:
    def no_dns(host: str, port: int) -> Sequence[str]:
        raise AssertionError("looked up")

    assert refusal(AddressGuard(STACK, no_dns), "http://a.example/") is Refusal.PLAIN_HTTP


@pytest.mark.parametrize("error", [OSError("gai"), UnicodeError("label too long"), TimeoutError()])
def test_a_name_that_cannot_be_resolved_has_a_reason_of_its_own(error: Exception) -> None:
    def failing(host: str, port: int) -> Sequence[str]:
        raise error

    assert refusal(AddressGuard(STACK, failing), "https://a.example/") is Refusal.UNRESOLVED


@pytest.mark.parametrize("addresses", [(), ("not an address",), (PUBLIC, "")])
def test_a_useless_answer_is_no_answer(addresses: tuple[str, ...]) -> None:
    assert refusal(guard(STACK, *addresses), "https://a.example/") is Refusal.UNRESOLVED
