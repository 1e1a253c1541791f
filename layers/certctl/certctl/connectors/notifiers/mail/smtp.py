"""Mail by SMTP (RFC 5321), with STARTTLS (RFC 3207), implicit TLS (RFC 8314) or, in allowed networks,
neither.

The protocol is the standard library's smtplib. Below it are the guard, the pinned address and one wall-clock
deadline over DNS, connect, TLS, every write and every read.
"""

import contextlib
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import cast

from certctl.connectors.address_guard import AddressGuard
from certctl.connectors.aws.secrets import Secrets
from certctl.connectors.http.timed_socket import (
    Connect,
    Countdown,
    TimedSocket,
    connect_pinned,
    tcp_connect,
    wrap_tls,
)
from certctl.connectors.notifiers.base import unconfigured
from certctl.connectors.notifiers.mail.message import Mail, NoRecipient, compose, no_recipient
from certctl.connectors.notifiers.mail.relays import Relay, relay_of
from certctl.connectors.notifiers.mail.replies import Refused, Step, Unusable, classify, refused
from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.channels.kinds.email import Security, refuse_exposure
from certctl.domain.errors import DomainError, InvalidInput
from certctl.domain.networks import PinnedHost
from certctl.domain.notifications.messages import Message
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind

# smtplib bounds a line, not the number of lines in a reply.
_REPLIES_LIMIT = 64 * 1024
_PARTING_SECONDS = 0.5


@cache
def mail_tls_context() -> ssl.SSLContext:
    """Trusts certifi's roots, as https does. Without ALPN: SMTP has no name there."""
    import certifi  # only where a connection is made: an import costs every cold start

    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True)
class Dialler:
    """How connections are made; tests pass their own."""

    connect: Connect = tcp_connect
    trust: Callable[[], ssl.SSLContext] = mail_tls_context
    monotonic: Callable[[], float] = time.monotonic


class SmtpMail:
    """Settings: those of `mail.compose`; `host`; `port` (587, with implicit TLS 465); `tls` (`starttls`,
    `implicit`, `none`); `username` and `password`, a secret's reference, for servers that want a login.
    """

    def __init__(
        self, config: ChannelConfig, guard: AddressGuard, secrets: Secrets, dialler: Dialler | None = None
    ) -> None:
        self._settings = config.settings
        self._guard = guard
        self._secrets = secrets
        self._dialler = dialler or Dialler()

    def send(self, message: Message, deadline_seconds: float) -> Outcome:
        try:
            mail = compose(message, self._settings)
            relay = relay_of(self._settings, self._secrets)
        except NoRecipient:
            return no_recipient()
        except DomainError as error:
            return unconfigured(error.detail)
        return self._attempt(mail, relay, Countdown(deadline_seconds, self._dialler.monotonic))

    def _attempt(self, mail: Mail, relay: Relay, countdown: Countdown) -> Outcome:
        try:
            target = self._guard.resolve_host(relay.host, relay.port)
            refuse_exposure(self._settings, target)
            with self._connected(relay, target, countdown) as line:
                return hand_over(line, relay, mail)
        except InvalidInput as error:
            return unconfigured(error.detail)
        except Exception as error:  # whatever the far side does must end as a value, and without its text
            return classify(error, countdown.spent_ms())

    @contextlib.contextmanager
    def _connected(self, relay: Relay, target: PinnedHost, countdown: Countdown) -> "Iterator[_Line]":
        _, raw = connect_pinned(target.addresses, target.port, countdown, self._dialler.connect)
        line = _Line(raw, target.host, countdown, self._dialler.trust)
        try:
            if relay.security is Security.IMPLICIT:
                line.secure()
            yield line
        finally:
            line.close()


class _Line:
    """The connection. For smtplib it is the SSLContext by which STARTTLS replaces the socket."""

    def __init__(
        self, raw: socket.socket, host: str, countdown: Countdown, trust: Callable[[], ssl.SSLContext]
    ) -> None:
        self._raw = raw
        self._host = host
        self._trust = trust
        self.countdown = countdown

    def secure(self) -> None:
        self._raw = wrap_tls(self._raw, self._host, self.countdown, self._trust)

    def timed(self, countdown: Countdown) -> socket.socket:
        """smtplib, like http.client, uses only what TimedSocket has."""
        return cast(socket.socket, TimedSocket(self._raw, countdown, _REPLIES_LIMIT))

    def wrap_socket(self, _plain: object, server_hostname: str) -> socket.socket:
        """The name that counts is the one that was checked, which smtplib does not have."""
        self.secure()
        return self.timed(self.countdown)

    def close(self) -> None:
        self._raw.close()


def hand_over(line: _Line, relay: Relay, mail: Mail) -> Outcome:
    """The reply to DATA decides. Later replies, or missing ones, change nothing. Raises Refused, Unusable,
    smtplib.SMTPException, OSError, AnswerTooLong."""
    client = smtplib.SMTP(local_hostname=mail.sender_domain)
    client.sock = line.timed(line.countdown)
    try:
        _expect(Step.GREETING, *client.getreply())
        _introduce(client, line, relay)
        _submit(client, mail)
        return Outcome(OutcomeKind.ACCEPTED, 250, duration_ms=line.countdown.spent_ms())
    finally:
        _part(client, line)


def _introduce(client: smtplib.SMTP, line: _Line, relay: Relay) -> None:
    """Sends EHLO, without HELO, the old fallback: a server without EHLO has neither STARTTLS nor a login."""
    _expect(Step.HELLO, *client.ehlo())
    if relay.security is Security.STARTTLS:
        _start_tls(client, line)
        _expect(Step.HELLO, *client.ehlo())
    if relay.username:
        _log_in(client, relay)


def _start_tls(client: smtplib.SMTP, line: _Line) -> None:
    """Starts TLS, without which no mail is sent: a man in the middle could otherwise hide the offer."""
    if not client.has_extn("starttls"):
        raise Unusable("the server offers no STARTTLS")
    try:
        client.starttls(context=cast(ssl.SSLContext, line))
    except smtplib.SMTPResponseException as error:
        raise refused(Step.STARTTLS, error) from None


def _log_in(client: smtplib.SMTP, relay: Relay) -> None:
    if not client.has_extn("auth"):
        raise Unusable("the server offers no login")
    try:
        client.login(relay.username, relay.password)
    except smtplib.SMTPResponseException as error:
        raise refused(Step.LOGIN, error) from None
    except UnicodeError:
        raise Unusable("the user name or password is not ASCII") from None


def _submit(client: smtplib.SMTP, mail: Mail) -> None:
    _expect(Step.SENDER, *client.mail(mail.sender))
    _expect(Step.RECIPIENT, *client.rcpt(mail.recipient))
    try:
        _expect(Step.CONTENT, *client.data(mail.content))
    except smtplib.SMTPDataError as error:
        raise refused(Step.CONTENT, error) from None


def _expect(step: Step, code: int, text: bytes) -> None:
    """RFC 5321 section 4.2.1: the first digit decides."""
    if not 200 <= code <= 299:
        raise Refused(step, code, text)


def _part(client: smtplib.SMTP, line: _Line) -> None:
    """QUIT is a courtesy, with a little time of its own: the mail's result is already known."""
    if client.sock is None:
        return
    with contextlib.suppress(Exception):
        client.sock = line.timed(line.countdown.at_most(_PARTING_SECONDS))
        client.file = None
        client.quit()
