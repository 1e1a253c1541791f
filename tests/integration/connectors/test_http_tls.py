"""Pinning with TLS: the connection goes to the checked address, and the certificate is verified for the
name."""

import time
from pathlib import Path

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.adapter import OutboundHttp
from certctl.connectors.http.failures import FailureKind, HttpFailed
from certctl.connectors.http.timed_socket import tcp_connect
from certctl.connectors.http.tls_contexts import default_tls_context
from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.channels.hostile_urls import PUBLIC
from tests.support.channels.receivers import Nat, Receiver, ScriptedDns, drips

DNS = ScriptedDns({"hooks.example": [[PUBLIC]], "other.example": [[PUBLIC]]})
GUARD = AddressGuard(GuardPolicy.for_stack(), DNS)


@pytest.fixture
def identity(tmp_path: Path) -> TlsIdentity:
    return tls_identity(tmp_path, "hooks.example")


def failing_post(http: OutboundHttp, url: str, deadline: float = 5.0) -> HttpFailed:
    with pytest.raises(HttpFailed) as failure:
        http.post(url, {}, b"{}", deadline)
    return failure.value


def test_name_indication_certificate_and_host_header_follow_the_name(identity: TlsIdentity) -> None:
    with Receiver(tls=identity.server).running() as receiver:
        nat = Nat(receiver.port, tcp_connect)
        http = OutboundHttp(GUARD, connect=nat, tls_context=lambda: identity.client)
        reply = http.post("https://Hooks.Example./services/T0/B0", {}, b"{}", 5.0)
    assert (reply.status, reply.body) == (200, b"ok")
    assert nat.asked == [(PUBLIC, 443)]
    assert receiver.hellos == ["hooks.example"]
    assert receiver.received[0].headers["host"] == "hooks.example"


def test_a_certificate_for_another_name_is_refused(identity: TlsIdentity) -> None:
    with Receiver(tls=identity.server).running() as receiver:
        nat = Nat(receiver.port, tcp_connect)
        http = OutboundHttp(GUARD, connect=nat, tls_context=lambda: identity.client)
        failure = failing_post(http, "https://other.example/s3cr3t")
    assert failure.kind is FailureKind.TLS
    assert failure.detail == "the server's certificate was refused: it is for another host"
    assert receiver.received == []


def test_a_certificate_of_an_unknown_issuer_is_refused(identity: TlsIdentity) -> None:
    with Receiver(tls=identity.server).running() as receiver:
        http = OutboundHttp(GUARD, connect=Nat(receiver.port, tcp_connect), tls_context=default_tls_context)
        failure = failing_post(http, "https://hooks.example/s3cr3t")
    assert failure.kind is FailureKind.TLS
    assert failure.detail == "the server's certificate was refused: it is self-signed"
    assert receiver.received == []


def test_a_drip_inside_tls_ends_at_the_deadline(identity: TlsIdentity) -> None:
    slow = drips(b"X", at_once=b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    with Receiver(slow, tls=identity.server).running() as receiver:
        nat = Nat(receiver.port, tcp_connect)
        http = OutboundHttp(GUARD, connect=nat, tls_context=lambda: identity.client)
        started = time.monotonic()
        failure = failing_post(http, "https://hooks.example/", 0.6)
        elapsed = time.monotonic() - started
    assert failure.kind is FailureKind.TIMEOUT
    assert 0.6 <= elapsed < 5.6  # without it, a quarter of an hour
