"""No hostile URL causes a connection, whatever address DNS returns."""

import socket
from collections.abc import Iterator

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy, Refusal, UrlRefused
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.timed_socket import tcp_connect
from tests.support.channels.hostile_urls import (
    HOSTILE_ANSWERS,
    HOSTILE_URLS,
    MALFORMED_URLS,
    PUBLIC,
    credulous_dns,
)
from tests.support.channels.receivers import Nat, Receiver, ScriptedDns, answers

HEADERS = {"Content-Type": "application/json"}
SECONDS = 5.0


@pytest.fixture
def canary() -> Iterator[Receiver]:
    with Receiver().running() as receiver:
        yield receiver


def heard(canary: Receiver) -> int:
    """Connections before this one. A listening socket's queue is in order: none is still on its way."""
    before = 1
    with socket.create_connection(("127.0.0.1", canary.port)) as own:
        own.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        assert own.recv(1)
    return canary.connections - before


def post(url: str, canary: Receiver, guard: AddressGuard) -> tuple[HttpFailed, Nat]:
    nat = Nat(canary.port, tcp_connect)
    with pytest.raises(HttpFailed) as failure:
        OutboundHttp(guard, connect=nat).post(url, HEADERS, b"{}", SECONDS)
    return failure.value, nat


def test_the_corpus_is_large_and_without_repetition() -> None:
    urls = [*HOSTILE_URLS, *(url for url, _ in HOSTILE_ANSWERS)]
    assert len(HOSTILE_URLS) >= 250
    assert len(set(urls)) == len(urls)


def test_no_hostile_url_reaches_the_canary(canary: Receiver) -> None:
    guard = AddressGuard(GuardPolicy.for_stack(), credulous_dns)
    for text in HOSTILE_URLS:
        failure, nat = post(text.replace("PORT", str(canary.port)), canary, guard)
        assert (failure.kind, nat.asked) == (FailureKind.REFUSED, []), text
    assert heard(canary) == 0


def test_no_hostile_answer_of_dns_reaches_the_canary(canary: Receiver) -> None:
    for text, addresses in HOSTILE_ANSWERS:

        def dns(host: str, port: int, found: tuple[str, ...] = addresses) -> list[str]:
            return list(found)

        guard = AddressGuard(GuardPolicy.for_stack(), dns)
        failure, nat = post(text.replace("PORT", str(canary.port)), canary, guard)
        assert (failure.kind, nat.asked) == (FailureKind.REFUSED, []), text
    assert heard(canary) == 0


def test_what_is_refused_at_send_is_refused_at_save() -> None:
    guard = AddressGuard(GuardPolicy.for_stack(), credulous_dns)
    for text in HOSTILE_URLS:
        with pytest.raises(UrlRefused):
            guard.check_url(text.replace("PORT", "8443"))


def test_a_malformed_url_is_refused_although_dns_would_answer_with_a_public_address() -> None:
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]), lambda host, port: [PUBLIC])
    for text in MALFORMED_URLS:
        with pytest.raises(UrlRefused) as refusal:
            guard.check_url(text.replace("PORT", "8443"))
        assert refusal.value.reason is Refusal.MALFORMED, text


def test_opening_a_private_network_opens_nothing_else(canary: Receiver) -> None:
    guard = AddressGuard(GuardPolicy.for_stack(["10.0.0.0/8"]), credulous_dns)
    for text in HOSTILE_URLS:
        if "https://10." in text:
            continue
        _, nat = post(text.replace("PORT", str(canary.port)), canary, guard)
        assert nat.asked == [], text
    assert heard(canary) == 0


def test_the_canary_detects_an_admitted_connection(canary: Receiver) -> None:
    """The control: without it, zero connections could mean a deaf canary."""
    guard = AddressGuard(GuardPolicy.for_stack(), lambda host, port: [PUBLIC])
    _, nat = post(f"https://hooks.example:{canary.port}/", canary, guard)
    assert nat.asked == [(PUBLIC, canary.port)]
    assert heard(canary) == 1


def test_a_name_that_rebinds_after_it_was_saved_is_refused_at_send(canary: Receiver) -> None:
    dns = ScriptedDns({"rebind.example": [[PUBLIC], ["127.0.0.1"]]})
    guard = AddressGuard(GuardPolicy.for_stack(), dns)
    url = f"https://rebind.example:{canary.port}/"
    guard.check_url(url)
    failure, _ = post(url, canary, guard)
    assert failure.kind is FailureKind.REFUSED
    assert heard(canary) == 0


def test_a_name_that_rebinds_between_check_and_connect_is_looked_up_once(canary: Receiver) -> None:
    dns = ScriptedDns({"rebind.example": [[PUBLIC], ["127.0.0.1"]]})
    guard = AddressGuard(GuardPolicy.for_stack(), dns)
    _, nat = post(f"https://rebind.example:{canary.port}/", canary, guard)
    assert dns.asked == ["rebind.example"]
    assert nat.asked == [(PUBLIC, canary.port)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_canary_is_not_followed(canary: Receiver, status: int) -> None:
    location = {"Location": canary.url("/stolen")}
    guard = AddressGuard(GuardPolicy.for_local_mode(["127.0.0.0/8"]))
    with Receiver(answers(status, b"", location)).running() as receiver:
        reply = OutboundHttp(guard).post(receiver.url(), HEADERS, b"{}", SECONDS)
    assert reply.status == status
    assert heard(canary) == 0
