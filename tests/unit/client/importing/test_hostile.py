"""Hostile files take bounded time and memory, and end in a refusal."""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certctl_client.importing.found import Finding, Refused
from tests.support.client.import_files import certificate, pem, scanned
from tests.support.openssl import openssl

_MIB = 1024 * 1024
_LEAF = certificate("www.example")


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x84" + size.to_bytes(4)
    return bytes([tag]) + length + content


def _nested(levels: int) -> bytes:
    """SEQUENCEs in one another."""
    header = b""
    for level in range(levels):
        header = b"\x30\x84" + (6 * level).to_bytes(4) + header if level < 3 else b"\x30\x80" + header
    return header


_BOMBS: dict[str, Callable[[], bytes]] = {
    "sequences in one another": lambda: _nested(100_000),
    "a length of 4 GiB": lambda: b"\x30\x84\xff\xff\xff\xff" + b"\x30" * 1000,
    "a length of a length": lambda: b"\x30\xff" + b"\xff" * 1000,
    "a million empty elements": lambda: _tlv(0x30, b"\x05\x00" * 500_000),
    "PKCS #12 of empty parts": lambda: _tlv(0x30, b"\x02\x01\x03" + _tlv(0x30, b"\x30\x00" * 400_000)),
    "blocks that do not end": lambda: b"-----BEGIN CERTIFICATE-----\n" * 30_000,
    "empty blocks": lambda: b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" * 15_000,
    "a keystore of four billion entries": lambda: b"\xfe\xed\xfe\xed\0\0\0\2\xff\xff\xff\xff" + b"\0" * _MIB,
    "a key of four billion bytes": lambda: (
        b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\1\0\0" + b"\0" * 8 + b"\xff" * 1000
    ),
    "JSON in one another": lambda: b'{"x":"LS0tLS1CRUdJTi",' + b'"a":[' * 100_000,
    "JSON of many values": lambda: b'["LS0tLS1CRUdJTi"' + b",0" * _MIB,
    "YAML of laughs": lambda: (
        b"m: LS0tLS1CRUdJTi\na: &a [1,1,1,1,1,1,1,1,1]\n"
        + b"".join(b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c]\n" % (n, n, *(n - 1,) * 6) for n in range(98, 110))
    ),
    "YAML in one another": lambda: b"m: LS0tLS1CRUdJTi\na: " + b"[" * 10_000,
}


@pytest.mark.parametrize("bomb", _BOMBS.values(), ids=_BOMBS.keys())
def test_a_bomb_is_refused_soon_and_in_little_memory(bomb: Callable[[], bytes]) -> None:
    data = bomb()
    began = time.process_time()
    tracemalloc.start()
    seen = scanned(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (seen.found, bool(seen.refused)) == ((), True)
    assert time.process_time() - began < 20
    assert peak < 128 * _MIB


def test_100_mb_of_garbage_are_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "garbage.pem").open("wb") as file:
        file.truncate(100 * _MIB)
    tracemalloc.start()
    [refused] = scanned(tmp_path).refused
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (refused.reason, peak < 4 * _MIB) == ("It has more than 1 MiB.", True)


def test_a_password_hashed_for_hours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_bytes(pem(_LEAF))
    made = tmp_path / "made.p12"
    options = ("-nokeys", "-iter", "2000001", "-passout", "pass:x")
    openssl("pkcs12", "-export", "-in", tmp_path / "c.pem", "-out", made, *options)
    assert [each.reason for each in scanned(made).refused] == [
        "Its password is hashed more than 2,000,000 times."
    ]


def test_names_with_markup_and_control_characters_are_sent_as_bytes_and_never_said() -> None:
    hostile = certificate("<script>\x1b[2J")
    seen = scanned(pem(hostile))
    assert (seen.certificates, seen.refused) == ([hostile], ())


@given(st.binary(max_size=2000))
def test_any_bytes_end_in_findings(data: bytes) -> None:
    assert all(isinstance(each, Finding.__value__) for each in scanned(data).all)


_FILES = (
    pem(_LEAF),
    _LEAF,
    b"\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1\0\0\0\2\0\1a"
    + bytes(8)
    + b"\0\5X.509"
    + len(_LEAF).to_bytes(4)
    + _LEAF,
)


@given(st.sampled_from(_FILES), st.integers(0, 5000), st.integers(0, 255))
def test_a_changed_octet_never_raises(file: bytes, at: int, octet: int) -> None:
    place = at % len(file)
    seen = scanned(file[:place] + bytes([octet]) + file[place + 1 :])
    assert len(seen.found) <= 1


@given(st.sampled_from(_FILES), st.integers(0, 5000))
def test_a_file_that_is_cut_short_is_refused(file: bytes, at: int) -> None:
    cut = file[: at % (len(file) - 2)]
    assert [type(each) for each in scanned(cut).all] == [Refused]


@given(st.lists(st.sampled_from([_LEAF, certificate("a.example"), certificate("b.example")]), max_size=6))
def test_every_certificate_of_a_text_is_found_once_in_its_order(certificates: list[bytes]) -> None:
    assert scanned(b"text\n" + pem(*certificates) + b"end\n").certificates == certificates
