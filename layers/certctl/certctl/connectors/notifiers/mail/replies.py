"""Converts a mail server's reply, or the lack of one, to an outcome."""

import re
import smtplib
from enum import StrEnum

from certctl.connectors.http.failures import failure_of
from certctl.connectors.notifiers.base import outcome_of_failure
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

_ENHANCED_CODE = re.compile(rb"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?=\s|$)")


class Step(StrEnum):
    """The stage of the conversation. Only the last three are about this one mail."""

    GREETING = "greeting"
    HELLO = "EHLO"
    STARTTLS = "STARTTLS"
    LOGIN = "AUTH"
    SENDER = "MAIL FROM"
    RECIPIENT = "RCPT TO"
    CONTENT = "DATA"


_ABOUT_THE_MAIL = (Step.SENDER, Step.RECIPIENT, Step.CONTENT)


class Refused(Exception):
    """A reply that ends the attempt. `text` is the server's own and is never shown."""

    def __init__(self, step: Step, code: int, text: bytes) -> None:
        super().__init__(step, code)
        self.step = step
        self.code = code
        self.text = text


class Unusable(Exception):
    """The server lacks what the channel needs. The text is ours."""


def refused(step: Step, error: smtplib.SMTPResponseException) -> Refused:
    text = error.smtp_error
    return Refused(step, error.smtp_code, text if isinstance(text, bytes) else b"")


def classify(error: Exception, duration_ms: int) -> Outcome:
    """Codes only: a server's texts may contain names, addresses and what was sent."""
    match error:
        case Refused():
            kind = kind_of_reply(error)
            return Outcome(kind, _status(error.code), _words_for(error), duration_ms=duration_ms)
        case Unusable():
            return Outcome(OutcomeKind.RETRYABLE, error=str(error), duration_ms=duration_ms)
        case smtplib.SMTPServerDisconnected():
            return outcome_of_failure(failure_of(_cause_of(error), duration_ms))
        case smtplib.SMTPException():
            text = "the answer is not SMTP, or asks for what is not known here"
            return Outcome(OutcomeKind.RETRYABLE, error=text, duration_ms=duration_ms)
        case _:
            return outcome_of_failure(failure_of(error, duration_ms))


def _cause_of(error: smtplib.SMTPServerDisconnected) -> Exception:
    """smtplib wraps every OSError of the socket, time-outs among them, into this one."""
    cause = error.__context__
    return cause if isinstance(cause, OSError) else ConnectionResetError()


def kind_of_reply(reply: Refused) -> OutcomeKind:
    """5xx to this mail is final. 5xx before it (a greeting, a login) is about the channel: a blocked address,
    a password being rotated, `530` at MAIL FROM, a missing login."""
    if reply.code == 454 and reply.text.startswith(b"Throttling failure"):
        return OutcomeKind.THROTTLED  # Amazon SES, "Errors related to the sending quotas"
    is_final = 500 <= reply.code <= 599 and reply.code != 530 and reply.step in _ABOUT_THE_MAIL
    return OutcomeKind.PERMANENT if is_final else OutcomeKind.RETRYABLE


def _words_for(reply: Refused) -> str:
    """`SMTP 550 5.1.1 at RCPT TO`, with the enhanced code of RFC 3463 if the server returns one."""
    if _status(reply.code) is None:
        return f"the answer at {reply.step} is not SMTP"
    enhanced = _ENHANCED_CODE.match(reply.text)
    code = f" {enhanced[0].decode()}" if enhanced else ""
    return f"SMTP {reply.code}{code} at {reply.step}"


def _status(code: int) -> int | None:
    return code if 200 <= code <= 599 else None
