"""http-01 against servers that are right, wrong, slow or hostile."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from certctl.connectors.acme.paths import Ports
from certctl.domain.acme.challenges import Refused, Validated
from certctl.domain.acme.name_servers import NameServer
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.proofs import KEY_AUTHORIZATION, LOOPBACK, PATH, proof, refusal, validator
from tests.support.agents.tls_identity import tls_identity
from tests.support.channels.receivers import (
    Behaviour,
    Receiver,
    answers,
    drips,
    floods,
    says_nothing,
    sends_raw,
)

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

SHORT = 0.8
SLACK = 5.0


@pytest.fixture
def dns() -> DnsServer:
    server = DnsServer()
    server.add("www.example.com", "A", "127.0.0.1")
    return server


@pytest.fixture
def name_server(dns: DnsServer) -> Iterator[NameServer]:
    with dns.running() as running:
        yield running


@pytest.fixture
def web() -> Iterator[Receiver]:
    with Receiver(answers(200, KEY_AUTHORIZATION)).running() as receiver:
        yield receiver


def ports(http: Receiver, tls: Receiver | None = None) -> Ports:
    return Ports(http.port, (tls or http).port)


def redirect(url: str, status: int = 302) -> Behaviour:
    return answers(status, b"elsewhere", {"Location": url})


def test_the_key_authorization_proves_the_name(name_server: NameServer, web: Receiver) -> None:
    assert validator(name_server, ports(web)).outcome(proof()) == Validated()
    (received,) = web.received
    assert (received.path, received.headers["host"]) == (PATH, f"www.example.com:{web.port}")


def test_white_space_after_the_key_authorization_is_ignored(name_server: NameServer, web: Receiver) -> None:
    web.behave(answers(200, KEY_AUTHORIZATION + b" \r\n\t\n"))
    assert validator(name_server, ports(web)).outcome(proof()) == Validated()


@pytest.mark.parametrize(
    "behaviour",
    [
        answers(200, b"secret of a private server"),
        answers(200, b" " + KEY_AUTHORIZATION),
        answers(200, KEY_AUTHORIZATION[:-1]),
        answers(200, KEY_AUTHORIZATION + b" " * 1024),
        answers(200, b"a" * 5_000_000),
        answers(404, KEY_AUTHORIZATION),
        answers(201, KEY_AUTHORIZATION),
        answers(302, b""),
        sends_raw(b"220 secret ESMTP\r\n"),
        floods(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a" * 65_536),
    ],
)
def test_another_answer_is_no_proof(name_server: NameServer, web: Receiver, behaviour: Behaviour) -> None:
    web.behave(behaviour)
    outcome = validator(name_server, ports(web)).outcome(proof())
    assert refusal(outcome) in (ProblemType.INCORRECT_RESPONSE, ProblemType.CONNECTION)


def test_a_refusal_quotes_nothing_of_the_answer(name_server: NameServer, web: Receiver) -> None:
    web.behave(answers(418, b"secret", {"X-Secret": "secret"}))
    outcome = validator(name_server, ports(web)).outcome(proof())
    assert outcome == Refused(ProblemType.INCORRECT_RESPONSE, "http-01: the server's status is not 200")


def test_redirects_are_followed_to_other_names_and_to_https(
    dns: DnsServer, name_server: NameServer, web: Receiver, tmp_path: Path
) -> None:
    dns.add("other.example.com", "A", "127.0.0.1")
    identity = tls_identity(tmp_path, "unrelated.example")
    with Receiver(answers(200, KEY_AUTHORIZATION), tls=identity.server).running() as secured:
        web.behave(
            redirect("/first", 301),
            redirect(f"http://other.example.com:{web.port}/second#part", 307),
            redirect(f"https://other.example.com:{secured.port}/third", 308),
        )
        assert validator(name_server, ports(web, secured)).outcome(proof()) == Validated()
    assert [each.path for each in web.received] == [PATH, "/first", "/second"]
    assert secured.received[0].path == "/third"


def test_ten_redirects_are_followed_and_the_server_s_address_is_kept(
    name_server: NameServer, web: Receiver
) -> None:
    web.behave(*[redirect("/again")] * 10, answers(200, KEY_AUTHORIZATION))
    outcome = validator(name_server, ports(web)).outcome(proof())
    assert isinstance(outcome, Validated)
    assert outcome.addresses == ("127.0.0.1",)


def test_an_eleventh_redirect_is_refused(name_server: NameServer, web: Receiver) -> None:
    web.behave(redirect("/again"))
    assert refusal(validator(name_server, ports(web)).outcome(proof())) is ProblemType.INCORRECT_RESPONSE
    assert len(web.received) == 11


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://0x7f.1/",
        "http://private.example.com/",
        "http://www.example.com:22/",
        "https://www.example.com:8443/",
        "ftp://www.example.com/",
        "file:///etc/passwd",
        "http://user@www.example.com/",
        "http://[www.example.com/",
        "//10.0.0.1/",
    ],
)
def test_a_redirect_that_leads_inside_is_refused(
    dns: DnsServer, name_server: NameServer, web: Receiver, url: str
) -> None:
    dns.add("private.example.com", "A", "192.168.1.1")
    web.behave(redirect(url))
    assert refusal(validator(name_server, ports(web)).outcome(proof())) is ProblemType.CONNECTION
    assert len(web.received) == 1


def test_a_private_address_is_refused_without_its_network(name_server: NameServer, web: Receiver) -> None:
    outcome = validator(name_server, ports(web), cidrs=()).outcome(proof())
    assert refusal(outcome) is ProblemType.CONNECTION
    assert web.connections == 0


def test_metadata_is_refused_whatever_networks_are_allowed(dns: DnsServer, name_server: NameServer) -> None:
    dns.add("www.example.com", "A", "169.254.169.254")
    outcome = validator(name_server, cidrs=("0.0.0.0/0",)).outcome(proof())
    assert refusal(outcome) is ProblemType.CONNECTION


def test_one_private_address_among_public_ones_refuses_all(
    dns: DnsServer, name_server: NameServer, web: Receiver
) -> None:
    dns.add("www.example.com", "A", "127.0.0.1", "10.0.0.1")
    outcome = validator(name_server, ports(web)).outcome(proof())
    assert refusal(outcome) is ProblemType.CONNECTION
    assert web.connections == 0


def test_a_name_is_looked_up_once_so_that_it_cannot_be_bound_again(
    dns: DnsServer, name_server: NameServer, web: Receiver
) -> None:
    dns.take_turns("www.example.com", "A", "127.0.0.1", "127.0.0.2")
    assert validator(name_server, ports(web)).outcome(proof()) == Validated()
    assert dns.count("www.example.com", "A") == 1


def test_a_name_that_is_bound_again_between_redirects_is_refused(
    dns: DnsServer, name_server: NameServer, web: Receiver
) -> None:
    dns.take_turns("www.example.com", "A", "127.0.0.1", "127.0.0.2")
    web.behave(redirect("/again"))
    assert refusal(validator(name_server, ports(web)).outcome(proof())) is ProblemType.CONNECTION
    assert len(web.received) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        says_nothing,
        drips(b"x", at_once=b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"),
        drips(b"X-A: b\r\n", at_once=b"HTTP/1.1 200 OK\r\n"),
        drips(b"x", at_once=b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 900\r\n\r\n"),
    ],
)
def test_a_slow_server_ends_at_the_deadline(
    name_server: NameServer, web: Receiver, behaviour: Behaviour
) -> None:
    web.behave(behaviour)
    started = time.monotonic()
    outcome = validator(name_server, ports(web), seconds=SHORT).outcome(proof())
    assert refusal(outcome) is ProblemType.CONNECTION
    assert time.monotonic() - started < SHORT + SLACK


def test_slow_redirects_share_one_deadline(name_server: NameServer, web: Receiver) -> None:
    def slowly(exchange: object) -> None:
        time.sleep(0.5)  # a slow server: the deadline of 0.8 s ends within the second
        redirect("/again")(exchange)  # type: ignore[arg-type]

    web.behave(slowly)
    outcome = validator(name_server, ports(web), seconds=SHORT).outcome(proof())
    assert outcome == Refused(ProblemType.CONNECTION, "http-01: no complete answer within the deadline")


def test_nobody_listening_is_a_failed_connection(name_server: NameServer) -> None:
    with Receiver().running() as gone:
        closed = Ports(gone.port, gone.port)
    assert refusal(validator(name_server, closed).outcome(proof())) is ProblemType.CONNECTION


def test_an_address_is_asked_directly(name_server: NameServer, web: Receiver) -> None:
    wanted = proof(name="127.0.0.1", is_address=True)
    assert validator(name_server, ports(web)).outcome(wanted) == Validated()


def test_an_ipv6_address_is_asked_in_brackets(name_server: NameServer) -> None:
    wanted = proof(name="::1", is_address=True)
    outcome = validator(name_server, Ports(9, 9), cidrs=("::1/128",)).outcome(wanted)
    assert outcome == Refused(ProblemType.CONNECTION, "http-01: the connection was refused")


def test_names_of_this_machine_are_looked_up_nowhere(dns: DnsServer, name_server: NameServer) -> None:
    with Receiver(answers(200, KEY_AUTHORIZATION)).running() as web:
        wanted = proof(name="web.localhost")
        assert validator(name_server, ports(web), cidrs=LOOPBACK).outcome(wanted) == Validated()
    assert dns.asked == []


def test_a_tls_server_that_fails_is_a_tls_problem(name_server: NameServer, web: Receiver) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # without a certificate
    with Receiver(tls=context).running() as broken:
        web.behave(redirect(f"https://www.example.com:{broken.port}/"))
        outcome = validator(name_server, ports(web, broken)).outcome(proof())
    assert refusal(outcome) is ProblemType.TLS
