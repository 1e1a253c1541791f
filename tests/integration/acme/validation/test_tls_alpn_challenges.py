"""tls-alpn-01 against servers that are right, wrong, slow or hostile."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from socket import socket

import pytest

from certctl.connectors.acme.paths import Ports
from certctl.domain.acme.challenges import Outcome, Proof, Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.name_servers import NameServer
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.alpn import Shown, alpn_server
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.proofs import proof, refusal, validator
from tests.support.probing.servers import Conversation, saying, serving, silent

SHORT = 0.8
SLACK = 5.0
PROOF = proof(ChallengeType.TLS_ALPN_01)


@pytest.fixture
def dns() -> DnsServer:
    server = DnsServer()
    server.add("www.example.com", "A", "127.0.0.1")
    return server


@pytest.fixture
def name_server(dns: DnsServer) -> Iterator[NameServer]:
    with dns.running() as running:
        yield running


def outcome(
    name_server: NameServer, converse: Conversation, wanted: Proof = PROOF, seconds: float = 10.0
) -> Outcome:
    with serving(converse) as port:
        return validator(name_server, Ports(port, port), seconds=seconds).outcome(wanted)


def test_a_self_signed_certificate_with_the_digest_proves_the_name(
    name_server: NameServer, tmp_path: Path
) -> None:
    seen: list[str | None] = []
    server = alpn_server(Shown().written(tmp_path), seen)
    assert outcome(name_server, server) == Validated()
    assert seen == ["www.example.com"]


def test_an_address_is_named_by_its_reverse_name(name_server: NameServer, tmp_path: Path) -> None:
    seen: list[str | None] = []
    server = alpn_server(Shown(names=("127.0.0.1",)).written(tmp_path), seen)
    wanted = proof(ChallengeType.TLS_ALPN_01, "127.0.0.1", is_address=True)
    assert outcome(name_server, server, wanted) == Validated()
    assert seen == ["1.0.0.127.in-addr.arpa"]


def test_a_certificate_for_another_name_is_no_proof(name_server: NameServer, tmp_path: Path) -> None:
    server = alpn_server(Shown(names=("other.example.com",)).written(tmp_path), [])
    assert refusal(outcome(name_server, server)) is ProblemType.INCORRECT_RESPONSE


@pytest.mark.parametrize("protocols", [(), ("http/1.1",)])
def test_a_server_that_does_not_know_the_protocol_is_a_tls_problem(
    name_server: NameServer, tmp_path: Path, protocols: Sequence[str]
) -> None:
    server = alpn_server(Shown().written(tmp_path), [], protocols)
    assert refusal(outcome(name_server, server)) is ProblemType.TLS


def test_a_server_without_tls_is_a_tls_problem(name_server: NameServer) -> None:
    assert refusal(outcome(name_server, saying(b"220 secret ESMTP\r\n", 1))) is ProblemType.TLS


def dripping(connection: socket) -> None:
    """A record of TLS that announces 16 kB, and its bytes one by one."""
    connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    connection.settimeout(0.1)
    while True:
        connection.sendall(b"\x00")
        try:
            if not connection.recv(65_536):
                return
        except TimeoutError:
            continue


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_server_ends_at_the_deadline(name_server: NameServer, slow: Conversation) -> None:
    started = time.monotonic()
    assert refusal(outcome(name_server, slow, seconds=SHORT)) in (ProblemType.CONNECTION, ProblemType.TLS)
    assert time.monotonic() - started < SHORT + SLACK


def test_a_private_address_is_refused_without_its_network(name_server: NameServer, tmp_path: Path) -> None:
    seen: list[str | None] = []
    with serving(alpn_server(Shown().written(tmp_path), seen)) as port:
        refused = validator(name_server, Ports(port, port), cidrs=()).outcome(PROOF)
    assert refusal(refused) is ProblemType.CONNECTION
    assert seen == []


def test_a_name_is_looked_up_once_so_that_it_cannot_be_bound_again(
    dns: DnsServer, name_server: NameServer, tmp_path: Path
) -> None:
    dns.take_turns("www.example.com", "A", "127.0.0.1", "127.0.0.2")
    assert outcome(name_server, alpn_server(Shown().written(tmp_path), [])) == Validated()
    assert dns.count("www.example.com", "A") == 1


def test_a_name_without_address_is_a_dns_problem(dns: DnsServer, name_server: NameServer) -> None:
    wanted = proof(ChallengeType.TLS_ALPN_01, "missing.example.com")
    assert refusal(validator(name_server).outcome(wanted)) is ProblemType.DNS


def test_nobody_listening_is_a_failed_connection(name_server: NameServer) -> None:
    with serving(silent) as port:
        pass
    gone = validator(name_server, Ports(port, port))
    assert refusal(gone.outcome(PROOF)) is ProblemType.CONNECTION
