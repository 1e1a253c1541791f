"""The words before TLS: SMTP, IMAP, LDAP, PostgreSQL and MySQL."""

from collections.abc import Awaitable, Callable, Mapping

from certctl_client.probing.probes import StartTls
from certctl_client.probing.streams import PlainText, ProtocolFault, Stream

_MOST_LINES = 100
_POSTGRES_REQUEST = bytes.fromhex("00000008 04d2162f")
_LDAP_OID = b"1.3.6.1.4.1.1466.20037"
_LDAP_EXTENDED_RESPONSE = 0x78
_LDAP_LONGEST = 4096
_MYSQL_LONGEST = 4096
_MYSQL_PROTOCOL = 10
_MYSQL_ERROR = 0xFF
_MYSQL_SSL = 0x0800
_MYSQL_CAPABILITIES = 0x0200 | _MYSQL_SSL | 0x8000
"""CLIENT_PROTOCOL_41, CLIENT_SSL, CLIENT_RESERVED2 (secure connection)."""
_MYSQL_UTF8 = 45


async def begin_tls(stream: Stream, protocol: StartTls) -> None:
    """Brings the server to the point where TLS begins. Raises OSError, ProtocolFault."""
    text = PlainText(stream)
    await _BEGINNINGS[protocol](text)
    text.end()


async def _smtp(text: PlainText) -> None:
    """RFC 3207."""
    await _smtp_reply(text, b"220")
    await text.stream.send(b"EHLO localhost\r\n")
    offered = await _smtp_reply(text, b"250")
    if b"STARTTLS" not in {line[4:].strip().upper() for line in offered}:
        raise ProtocolFault("the server does not offer STARTTLS")
    await text.stream.send(b"STARTTLS\r\n")
    await _smtp_reply(text, b"220")


async def _smtp_reply(text: PlainText, expected: bytes) -> list[bytes]:
    """The lines of a reply: all but the last have a hyphen behind the code (RFC 5321 4.2.1)."""
    lines: list[bytes] = []
    while len(lines) < _MOST_LINES:
        lines.append(line := await text.line())
        if line[:3] != expected:
            raise ProtocolFault(f"the server says {_shown(line)}")
        if line[3:4] != b"-":
            return lines
    raise ProtocolFault("the server sends a reply without end")


async def _imap(text: PlainText) -> None:
    """RFC 9051 6.2.1. Servers that do not offer it say so when asked."""
    greeting = await text.line()
    if not greeting.upper().startswith(b"* OK"):
        raise ProtocolFault(f"the server says {_shown(greeting)}")
    await text.stream.send(b"a STARTTLS\r\n")
    for _ in range(_MOST_LINES):
        line = await text.line()
        if line.upper().startswith(b"A OK"):
            return
        if not line.startswith(b"* "):
            raise ProtocolFault(f"the server does not offer STARTTLS: {_shown(line)}")
    raise ProtocolFault("the server sends a reply without end")


async def _ldap(text: PlainText) -> None:
    """RFC 4511 4.14: an extended request, and a response of it with resultCode success."""
    request = b"\x77" + bytes([len(_LDAP_OID) + 2]) + b"\x80" + bytes([len(_LDAP_OID)]) + _LDAP_OID
    message = b"\x02\x01\x01" + request
    await text.stream.send(b"\x30" + bytes([len(message)]) + message)
    tag, body = await _ldap_element(text)
    if tag != 0x30 or body[:3] != b"\x02\x01\x01" or body[3:4] != bytes([_LDAP_EXTENDED_RESPONSE]):
        raise ProtocolFault("the server does not speak LDAP")
    result = body[4:]
    skipped = 1 if result[:1] < b"\x80" else 1 + (result[0] & 0x7F)
    if result[skipped : skipped + 3] != b"\x0a\x01\x00":
        raise ProtocolFault("the server does not offer STARTTLS")


async def _ldap_element(text: PlainText) -> tuple[int, bytes]:
    tag, length = await text.exactly(2)
    if length > 0x80:
        if length > 0x84:
            raise ProtocolFault("the server does not speak LDAP")
        length = int.from_bytes(await text.exactly(length & 0x7F))
    if length > _LDAP_LONGEST:
        raise ProtocolFault("the server does not speak LDAP")
    return tag, await text.exactly(length)


async def _postgres(text: PlainText) -> None:
    """SSLRequest: the server responds with one byte, S or N."""
    await text.stream.send(_POSTGRES_REQUEST)
    response = await text.exactly(1)
    if response != b"S":
        refused = "offer TLS" if response == b"N" else "speak PostgreSQL"
        raise ProtocolFault(f"the server does not {refused}")


async def _mysql(text: PlainText) -> None:
    """The server greets first (protocol 10); an SSLRequest is the first half of a handshake response."""
    header = await text.exactly(4)
    length = int.from_bytes(header[:3], "little")
    if not 0 < length <= _MYSQL_LONGEST:
        raise ProtocolFault("the server does not speak MySQL")
    greeting = await text.exactly(length)
    if greeting[0] == _MYSQL_ERROR:
        raise ProtocolFault(f"the server says {_shown(greeting[3:])}")
    _version, terminator, rest = greeting[1:].partition(b"\0")
    if greeting[0] != _MYSQL_PROTOCOL or not terminator:
        raise ProtocolFault("the server does not speak MySQL")
    # The thread's id, eight bytes of a challenge and a zero come before the lower half of the capabilities.
    if not int.from_bytes(rest[13:15], "little") & _MYSQL_SSL:
        raise ProtocolFault("the server does not offer TLS")
    body = _MYSQL_CAPABILITIES.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little")
    body += bytes([_MYSQL_UTF8]) + bytes(23)
    await text.stream.send(len(body).to_bytes(3, "little") + b"\x01" + body)


def _shown(line: bytes) -> str:
    return repr(line[:80].decode("ascii", "replace"))


_BEGINNINGS: Mapping[StartTls, Callable[[PlainText], Awaitable[None]]] = {
    StartTls.SMTP: _smtp,
    StartTls.IMAP: _imap,
    StartTls.LDAP: _ldap,
    StartTls.POSTGRES: _postgres,
    StartTls.MYSQL: _mysql,
}
