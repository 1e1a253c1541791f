"""Walks the tables "reply -> outcome" of docs/channels/ for mail, topics and buses, row by row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from certctl.domain.kinds import ChannelKind
from certctl.domain.notifications.outcomes import OutcomeKind
from tests.support.agents.tls_identity import TlsIdentity
from tests.support.channels.aws_channels import instead_of_aws, refused, send_by_aws, taken
from tests.support.channels.provider_answers import lines_of, rows_of
from tests.support.channels.receivers import Behaviour, says_nothing, sends_raw
from tests.support.channels.smtp_channels import LOGIN, MailRig
from tests.support.channels.smtp_scripts import ScriptedMailServer, hangs_up

_PARAMETER = re.compile(r"Allowed[A-Za-z]+Arns")
AWS_HEAD = ["status", "error", "outcome", "why"]
SMTP_ROWS = rows_of(ChannelKind.EMAIL, ["step", "reply", "outcome", "why"])
SES_ROWS = rows_of(ChannelKind.EMAIL, AWS_HEAD)
SNS_ROWS = rows_of(ChannelKind.SNS, AWS_HEAD)
BUS_ROWS = rows_of(ChannelKind.EVENTBRIDGE, AWS_HEAD)
COMMANDS = {
    "greeting": "CONNECT",
    "EHLO": "EHLO",
    "STARTTLS": "STARTTLS",
    "AUTH": "AUTH",
    "MAIL FROM": "MAIL",
    "RCPT TO": "RCPT",
    "DATA": "DATA",
    "the mail": ".",
    "QUIT": "QUIT",
}
WITHOUT_WORDS: Mapping[str, Behaviour] = {"hangs up": hangs_up, "silence": says_nothing}


@dataclass(frozen=True)
class Reply:
    """The behavior of a server at one step."""

    command: str
    behaviour: Behaviour
    code: int | None


def reply_of(row: list[str]) -> Reply:
    step, reply = row[0], row[1].strip("`")
    if reply in WITHOUT_WORDS:
        return Reply(COMMANDS[step], WITHOUT_WORDS[reply], None)
    return Reply(COMMANDS[step], sends_raw(f"{reply}\r\n".encode()), int(reply[:3]))


@pytest.mark.parametrize("row", SMTP_ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_mail_servers_reply_has_the_outcome_of_its_row(mail_identity: TlsIdentity, row: list[str]) -> None:
    reply, kind = reply_of(row), OutcomeKind(row[2])
    with ScriptedMailServer(mail_identity.server, **{reply.command: reply.behaviour}).running() as server:
        patience = 0.6 if row[1] == "silence" else 5.0
        outcome = MailRig(mail_identity).send(server.port, LOGIN, deadline_seconds=patience)
    assert outcome.kind is kind
    assert outcome.status_code == (250 if outcome.went_through else reply.code)
    assert bool(outcome.error) is not outcome.went_through


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        *((ChannelKind.EMAIL, row) for row in SES_ROWS),
        *((ChannelKind.SNS, row) for row in SNS_ROWS),
        *((ChannelKind.EVENTBRIDGE, row) for row in BUS_ROWS),
    ],
    ids=str,
)
def test_an_answer_of_aws_has_the_outcome_of_its_row(kind: ChannelKind, row: list[str]) -> None:
    status, code = int(row[0]), row[1].strip("`")
    with instead_of_aws(refused(kind, status, code) if code else taken(kind)) as receiver:
        outcome = send_by_aws(kind)
    assert (outcome.kind, outcome.status_code) == (OutcomeKind(row[2]), status)
    (answer, _, cause) = outcome.error.partition(": ")
    assert answer == (f"HTTP {status} {code}" if code else "")
    assert _PARAMETER.findall(cause) == _PARAMETER.findall(row[3])
    assert len(receiver.received) == 1


def test_no_row_is_passed_over() -> None:
    kinds = (ChannelKind.EMAIL, ChannelKind.SNS, ChannelKind.EVENTBRIDGE)
    written = [line for kind in kinds for line in lines_of(kind)]
    outcomes = [line for line in written if any(f" | {kind} | " in line for kind in OutcomeKind)]
    assert len(outcomes) == len(SMTP_ROWS) + len(SES_ROWS) + len(SNS_ROWS) + len(BUS_ROWS)


def test_the_tables_have_what_the_issue_asks_for() -> None:
    shown = {(row[1].strip("`")[:3], row[2]) for row in SMTP_ROWS}
    assert {("250", "accepted"), ("421", "retryable"), ("550", "permanent")} <= shown


def test_every_step_of_the_conversation_is_in_the_table() -> None:
    assert {row[0] for row in SMTP_ROWS} == COMMANDS.keys()
