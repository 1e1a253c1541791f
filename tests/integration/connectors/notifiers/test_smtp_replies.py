"""The outcome of each reply of a mail server; nothing after the 250 for a mail undoes it."""

import time

import pytest

from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from tests.support.agents.tls_identity import TlsIdentity
from tests.support.channels.receivers import Behaviour, drips, floods, says_nothing, sends_raw
from tests.support.channels.smtp_channels import LOGIN, MailRig
from tests.support.channels.smtp_scripts import ScriptedMailServer, hangs_up, then_hangs_up
from tests.support.channels.smtp_servers import MailServer

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

SECRET = "s3cr3t-internals"
SECONDS = 0.3


@pytest.fixture
def rig(mail_identity: TlsIdentity) -> MailRig:
    return MailRig(mail_identity)


def answered(rig: MailRig, command: str, reply: str) -> Outcome:
    """Through a server that sends this reply to one command, and the usual ones to all others."""
    behaviours: dict[str, Behaviour] = {command: sends_raw(f"{reply}\r\n".encode())}
    with ScriptedMailServer(rig.identity.server, **behaviours).running() as server:
        return rig.send(server.port, LOGIN)


@pytest.mark.parametrize(
    ("command", "reply", "kind", "error"),
    [
        ("CONNECT", "421 4.3.2 Closing", OutcomeKind.RETRYABLE, "SMTP 421 4.3.2 at greeting"),
        ("CONNECT", "554 No SMTP service here", OutcomeKind.RETRYABLE, "SMTP 554 at greeting"),
        ("EHLO", "421 4.7.0 Try later", OutcomeKind.RETRYABLE, "SMTP 421 4.7.0 at EHLO"),
        ("EHLO", "550 Who are you", OutcomeKind.RETRYABLE, "SMTP 550 at EHLO"),
        ("STARTTLS", "454 4.7.0 TLS not available", OutcomeKind.RETRYABLE, "SMTP 454 4.7.0 at STARTTLS"),
        ("STARTTLS", "501 Syntax", OutcomeKind.RETRYABLE, "SMTP 501 at STARTTLS"),
        ("AUTH", "454 4.7.0 Try later", OutcomeKind.RETRYABLE, "SMTP 454 4.7.0 at AUTH"),
        ("AUTH", "535 5.7.8 Credentials invalid", OutcomeKind.RETRYABLE, "SMTP 535 5.7.8 at AUTH"),
        ("MAIL", "451 4.3.0 Local error", OutcomeKind.RETRYABLE, "SMTP 451 4.3.0 at MAIL FROM"),
        ("MAIL", "530 5.7.0 Log in first", OutcomeKind.RETRYABLE, "SMTP 530 5.7.0 at MAIL FROM"),
        ("MAIL", "553 5.1.8 Sender refused", OutcomeKind.PERMANENT, "SMTP 553 5.1.8 at MAIL FROM"),
        ("RCPT", "450 4.2.0 Greylisted", OutcomeKind.RETRYABLE, "SMTP 450 4.2.0 at RCPT TO"),
        ("RCPT", "550 5.1.1 No such user", OutcomeKind.PERMANENT, "SMTP 550 5.1.1 at RCPT TO"),
        ("DATA", "451 4.3.0 Later", OutcomeKind.RETRYABLE, "SMTP 451 4.3.0 at DATA"),
        ("DATA", "554 5.5.1 No valid recipients", OutcomeKind.PERMANENT, "SMTP 554 5.5.1 at DATA"),
        (".", "421 4.3.0 Closing", OutcomeKind.RETRYABLE, "SMTP 421 4.3.0 at DATA"),
        (".", "452 4.2.2 Mailbox full", OutcomeKind.RETRYABLE, "SMTP 452 4.2.2 at DATA"),
        (".", "554 5.7.1 Spam", OutcomeKind.PERMANENT, "SMTP 554 5.7.1 at DATA"),
        (
            ".",
            "454 Throttling failure: Daily message quota exceeded.",
            OutcomeKind.THROTTLED,
            "SMTP 454 at DATA",
        ),
        ("MAIL", f"550 5.7.1{SECRET}", OutcomeKind.PERMANENT, "SMTP 550 at MAIL FROM"),
        (".", f"550-5.7.1 {SECRET}\r\n550 5.7.1 {SECRET}", OutcomeKind.PERMANENT, "SMTP 550 5.7.1 at DATA"),
        (".", "354 Go on", OutcomeKind.RETRYABLE, "SMTP 354 at DATA"),
        ("RCPT", f"{SECRET}", OutcomeKind.RETRYABLE, "the answer at RCPT TO is not SMTP"),
        ("CONNECT", "HTTP/1.1 400 Bad Request", OutcomeKind.RETRYABLE, "the answer at greeting is not SMTP"),
    ],
)
def test_each_reply_has_its_outcome_by_code_and_step(
    rig: MailRig, command: str, reply: str, kind: OutcomeKind, error: str
) -> None:
    outcome = answered(rig, command, reply)
    assert (outcome.kind, outcome.error) == (kind, error)
    assert outcome.status_code == (int(reply[:3]) if reply[:3].isdigit() else None)


