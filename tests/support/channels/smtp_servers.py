"""Real mail servers (aiosmtpd) on loopback: STARTTLS, implicit TLS or none, with or without a login."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Delivered:
    """One mail as the server accepted it. `is_encrypted`: it came over TLS; `login` is the authenticated
    user."""

    sender: str
    recipients: list[str]
    content: bytes
    hello: str
    is_encrypted: bool
    login: str


@dataclass
class MailServer:
    """`tls` with `is_implicit` uses TLS from the first byte, else after STARTTLS, which it then requires.
    `replies` by command (`MAIL`, `RCPT`, `DATA`) replace `250 OK`.
    """

    tls: ssl.SSLContext | None = None
    is_implicit: bool = False
    login: tuple[str, str] | None = None
    replies: Mapping[str, str] = field(default_factory=dict)
    delivered: list[Delivered] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator["MailServer"]:
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(
            loop.create_server(self._session, "127.0.0.1", 0, ssl=self.tls if self.is_implicit else None)
        )
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(_shut(server), loop).result(5)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    def _session(self) -> SMTP:
        self.connections += 1
        starts_tls = self.tls if not self.is_implicit else None
        return SMTP(
            self,
            hostname="mail.test",
            tls_context=starts_tls,
            require_starttls=starts_tls is not None,
            auth_required=self.login is not None and starts_tls is not None,
            auth_require_tls=starts_tls is not None,
            authenticator=self._authenticate,
        )

    def _authenticate(
        self, _server: SMTP, _session: Any, _envelope: Any, _how: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        pair = (given.login.decode(), given.password.decode())
        return AuthResult(success=pair == self.login, handled=False, auth_data=given.login.decode())

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.replies.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.replies.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        reply = self.replies.get("DATA", "250 2.0.0 Queued")
        if reply.startswith("2"):
            self.delivered.append(self._delivered(session, envelope))
        return reply

    def _delivered(self, session: Session, envelope: Envelope) -> Delivered:
        content = envelope.content
        return Delivered(
            sender=envelope.mail_from or "",
            recipients=list(envelope.rcpt_tos),
            content=content if isinstance(content, bytes) else b"",
            hello=session.host_name or "",
            is_encrypted=self.is_implicit or session.ssl is not None,
            login=str(session.auth_data or ""),
        )


async def _shut(server: asyncio.Server) -> None:
    """Ends the conversations too: clients of these tests hang up on purpose."""
    server.close()
    server.close_clients()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
