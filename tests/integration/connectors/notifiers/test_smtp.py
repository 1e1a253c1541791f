"""The Email channel at real mail servers: with each kind of TLS, with and without a login."""

import pytest

from certctl.connectors.address_guard import GuardPolicy
from certctl.domain.notifications.outcomes import OutcomeKind
from tests.support.agents.tls_identity import TlsIdentity
from tests.support.channels.hostile_urls import PUBLIC
from tests.support.channels.receivers import sends_raw
from tests.support.channels.smtp_channels import LOGIN, PASSWORD, RELAY, MailRig, parsed, part_of
from tests.support.channels.smtp_scripts import ScriptedMailServer
from tests.support.channels.smtp_servers import MailServer
from tests.support.notifications.messages import a_message

ACCOUNT = ("certctl", PASSWORD)


@pytest.fixture
def rig(mail_identity: TlsIdentity) -> MailRig:
    return MailRig(mail_identity)


def test_a_mail_goes_out_after_starttls(rig: MailRig) -> None:
    with MailServer(rig.identity.server).running() as server:
        outcome = rig.send(server.port)
    (mail,) = server.delivered
    assert (outcome.kind, outcome.status_code, outcome.error) == (OutcomeKind.ACCEPTED, 250, "")
    assert rig.asked == [(PUBLIC, 587)]
    assert mail.is_encrypted
    assert (mail.sender, mail.recipients) == ("alerts@certctl.example", ["oncall@shop.example"])
    assert mail.hello == "certctl.example"
    assert parsed(mail.content)["Subject"] == "[CRITICAL] shop.example was revoked"


def test_a_mail_goes_out_over_implicit_tls(rig: MailRig) -> None:
    with MailServer(rig.identity.server, is_implicit=True).running() as server:
        outcome = rig.send(server.port, {"tls": "implicit"})
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert rig.asked == [(PUBLIC, 465)]
    assert server.delivered[0].is_encrypted


def test_a_mail_goes_out_without_tls_to_a_network_that_was_opened(rig: MailRig) -> None:
    with MailServer().running() as server:
        outcome = rig.send(server.port, {"host": "relay.internal", "port": "25", "tls": "none"})
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert rig.asked == [(RELAY, 25)]
    assert not server.delivered[0].is_encrypted


@pytest.mark.parametrize("is_implicit", [False, True])
def test_who_has_an_account_logs_in_under_tls(rig: MailRig, is_implicit: bool) -> None:
    with MailServer(rig.identity.server, is_implicit, ACCOUNT).running() as server:
        outcome = rig.send(server.port, {"tls": "implicit" if is_implicit else "starttls", **LOGIN})
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert (server.delivered[0].login, server.delivered[0].is_encrypted) == ("certctl", True)


def test_on_this_machine_local_mode_needs_neither_tls_nor_a_port_for_mail(mail_identity: TlsIdentity) -> None:
    local = MailRig(mail_identity, GuardPolicy.for_local_mode(["127.0.0.0/8"]))
    with MailServer(login=ACCOUNT).running() as server:
        outcome = local.send(server.port, {"host": "localhost", "port": "1025", "tls": "none", **LOGIN})
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert server.delivered[0].login == "certctl"


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"tls": "none"}, "tls: none is for private networks that are opened by CIDR"),
        ({"host": "relay.internal", "tls": "none", **LOGIN}, "tls: a password is sent over TLS only"),
        ({"port": "22"}, "port: must be one of 25, 465, 587, 2465, 2525, 2587"),
        ({"host": "relay.internal", "port": "6379"}, "port: must be one of 25, 465, 587, 2465, 2525, 2587"),
        ({"from_address": ""}, "from_address: must be one mail address like alerts@example.com"),
        ({"to": "nobody"}, "to: must be one mail address like alerts@example.com"),
        ({"username": "certctl"}, "password: username and password belong together"),
        ({"tls": "sometimes"}, "tls: must be starttls, implicit or none"),
        ({"username": "certctl", "password": PASSWORD}, "secret: must be "),
    ],
)
def test_what_is_set_up_wrongly_is_retried_and_connects_to_nothing(
    rig: MailRig, settings: dict[str, str], error: str
) -> None:
    with MailServer(rig.identity.server).running() as server:
        outcome = rig.send(server.port, settings)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error.startswith(error)
    assert PASSWORD not in outcome.error
    assert (rig.asked, server.connections) == ([], 0)


def test_without_a_recipient_the_alert_is_dead_at_once_and_says_why(rig: MailRig) -> None:
    outcome = rig.send(1, {"to": ""})
    assert outcome.kind is OutcomeKind.PERMANENT
    assert outcome.error.startswith("no recipient: ")
    assert rig.asked == []


def test_a_server_without_starttls_gets_no_mail(rig: MailRig) -> None:
    with MailServer().running() as server:
        outcome = rig.send(server.port)
    assert (outcome.kind, outcome.error) == (OutcomeKind.RETRYABLE, "the server offers no STARTTLS")
    assert server.delivered == []


def test_a_certificate_for_another_name_gets_no_mail(rig: MailRig) -> None:
    with MailServer(rig.identity.server).running() as server:
        outcome = rig.send(server.port, {"host": "other.example"})
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "tls: the server's certificate was refused: it is for another host"
    assert server.delivered == []


def test_what_was_said_before_tls_is_forgotten(rig: MailRig) -> None:
    """CVE-2011-0411: a reply that a man in the middle puts behind STARTTLS must not count as the server's."""
    injected = sends_raw(b"220 Go ahead\r\n554 5.7.1 from the middle\r\n")
    with ScriptedMailServer(rig.identity.server, STARTTLS=injected).running() as server:
        assert rig.send(server.port).kind is OutcomeKind.ACCEPTED


def test_a_password_is_never_sent_before_tls(rig: MailRig) -> None:
    with ScriptedMailServer(rig.identity.server).running() as server:
        assert rig.send(server.port, LOGIN).kind is OutcomeKind.ACCEPTED
    verbs = [command.split(" ")[0] for command in server.commands]
    assert verbs == ["ehlo", "STARTTLS", "ehlo", "AUTH", "mail", "rcpt", "data", "quit"]


def test_a_password_that_smtp_cannot_carry_is_a_fault_of_the_channel(mail_identity: TlsIdentity) -> None:
    rig = MailRig(mail_identity, values={"smtp": "pässwörd"})
    with MailServer(mail_identity.server, login=ACCOUNT).running() as server:
        outcome = rig.send(server.port, LOGIN)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "the user name or password is not ASCII"


def test_a_line_with_a_dot_alone_arrives_as_it_was_written(rig: MailRig) -> None:
    with MailServer(rig.identity.server).running() as server:
        rig.send(server.port, message=a_message(body="Before\n.\nMAIL FROM:<x@evil.example>\n..after"))
    assert len(server.delivered) == 1
    assert part_of(server.delivered[0].content, "plain").startswith(
        "Before\n.\nMAIL FROM:<x@evil.example>\n..after\n"
    )


def test_the_owners_address_is_the_recipient(rig: MailRig) -> None:
    with MailServer(rig.identity.server).running() as server:
        rig.send(server.port, message=a_message(recipient="ada@shop.example"))
    assert server.delivered[0].recipients == ["ada@shop.example"]
