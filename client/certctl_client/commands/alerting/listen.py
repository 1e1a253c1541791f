"""`certctl listen`: alerts of the stack at a local port, without a public URL."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certctl_client.api.resources import Stack
from certctl_client.api.schema import CertificateView, NotificationType, NotificationView
from certctl_client.commands.choices import several
from certctl_client.errors import CommandError, RequestFailed, Unreachable
from certctl_client.files import read_bounded, replace_file
from certctl_client.listening.deliveries import delivery_of, secret_of_run, signing_key
from certctl_client.listening.feed import Feed
from certctl_client.output import say
from certctl_client.plain_text import one_line
from certctl_client.session import open_stack
from certctl_client.settings import load_url
from certctl_client.times import wire

if TYPE_CHECKING:
    from certctl_client.listening.forwarding import Forwarder

_SHORTEST, _USUAL, _LONGEST = 2.0, 5.0, 300.0
_LONGEST_ID = 200
_PER_PAGE = 100
_TOO_MANY, _SERVER_ERROR = 429, 500

ForwardTo = Annotated[
    str, typer.Option("--forward-to", metavar="URL", help="Where each alert is sent: POST.")
]


@dataclass
class Listener:
    """`types` are those to forward, all if empty. `cursor` keeps the id of the last alert."""

    stack: Stack
    feed: Feed
    forwarder: "Forwarder"
    types: frozenset[str]
    cursor: Path | None
    url: str
    last: str = field(default="")

    def poll(self) -> None:
        """Forwards what is new. Raises CommandError."""
        for row in self.feed.new(datetime.now(UTC)):
            if not self.feed.is_known(row) and (not self.types or row["type"] in self.types):
                self._forward(row)
            self.feed.pass_by(row)
            self._keep(row["id"])

    def _forward(self, row: NotificationView) -> None:
        certificate_id = row["certificate_id"]
        link = f"{self.url}/certificates/{certificate_id}" if certificate_id else ""
        delivery = delivery_of(row, self._certificate(certificate_id), link)
        answer = self.forwarder.deliver(delivery)
        typer.echo(
            one_line(f"{row['created_at']} {row['type']} {row['severity']} {row['subject']} -> {answer}")
        )

    def _certificate(self, certificate_id: str | None) -> CertificateView | None:
        """The present record; None if there is none, or the caller may not read it."""
        if certificate_id is None:
            return None
        try:
            return self.stack.certificates.get(certificate_id)
        except RequestFailed:
            return None

    def _keep(self, id_: str) -> None:
        self.last = id_
        if self.cursor:
            replace_file(self.cursor, f"{id_}\n".encode(), 0o600)


def listen(
    forward_to: ForwardTo,
    types: Annotated[
        list[str] | None, several(NotificationType, "--types", help="Only this type. Repeatable.")
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Continue behind this notification, not from now on."),
    ] = None,
    cursor: Annotated[
        Path | None,
        typer.Option(help="Keep the last id in this file, and continue from it.", dir_okay=False),
    ] = None,
    every: Annotated[
        float, typer.Option(min=_SHORTEST, max=_LONGEST, help="Seconds between polls.")
    ] = _USUAL,
    once: Annotated[bool, typer.Option("--once", help="Poll once, then end.")] = False,
) -> None:
    """Forward new alerts to a local URL, signed as webhooks are, until Ctrl-C. It needs no public URL.

    Alerts come in order and at least once: after a restart those of the last minute come again, with the same
    webhook-id. A receiver that does not answer is tried until it does. The signing secret is
    CERTCTL_LISTEN_SECRET, or a new one that is printed. Needs notifications:read.
    """
    from certctl_client.listening.forwarding import Forwarder, checked_receiver, new_client

    receiver, secret = checked_receiver(forward_to), secret_of_run(os.environ, say)
    with open_stack() as stack, new_client() as client:
        forwarder = Forwarder(receiver, signing_key(secret), client, say)
        chosen = frozenset(types or ())
        listener = Listener(stack, _feed(stack), forwarder, chosen, cursor, load_url(os.environ))
        with _ended_by_ctrl_c(listener, forward_to):
            _start(listener, after or _kept(cursor))
            _run(listener, every, once, time.sleep)


def _start(listener: Listener, after: str | None) -> None:
    if after:
        last = listener.stack.notifications.get(after)
        listener.feed.floor = datetime.fromisoformat(last["created_at"]) - timedelta(minutes=1)
        listener.feed.pass_by(last)
    else:
        listener.feed.pass_all(datetime.now(UTC))
    say(f"Forwarding new alerts to {listener.forwarder.url}. Ctrl-C ends it.")


def _run(listener: Listener, every: float, is_once: bool, sleep: Callable[[float], None]) -> None:
    """Polls until Ctrl-C. A stack that cannot be reached is asked again at the next poll."""
    while True:
        try:
            listener.poll()
        except CommandError as error:
            if is_once or not _passes_by_itself(error):
                raise
            say(f"{error.message} Trying again in {every:g} s.")
        if is_once:
            return
        sleep(every)


def _passes_by_itself(error: CommandError) -> bool:
    if isinstance(error, RequestFailed):
        return error.status == _TOO_MANY or error.status >= _SERVER_ERROR
    return isinstance(error, Unreachable)


@contextmanager
def _ended_by_ctrl_c(listener: Listener, forward_to: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        say("Ended.")
        if listener.last:
            say(f"To continue: certctl listen --forward-to {forward_to} --after {listener.last}")


def _feed(stack: Stack) -> Feed:
    """Begins ten minutes ago, as the clocks may differ."""
    return Feed(lambda since: _read(stack, since), datetime.now(UTC) - timedelta(minutes=10))


def _read(stack: Stack, since: datetime) -> Iterator[NotificationView]:
    return stack.notifications.all({"since": wire(since), "sort": "created_at", "per_page": _PER_PAGE})


def _kept(cursor: Path | None) -> str | None:
    if cursor is None or not cursor.exists():
        return None
    return read_bounded(cursor, _LONGEST_ID).decode("ascii", "replace").strip() or None
