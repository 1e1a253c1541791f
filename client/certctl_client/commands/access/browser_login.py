"""`certctl login` by the browser: its user consents in the dashboard, and the code of the consent comes back
to a port of this computer (RFC 8252 section 7.3), or is pasted."""

import base64
import hashlib
import hmac
import queue
import secrets
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import typer

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.output import say
from certctl_client.session import stack_of
from certctl_client.settings import Settings

PAGE = "/cli"
_WAIT_SECONDS = 300
_RANDOM_BYTES = 32
_LONGEST_CODE = 128
_LONGEST_HOST = 64
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DONE = "The code has arrived. The terminal shows whether you are signed in; you can close this page."
_STRANGE = "This is not the answer that certctl waits for."


@dataclass(frozen=True)
class ConsentRequest:
    """`verifier` is the secret that only this command knows (RFC 7636); `state` marks its answer."""

    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(_RANDOM_BYTES), repr=False)
    state: str = field(default_factory=lambda: secrets.token_urlsafe(_RANDOM_BYTES), repr=False)

    @property
    def challenge(self) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def page(self, server: str, redirect_uri: str | None) -> str:
        """The address of the dashboard's page that asks for the consent."""
        query = {"code_challenge": self.challenge, "state": self.state, "host": _this_host()}
        query |= {"redirect_uri": redirect_uri} if redirect_uri else {}
        return f"{server}{PAGE}?{urlencode(query)}"


def has_providers(server: str, ca: str) -> bool:
    """Whether people sign in to this stack with an identity provider."""
    with stack_of(Settings(server, "", ca)) as stack:
        try:
            return bool(stack.keys.providers())
        except CommandError:
            return False  # an earlier release, or no server: asking for the key shows which


def by_browser(server: str, ca: str) -> str:
    """The text of a session. Raises CommandError."""
    import webbrowser  # takes as long to import as the rest

    request = ConsentRequest()
    with _receiving(request.state) as receiver:
        page = request.page(server, receiver.uri)
        say(f"Opening {page}")
        webbrowser.open(page)
        say("Waiting for the browser. Without one on this computer: certctl login --no-browser")
        return _session(server, ca, receiver.code(), request, receiver.uri)


def by_pasting(server: str, ca: str) -> str:
    """The text of a session that is never an administrator's. Raises CommandError."""
    if not sys.stdin.isatty():
        raise ConfigurationError("There is no terminal to paste the code into.", "Use --key-stdin or --rule.")
    request = ConsentRequest()
    say(f"Open this page in a browser, and paste its code here:\n\n{request.page(server, None)}\n")
    code = str(typer.prompt("Code", hide_input=True, err=True)).strip()
    return _session(server, ca, code[:_LONGEST_CODE], request, None)


def _session(server: str, ca: str, code: str, request: ConsentRequest, redirect_uri: str | None) -> str:
    with stack_of(Settings(server, "", ca)) as stack:
        return stack.keys.of_code(code, request.verifier, redirect_uri)["access_token"]


def _this_host() -> str:
    """The name of this host in the form that the page shows: printable, and short."""
    return "".join(c for c in socket.gethostname() if c.isprintable())[:_LONGEST_HOST] or "unknown"


class _Receiver(ThreadingHTTPServer):
    """Answers in threads, since a browser opens connections that it does not use."""

    daemon_threads = True

    def __init__(self, state: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state
        self.codes: queue.SimpleQueue[str] = queue.SimpleQueue()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def code(self) -> str:
        """Waits for the code. Raises CommandError after five minutes."""
        try:
            return self.codes.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            raise CommandError("No consent came within 5 minutes.", "Run `certctl login` again.") from None


class _Handler(BaseHTTPRequestHandler):
    timeout = 30

    def do_GET(self) -> None:
        """Accepts only the address with this command's state; a browser may repeat it."""
        receiver, parts = cast(_Receiver, self.server), urlsplit(self.path)
        sent = parse_qs(parts.query)
        code, state = sent.get("code", [""])[0], sent.get("state", [""])[0]
        is_ours = hmac.compare_digest(state.encode(), receiver.state.encode())
        if parts.path != "/" or not is_ours or not 0 < len(code) <= _LONGEST_CODE:
            return self._answer(400, _STRANGE)
        self._answer(200, _DONE)
        receiver.codes.put(code)

    def _answer(self, status: int, text: str) -> None:
        body = f"<!doctype html><html lang=en><title>certctl</title><p>{text}</p></html>".encode()
        self.send_response(status)
        for name, value in {**_HEADERS, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing, since the address has the code."""


@contextmanager
def _receiving(state: str) -> Iterator[_Receiver]:
    receiver = _Receiver(state)
    thread = threading.Thread(target=receiver.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
