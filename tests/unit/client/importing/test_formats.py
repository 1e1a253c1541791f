"""Certificates are read from files that the usual programs write."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from certctl_client.importing.found import Found
from tests.support.client.import_files import certificate, key_pem, pem, scanned
from tests.support.openssl import openssl

_LEAF, _CA = certificate("www.example"), certificate("ca.example", ca=True)
_CHAIN = [Found("upload:-#1", _LEAF, (_CA,))]
_PASSWORD = "s3cret"
_PKCS12 = {
    "OpenSSL 3's default: PBES2 and AES": (),
    "OpenSSL 1's default: RC2 of 40 bits and Triple DES": ("-legacy",),
    "Triple DES": ("-legacy", "-certpbe", "PBE-SHA1-3DES"),
    "Triple DES with two keys": ("-legacy", "-certpbe", "PBE-SHA1-2DES"),
    "RC2 of 128 bits": ("-legacy", "-certpbe", "PBE-SHA1-RC2-128"),
    "PBES2 with AES of 128 bits": ("-certpbe", "AES-128-CBC"),
    "PBES2 with SHA-512": ("-macalg", "SHA512"),
    "certificates in clear": ("-certpbe", "NONE"),
}
needs_keytool = pytest.mark.skipif(shutil.which("keytool") is None, reason="needs keytool")


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A directory with a chain and its key, for the programs."""
    (tmp_path / "chain.pem").write_bytes(pem(_LEAF, _CA))
    (tmp_path / "leaf.pem").write_bytes(pem(_LEAF))
    (tmp_path / "key.pem").write_bytes(key_pem())
    return tmp_path


def _pkcs12(parts: Path, options: Sequence[str], password: str = _PASSWORD) -> bytes:
    file = parts / "made.p12"
    pair = ("-in", parts / "chain.pem", "-inkey", parts / "key.pem")
    openssl("pkcs12", "-export", *pair, "-out", file, "-passout", f"pass:{password}", *options)
    return file.read_bytes()


def _java(parts: Path, kind: str) -> bytes:
    source = parts / "source.p12"
    source.write_bytes(_pkcs12(parts, ()))
    file = parts / "made.keystore"
    to = ["-destkeystore", str(file), "-deststoretype", kind, "-deststorepass", "an0ther"]
    of = ["-srckeystore", str(source), "-srcstorepass", _PASSWORD]
    subprocess.run(["keytool", "-importkeystore", *of, *to], check=True, capture_output=True)
    return file.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        pem(_LEAF, _CA),
        b"\xef\xbb\xbfwww.example\r\n" + pem(_LEAF).replace(b"\n", b"\r\n") + b"its issuer\n" + pem(_CA),
    ],
    ids=["PEM", "PEM with text around, and line ends of Windows"],
)
def test_a_leaf_is_found_with_its_chain(data: bytes) -> None:
    assert list(scanned(data).found) == _CHAIN


def test_der_is_read() -> None:
    assert scanned(_LEAF).certificates == [_LEAF]


def test_openssl_s_trusted_certificate_is_read_without_its_settings(parts: Path) -> None:
    trusted = openssl("x509", "-in", parts / "leaf.pem", "-trustout", "-addtrust", "serverAuth")
    assert scanned(trusted.encode()).certificates == [_LEAF]


def test_a_certificate_below_its_text_is_read(parts: Path) -> None:
    assert scanned(openssl("x509", "-in", parts / "leaf.pem", "-text").encode()).certificates == [_LEAF]


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_pkcs7_is_read(parts: Path, form: str) -> None:
    file = parts / "made.p7b"
    openssl("crl2pkcs7", "-nocrl", "-certfile", parts / "chain.pem", "-outform", form, "-out", file)
    assert list(scanned(file.read_bytes()).found) == _CHAIN


@pytest.mark.parametrize("options", _PKCS12.values(), ids=_PKCS12.keys())
def test_pkcs12_is_read_with_its_password(parts: Path, options: Sequence[str]) -> None:
    seen = scanned(_pkcs12(parts, options), "wrong", _PASSWORD)
    assert (list(seen.found), [each.format for each in seen.keys]) == (_CHAIN, ["PKCS #12"])


def test_pkcs12_with_an_empty_password_asks_for_none(parts: Path) -> None:
    assert list(scanned(_pkcs12(parts, (), password="")).found) == _CHAIN


@pytest.mark.parametrize("options", [(), ("-legacy",)], ids=["PBES2", "RC2"])
def test_pkcs12_that_no_password_opens_is_refused(parts: Path, options: Sequence[str]) -> None:
    seen = scanned(_pkcs12(parts, options), "wrong", "wr0ng")
    assert [each.reason for each in seen.all] == [  # type: ignore[union-attr]
        "It is a PKCS #12 file that no given password opens: see --password-file."
    ]


@needs_keytool
@pytest.mark.parametrize("kind", ["JKS", "JCEKS"])
def test_a_java_keystore_needs_no_password(parts: Path, kind: str) -> None:
    seen = scanned(_java(parts, kind))
    assert (list(seen.found), [each.format for each in seen.keys]) == (_CHAIN, ["Java keystore"])


@needs_keytool
def test_pkcs12_of_java_is_read(parts: Path) -> None:
    assert list(scanned(_java(parts, "PKCS12"), "an0ther").found) == _CHAIN
