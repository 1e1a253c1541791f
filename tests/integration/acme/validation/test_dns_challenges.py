"""dns-01, and the lookups of all challenges, against a name server that is right, slow or hostile."""

import time
from collections.abc import Iterator
from pathlib import Path

import dns.rcode
import pytest

from certctl.domain.acme.challenges import Outcome, Refused, Validated
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.name_servers import NameServer
from certctl.domain.acme.problems import ProblemType
from tests.support.acme.dns_server import DnsServer
from tests.support.acme.proofs import DIGEST, proof, refusal, validator

NAME = "_acme-challenge.www.example.com"
SHORT = 0.8
SLACK = 5.0


@pytest.fixture
def zone() -> DnsServer:
    return DnsServer()


@pytest.fixture
def name_server(zone: DnsServer) -> Iterator[NameServer]:
    with zone.running() as running:
        yield running


def outcome(name_server: NameServer, seconds: float = 10.0) -> Outcome:
    wanted = proof(ChallengeType.DNS_01, is_wildcard=True)
    return validator(name_server, seconds=seconds).outcome(wanted)


def test_the_digest_proves_a_name_and_its_wildcard(zone: DnsServer, name_server: NameServer) -> None:
    zone.add(NAME, "TXT", DIGEST)
    assert outcome(name_server) == Validated()


def test_any_of_many_records_may_match(zone: DnsServer, name_server: NameServer) -> None:
    zone.add(NAME, "TXT", *[f'"other order {number}, {"x" * 200}"' for number in range(60)], DIGEST)
    assert outcome(name_server) == Validated()


def test_the_strings_of_a_record_are_joined(zone: DnsServer, name_server: NameServer) -> None:
    zone.add(NAME, "TXT", f'"{DIGEST[:10]}" "{DIGEST[10:]}"')
    assert outcome(name_server) == Validated()


@pytest.mark.parametrize("text", ['"secret"', f'" {DIGEST}"', f'"{DIGEST}="', DIGEST.lower()])
def test_another_text_is_no_proof(zone: DnsServer, name_server: NameServer, text: str) -> None:
    zone.add(NAME, "TXT", text)
    assert outcome(name_server) == Refused(
        ProblemType.INCORRECT_RESPONSE, "dns-01: no TXT record is the digest of the key authorization"
    )


def test_a_name_without_texts_is_no_proof(zone: DnsServer, name_server: NameServer) -> None:
    zone.add(NAME, "A", "127.0.0.1")
    assert refusal(outcome(name_server)) is ProblemType.INCORRECT_RESPONSE


@pytest.mark.parametrize("follows", [True, False])
def test_eight_cname_records_are_followed(zone: DnsServer, name_server: NameServer, follows: bool) -> None:
    zone.follows = follows
    names = [NAME, *[f"{number}.validation.example.net" for number in range(8)]]
    zone.chain(*names)
    zone.add(names[-1], "TXT", DIGEST)
    assert outcome(name_server) == Validated()


@pytest.mark.parametrize("follows", [True, False])
def test_a_ninth_cname_record_is_refused(zone: DnsServer, name_server: NameServer, follows: bool) -> None:
    zone.follows = follows
    names = [NAME, *[f"{number}.validation.example.net" for number in range(9)]]
    zone.chain(*names)
    zone.add(names[-1], "TXT", DIGEST)
    assert refusal(outcome(name_server)) is ProblemType.DNS


@pytest.mark.parametrize("follows", [True, False])
def test_a_circle_of_cname_records_is_refused(
    zone: DnsServer, name_server: NameServer, follows: bool
) -> None:
    zone.follows = follows
    zone.chain(NAME, "other.example.net", NAME)
    assert refusal(outcome(name_server)) is ProblemType.DNS


def test_a_name_that_does_not_exist_is_a_dns_problem(name_server: NameServer) -> None:
    assert outcome(name_server) == Refused(ProblemType.DNS, "dns-01: the name does not exist")


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP])
def test_a_name_server_that_fails_is_a_dns_problem(
    zone: DnsServer, name_server: NameServer, code: int
) -> None:
    zone.add(NAME, "TXT", DIGEST)
    zone.fail(NAME, code)
    assert outcome(name_server) == Refused(ProblemType.DNS, "dns-01: the name servers could not answer")


def test_a_silent_name_server_ends_at_the_deadline(zone: DnsServer, name_server: NameServer) -> None:
    zone.stay_silent(NAME)
    started = time.monotonic()
    assert refusal(outcome(name_server, SHORT)) is ProblemType.DNS
    assert SHORT <= time.monotonic() - started < SHORT + SLACK


def test_a_name_server_that_drips_ends_at_the_deadline(zone: DnsServer, name_server: NameServer) -> None:
    zone.add(NAME, "TXT", DIGEST)
    zone.drip(NAME)
    started = time.monotonic()
    assert refusal(outcome(name_server, SHORT)) is ProblemType.DNS
    assert time.monotonic() - started < SHORT + SLACK


def test_a_name_server_that_is_silent_about_addresses_ends_at_the_deadline(
    zone: DnsServer, name_server: NameServer
) -> None:
    zone.stay_silent("www.example.com")
    started = time.monotonic()
    for type in (ChallengeType.HTTP_01, ChallengeType.TLS_ALPN_01):
        assert refusal(validator(name_server, seconds=SHORT).outcome(proof(type))) is ProblemType.DNS
    assert time.monotonic() - started < 2 * (SHORT + SLACK)


def test_the_name_servers_of_the_machine_are_asked_without_others(
    monkeypatch: pytest.MonkeyPatch, zone: DnsServer, name_server: NameServer, tmp_path: Path
) -> None:
    from dns.resolver import Resolver

    from certctl.connectors.acme.validator import Validator
    from certctl.connectors.address_guard import GuardPolicy

    def configured(resolver: Resolver, filename: str = "") -> None:
        resolver.nameservers, resolver.port = [name_server.address], name_server.port

    monkeypatch.setattr(Resolver, "read_resolv_conf", configured)  # the machine's port is always 53
    zone.add(NAME, "TXT", DIGEST)
    assert Validator(GuardPolicy()).outcome(proof(ChallengeType.DNS_01)) == Validated()
