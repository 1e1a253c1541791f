"""CAA records of proven names, against a name server."""

from collections.abc import Iterator

import dns.rcode
import pytest

from certctl.connectors.acme.paths import Ports
from certctl.domain.acme.challenges import Outcome, Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.name_servers import NameServer
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.proofs import DIGEST, KEY_AUTHORIZATION, proof, refusal, validator
from tests.support.channels.receivers import Receiver, answers

OURS = ("ca.example",)
NAME = "_acme-challenge.www.example.com"


@pytest.fixture
def zone() -> DnsServer:
    server = DnsServer()
    server.add(NAME, "TXT", DIGEST)
    return server


@pytest.fixture
def name_server(zone: DnsServer) -> Iterator[NameServer]:
    with zone.running() as running:
        yield running


def outcome(name_server: NameServer, *, is_wildcard: bool = False, seconds: float = 10.0) -> Outcome:
    wanted = proof(ChallengeType.DNS_01, is_wildcard=is_wildcard)
    return validator(name_server, identities=OURS, seconds=seconds).outcome(wanted)


def test_without_identities_no_record_is_looked_up(zone: DnsServer, name_server: NameServer) -> None:
    zone.add("www.example.com", "CAA", '0 issue "foreign.example"')
    assert validator(name_server).outcome(proof(ChallengeType.DNS_01)) == Validated()
    assert zone.asked == [(NAME, "TXT")]


def test_a_name_without_records_may_be_issued(zone: DnsServer, name_server: NameServer) -> None:
    assert outcome(name_server) == Validated()
    assert zone.asked[1:] == [(name, "CAA") for name in ("www.example.com", "example.com", "com")]


def test_the_closest_records_decide(zone: DnsServer, name_server: NameServer) -> None:
    zone.add("www.example.com", "CAA", '0 issue "ca.example"')
    zone.add("example.com", "CAA", '0 issue "foreign.example"')
    assert outcome(name_server) == Validated()


def test_the_records_of_a_parent_refuse(zone: DnsServer, name_server: NameServer) -> None:
    zone.add("example.com", "CAA", '0 issue "foreign.example"')
    assert refusal(outcome(name_server)) is ProblemType.CAA


def test_the_records_of_an_alias_count(zone: DnsServer, name_server: NameServer) -> None:
    zone.chain("www.example.com", "host.example.net")
    zone.add("host.example.net", "CAA", '0 issue ";"')
    assert refusal(outcome(name_server)) is ProblemType.CAA


def test_a_wildcard_follows_issuewild(zone: DnsServer, name_server: NameServer) -> None:
    zone.add("example.com", "CAA", '0 issue "foreign.example"', '0 issuewild "ca.example"')
    assert outcome(name_server, is_wildcard=True) == Validated()
    assert refusal(outcome(name_server)) is ProblemType.CAA


def test_a_lookup_that_fails_refuses(zone: DnsServer, name_server: NameServer) -> None:
    zone.fail("example.com", dns.rcode.SERVFAIL)
    assert refusal(outcome(name_server)) is ProblemType.CAA


def test_a_lookup_that_is_slow_ends_at_the_deadline(zone: DnsServer, name_server: NameServer) -> None:
    zone.stay_silent("example.com")
    assert refusal(outcome(name_server, seconds=0.8)) is ProblemType.CAA


def test_an_address_has_no_records(zone: DnsServer, name_server: NameServer) -> None:
    with Receiver(answers(200, KEY_AUTHORIZATION)).running() as web:
        made = validator(name_server, Ports(web.port, web.port), identities=OURS)
        assert made.outcome(proof(name="127.0.0.1", is_address=True)) == Validated()
    assert zone.asked == []
