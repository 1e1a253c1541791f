"""The words before TLS, with servers that say what the RFCs and manuals let them say."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from certctl_client.probing.probes import Fault, StartTls
from tests.support.probing.pki import Identity
from tests.support.probing.probing import handshakes
from tests.support.probing.servers import Conversation, saying, serving, shaking_hands, tls_context

_LINE = 0
_LDAP_RESPONSE = bytes.fromhex("300c 020101 7807 0a0100 0400 0400")


def mysql_greeting(capabilities: int) -> bytes:
    body = b"\x0a11.8.9-MariaDB\0" + bytes(4) + b"12345678\0" + capabilities.to_bytes(2, "little")
    body += b"\x2d" + bytes(2) + bytes(2) + b"\x15" + bytes(10) + b"123456789012\0mysql_native_password\0"
    return len(body).to_bytes(3, "little") + b"\0" + body


_GOOD: Mapping[StartTls, tuple[bytes | int, ...]] = {
    StartTls.SMTP: (
        b"220-mx.example.com ESMTP\r\n220 ready\r\n",
        _LINE,
        b"250-mx.example.com\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n",
        _LINE,
        b"220 go ahead\r\n",
    ),
    StartTls.IMAP: (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", _LINE, b"* BYTHEWAY\r\na OK begin\r\n"),
    StartTls.LDAP: (31, _LDAP_RESPONSE),
    StartTls.POSTGRES: (8, b"S"),
    StartTls.MYSQL: (mysql_greeting(0xFFFF), 36),
}
_WITHOUT_TLS: Mapping[StartTls, tuple[bytes | int, ...]] = {
    StartTls.SMTP: (b"220 ready\r\n", _LINE, b"250-mx.example.com\r\n250 SIZE\r\n"),
    StartTls.IMAP: (b"* OK ready\r\n", _LINE, b"a BAD unknown command\r\n"),
    StartTls.LDAP: (31, bytes.fromhex("300c 020101 7807 0a0102 0400 0400")),
    StartTls.POSTGRES: (8, b"N"),
    StartTls.MYSQL: (mysql_greeting(0xF7FF), 1),
}


def joined(turns: Sequence[bytes | int]) -> Conversation:
    """Says in one piece what follows on another without a reply."""
    whole: list[bytes | int] = []
    for turn in turns:
        if whole and isinstance(turn, bytes) and isinstance(whole[-1], bytes):
            whole[-1] += turn
        else:
            whole.append(turn)
    return saying(*whole)


_ANOTHER_SERVER = b"SSH-2.0-OpenSSH_10.0\r\n"


def test_every_protocol_is_tried_here() -> None:
    assert set(_GOOD) == set(_WITHOUT_TLS) == set(StartTls)


@pytest.mark.parametrize("protocol", StartTls)
def test_tls_begins_when_both_have_agreed_to_it(protocol: StartTls, identity: Identity, file: Path) -> None:
    with serving(shaking_hands(tls_context(file), saying(*_GOOD[protocol]))) as port:
        [seen] = handshakes(port, starttls=protocol)
    assert (seen.fault, seen.detail, seen.chain) == (None, "", identity.der())


@pytest.mark.parametrize("protocol", StartTls)
def test_a_server_without_tls_says_so(protocol: StartTls) -> None:
    with serving(saying(*_WITHOUT_TLS[protocol])) as port:
        [seen] = handshakes(port, starttls=protocol)
    assert seen.fault is Fault.PROTOCOL
    assert "does not offer" in seen.detail


@pytest.mark.parametrize("protocol", StartTls)
def test_a_server_of_another_protocol_is_recognised(protocol: StartTls) -> None:
    with serving(saying(_ANOTHER_SERVER, 1)) as port:
        [seen] = handshakes(port, starttls=protocol, seconds=2)
    assert seen.fault is Fault.PROTOCOL


@pytest.mark.parametrize("protocol", StartTls)
def test_a_server_that_hangs_up_before_tls_is_told_from_one_that_fails_in_it(protocol: StartTls) -> None:
    with serving(saying()) as port:
        [seen] = handshakes(port, starttls=protocol)
    assert seen.fault is Fault.PROTOCOL


@pytest.mark.parametrize("protocol", StartTls)
def test_plain_text_behind_the_agreement_is_not_taken_as_protected(protocol: StartTls, file: Path) -> None:
    turns = list(_GOOD[protocol])
    at = max(index for index, turn in enumerate(turns) if isinstance(turn, bytes))
    turns.insert(at + 1, b"injected")
    with serving(shaking_hands(tls_context(file), joined(turns))) as port:
        [seen] = handshakes(port, starttls=protocol)
    assert (seen.fault, seen.chain) == (Fault.PROTOCOL, ())


def test_the_words_of_a_server_that_refuses_are_kept() -> None:
    with serving(saying(b"554 5.7.1 not from here\r\n")) as port:
        [seen] = handshakes(port, starttls=StartTls.SMTP)
    assert "554 5.7.1 not from here" in seen.detail


def test_a_host_that_mysql_has_blocked_learns_why() -> None:
    body = b"\xff\x69\x04Host '10.0.0.7' is blocked"
    with serving(saying(len(body).to_bytes(3, "little") + b"\0" + body)) as port:
        [seen] = handshakes(port, starttls=StartTls.MYSQL)
    assert "Host '10.0.0.7' is blocked" in seen.detail