@pytest.mark.parametrize("reply", ["250 OK", "250-2.0.0 Queued\r\n250 as 12345", "251 Forwarded", "250"])
def test_any_2xx_after_the_mail_is_an_acceptance(rig: MailRig, reply: str) -> None:
    outcome = answered(rig, ".", reply)
    assert (outcome.kind, outcome.status_code, outcome.error) == (OutcomeKind.ACCEPTED, 250, "")


@pytest.mark.parametrize(
    ("command", "reply", "kind"),
    [
        ("DATA", "250 2.0.0 Queued", OutcomeKind.ACCEPTED),
        ("MAIL", "421 4.3.2 Shutting down", OutcomeKind.RETRYABLE),
        ("RCPT", "450 4.7.1 Greylisted", OutcomeKind.RETRYABLE),
        ("RCPT", "550 5.1.1 No such user", OutcomeKind.PERMANENT),
        ("DATA", "554 5.7.1 Refused", OutcomeKind.PERMANENT),
    ],
)
def test_a_real_server_gets_the_same_outcomes(
    rig: MailRig, command: str, reply: str, kind: OutcomeKind
) -> None:
    with MailServer(rig.identity.server, replies={command: reply}).running() as server:
        outcome = rig.send(server.port)
    assert (outcome.kind, outcome.status_code) == (kind, int(reply[:3]))


def test_a_wrong_password_is_retried_while_it_is_being_rotated(mail_identity: TlsIdentity) -> None:
    rig = MailRig(mail_identity, values={"smtp": "old"})
    with MailServer(mail_identity.server, login=("certctl", "new")).running() as server:
        outcome = rig.send(server.port, LOGIN)
    assert (outcome.kind, outcome.error) == (OutcomeKind.RETRYABLE, "SMTP 535 5.7.8 at AUTH")
    assert server.delivered == []


@pytest.mark.parametrize(
    "behaviours",
    [
        {".": then_hangs_up(b"250 2.0.0 Queued\r\n")},
        {"QUIT": hangs_up},
        {"QUIT": sends_raw(b"421 4.4.2 Too late\r\n")},
        {"QUIT": sends_raw(b"nonsense\r\n")},
        {"QUIT": sends_raw(b"221-" + b"a" * 9000 + b"\r\n")},
    ],
)
def test_what_happens_after_the_250_changes_nothing(rig: MailRig, behaviours: dict[str, Behaviour]) -> None:
    """The original treated an accepted mail as failed when QUIT failed, and sent it again."""
    with ScriptedMailServer(rig.identity.server, **behaviours).running() as server:
        outcome = rig.send(server.port)
    assert (outcome.kind, outcome.error) == (OutcomeKind.ACCEPTED, "")
    assert len(server.mails) == 1


@pytest.mark.parametrize("behaviour", [says_nothing, drips(b"221-x\r\n")])
def test_a_quit_that_is_never_answered_costs_half_a_second(rig: MailRig, behaviour: Behaviour) -> None:
    with ScriptedMailServer(rig.identity.server, QUIT=behaviour).running() as server:
        started = time.monotonic()
        outcome = rig.send(server.port)
        elapsed = time.monotonic() - started
    assert (outcome.kind, outcome.error) == (OutcomeKind.ACCEPTED, "")
    assert 450 < elapsed * 1000 - outcome.duration_ms < 4000  # without a limit of its own, nearly 5000


def test_the_mail_is_handed_over_whole_before_the_quit(rig: MailRig) -> None:
    with ScriptedMailServer(rig.identity.server).running() as server:
        rig.send(server.port)
    assert server.commands[-2:] == ["data", "quit"]
    assert len(server.mails) == 1


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "."])
def test_a_connection_that_ends_before_the_250_is_retried(rig: MailRig, command: str) -> None:
    with ScriptedMailServer(rig.identity.server, **{command: hangs_up}).running() as server:
        outcome = rig.send(server.port)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error in (
        "connection: the connection was closed before an answer came",
        "tls: the TLS handshake failed",
    )


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "STARTTLS", "AUTH", "RCPT", "."])
@pytest.mark.parametrize("slow", [says_nothing, drips(b"250-x\r\n", interval=0.02)])
def test_silence_and_dripping_end_at_the_deadline(rig: MailRig, command: str, slow: Behaviour) -> None:
    with ScriptedMailServer(rig.identity.server, **{command: slow}).running() as server:
        started = time.monotonic()
        outcome = rig.send(server.port, LOGIN, deadline_seconds=SECONDS)
        elapsed = time.monotonic() - started
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error in (
        "timeout: no complete answer within the deadline",
        "tls: the TLS handshake failed",
    )
    assert elapsed < SECONDS + 5.0


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "RCPT"])
def test_a_reply_without_end_is_not_read_to_it(rig: MailRig, command: str) -> None:
    endless = floods(b"", b"250-more\r\n" * 500)
    with ScriptedMailServer(rig.identity.server, **{command: endless}).running() as server:
        outcome = rig.send(server.port)
    assert (outcome.kind, outcome.error) == (OutcomeKind.RETRYABLE, "answer: the answer has no end")


def test_a_line_without_end_is_not_read_to_it(rig: MailRig) -> None:
    endless = floods(b"250-", b"a" * 4096)
    with ScriptedMailServer(rig.identity.server, EHLO=endless).running() as server:
        outcome = rig.send(server.port)
    assert outcome.kind is OutcomeKind.RETRYABLE
    assert outcome.error == "the answer is not SMTP, or asks for what is not known here"
