"""Which URLs a relying party may fetch, and which answers it takes."""

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, Refusal, UrlRefused
from certctl.connectors.http.adapter import HttpReply
from certctl.connectors.http.failures import NotFetched
from certctl.connectors.relying_party import PlainHttp, _require_whole


def _refusal(address: str, *private: str) -> Refusal | None:
    guard = AddressGuard(GuardPolicy.for_relying_party(private), lambda *_: [address])
    try:
        guard.resolve("http://pki.example.com/pki/ca-1/0.crl")
    except UrlRefused as refused:
        return refused.reason
    return None


def test_plain_http_reaches_public_addresses() -> None:
    assert _refusal("93.184.216.34") is None


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1"])
def test_it_reaches_no_other_address(address: str) -> None:
    assert _refusal(address) is Refusal.FORBIDDEN_ADDRESS


def test_it_reaches_a_private_network_that_the_stack_allows() -> None:
    assert _refusal("10.0.0.1", "10.0.0.0/8") is None
    assert _refusal("169.254.169.254", "0.0.0.0/0") is Refusal.FORBIDDEN_ADDRESS


def test_https_is_refused() -> None:
    with pytest.raises(UrlRefused):
        PlainHttp(()).resolve("https://93.184.216.34/pki/ca-1/0.crl")


@pytest.mark.parametrize(
    "reply",
    [
        HttpReply(404, {}, b"", 1),
        HttpReply(302, {"location": "http://elsewhere.example/"}, b"", 1),
        HttpReply(200, {"content-length": "5"}, b"cut", 1),
    ],
)
def test_only_a_whole_200_is_a_body(reply: HttpReply) -> None:
    with pytest.raises(NotFetched):
        _require_whole(reply)
