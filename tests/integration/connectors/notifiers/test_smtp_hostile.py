"""Mail servers that an attacker chose: none is reached, and no failure reveals anything."""

import logging
import re
from collections.abc import Iterator

import pytest

from certctl.connectors.address_guard import AddressGuard, GuardPolicy
from certctl.connectors.http.timed_socket import tcp_connect
from certctl.connectors.notifiers.mail.smtp import Dialler, SmtpMail
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from tests.support.agents.tls_identity import TlsIdentity
from tests.support.channels.hostile_urls import HOSTILE_ANSWERS, HOSTILE_URLS, PUBLIC, credulous_dns
from tests.support.channels.provider_channels import secrets_of
from tests.support.channels.receivers import Behaviour, Nat, ScriptedDns, drips, sends_raw
from tests.support.channels.smtp_channels import LOGIN, PASSWORD, SETTINGS, MailRig
from tests.support.channels.smtp_scripts import ScriptedMailServer, then_hangs_up
from tests.support.channels.smtp_servers import MailServer
from tests.support.notifications.messages import REVOKED

PUBLIC_LITERALS = (PUBLIC, "[2606:4700::1111]")
TOKEN = "s3cr3t-internals"


@pytest.fixture(scope="module")
def canary() -> Iterator[MailServer]:
    with MailServer().running() as server:
        yield server


def hosts() -> list[str]:
    """The corpus's URLs, and the host in each."""
    authorities = [re.sub(r"^[^/]*//|:PORT.*|/.*", "", url) for url in HOSTILE_URLS]
    found = dict.fromkeys([*authorities, *(url.replace("PORT", "587") for url in HOSTILE_URLS)])
    return [host for host in found if host not in PUBLIC_LITERALS]


def sent(host: str, guard: AddressGuard, nat: Nat) -> Outcome:
    config = ChannelConfig("email-default", ChannelKind.EMAIL, {**SETTINGS, "host": host})
    return SmtpMail(config, guard, secrets_of({}), Dialler(nat)).send(REVOKED, 5.0)


def test_no_hostile_host_reaches_the_canary(canary: MailServer) -> None:
    nat = Nat(canary.port, tcp_connect)
    guard = AddressGuard(GuardPolicy.for_stack(), credulous_dns)
    assert len(hosts()) > 400
    for host in hosts():
        outcome = sent(host, guard, nat)
        assert outcome.kind in (OutcomeKind.PERMANENT, OutcomeKind.RETRYABLE), host
        assert outcome.error.startswith(("refused: ", "host: ")), host
    assert (nat.asked, canary.connections) == ([], 0)


def test_no_hostile_answer_of_dns_reaches_the_canary(canary: MailServer) -> None:
    nat = Nat(canary.port, tcp_connect)
    for _, addresses in HOSTILE_ANSWERS:
        dns = ScriptedDns({"mail.example": [list(addresses)]})
        outcome = sent("mail.example", AddressGuard(GuardPolicy.for_stack(), dns), nat)
        assert outcome.kind is OutcomeKind.PERMANENT
        assert outcome.error == "refused: the host has an address that is not public"
    assert (nat.asked, canary.connections) == ([], 0)


def test_a_name_without_an_address_is_retried(canary: MailServer) -> None:
    outcome = sent(
        "mail.example", AddressGuard(GuardPolicy.for_stack(), ScriptedDns({})), Nat(1, tcp_connect)
    )
    assert (outcome.kind, outcome.error) == (
        OutcomeKind.RETRYABLE,
        "unresolved: the host name cannot be resolved",
    )


def test_a_name_that_rebinds_between_check_and_connect_is_looked_up_once() -> None:
    dns = ScriptedDns({"mail.example": [[PUBLIC], ["127.0.0.1"]]})
    with MailServer().running() as server:
        nat = Nat(server.port, tcp_connect)
        outcome = sent("mail.example", AddressGuard(GuardPolicy.for_stack(), dns), nat)
    assert outcome.error == "the server offers no STARTTLS"
    assert (dns.asked, nat.asked) == (["mail.example"], [(PUBLIC, 587)])


LEAKS: list[dict[str, Behaviour]] = [
    *(
        {command: sends_raw(f"{code} 5.7.1 {TOKEN} for oncall@shop.example\r\n".encode())}
        for command in ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", ".")
        for code in (421, 535, 550)
    ),
    {"AUTH": sends_raw(f"334 {TOKEN}!\r\n".encode())},
    {"CONNECT": sends_raw(f"{TOKEN}\r\n".encode())},
    {"RCPT": then_hangs_up(f"550-{TOKEN}\r\n".encode())},
    {".": drips(TOKEN.encode(), interval=0.02)},
]


@pytest.mark.parametrize("number", range(len(LEAKS)))
def test_no_outcome_or_log_shows_a_secret_an_address_or_a_servers_words(
    mail_identity: TlsIdentity, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        ScriptedMailServer(mail_identity.server, **LEAKS[number]).running() as server,
        caplog.at_level(logging.DEBUG, logger="certctl"),
    ):
        outcome = MailRig(mail_identity).send(server.port, LOGIN, deadline_seconds=0.3)
    assert not outcome.went_through
    for secret in (TOKEN, PASSWORD, "shop.example", "mail.example", PUBLIC, "127.0.0.1"):
        assert secret not in repr(outcome)
        assert secret not in caplog.text
