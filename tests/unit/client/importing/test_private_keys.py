"""Private keys are refused by their format, and no byte of them is in what is found or said."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from certctl_client.importing.formats.contents import groups_of
from certctl_client.importing.formats.private_keys import sentence
from tests.support.client.import_files import certificate, key_pem, pem, scanned
from tests.support.openssl import openssl

_RSA = rsa.generate_private_key(65537, 2048)
_EC = ec.generate_private_key(ec.SECP256R1())
_PASSWORD = BestAvailableEncryption(b"secret")
_PLAIN = NoEncryption()
_KEYS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "PKCS #1 in PEM": (
        "PKCS #1",
        lambda: _RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _PLAIN),
    ),
    "PKCS #1 in DER": (
        "PKCS #1",
        lambda: _RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, _PLAIN),
    ),
    "PKCS #8 in PEM": ("PKCS #8", lambda: _RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _PLAIN)),
    "PKCS #8 in DER": ("PKCS #8", lambda: _EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, _PLAIN)),
    "PKCS #8 of Ed25519 in DER": (
        "PKCS #8",
        lambda: ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.DER, PrivateFormat.PKCS8, _PLAIN),
    ),
    "encrypted PKCS #8 in PEM": (
        "PKCS #8, encrypted",
        lambda: _EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _PASSWORD),
    ),
    "encrypted PKCS #8 in DER": (
        "PKCS #8, encrypted",
        lambda: _EC.private_bytes(Encoding.DER, PrivateFormat.PKCS8, _PASSWORD),
    ),
    "SEC 1 in PEM": (
        "SEC 1",
        lambda: _EC.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _PLAIN),
    ),
    "SEC 1 in DER": (
        "SEC 1",
        lambda: _EC.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, _PLAIN),
    ),
    "DSA in PEM": (
        "DSA",
        lambda: dsa.generate_private_key(2048).private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _PLAIN
        ),
    ),
    "OpenSSH": ("OpenSSH", lambda: _EC.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, _PLAIN)),
    "an old encrypted PEM": (
        "PKCS #1",
        lambda: _RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, _PASSWORD),
    ),
    "PuTTY": ("PuTTY", lambda: b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
}


@pytest.mark.parametrize(("format_", "key"), _KEYS.values(), ids=_KEYS.keys())
def test_a_private_key_is_left_where_it_is(format_: str, key: Callable[[], bytes]) -> None:
    seen = scanned(key())
    assert (seen.found, [each.format for each in seen.keys]) == ((), [format_])


@pytest.mark.parametrize(("format_", "key"), _KEYS.values(), ids=_KEYS.keys())
def test_no_part_of_a_key_is_kept(format_: str, key: Callable[[], bytes]) -> None:
    text = key()
    [kept] = groups_of(text, tuple)
    assert (kept.certificates, kept.private_keys) == ((), (format_,))


def test_a_certificate_beside_its_key_is_read_without_it() -> None:
    leaf = certificate("www.example")
    seen = scanned(key_pem() + pem(leaf))
    assert (seen.certificates, len(seen.keys)) == ([leaf], 1)


def test_keys_of_a_pkcs12_file_are_not_decrypted(tmp_path: Path) -> None:
    """A key with another password than the certificates goes unnoticed."""
    (tmp_path / "c.pem").write_bytes(pem(certificate("www.example")))
    (tmp_path / "k.pem").write_bytes(key_pem())
    file = tmp_path / "made.p12"
    pair = ("-in", tmp_path / "c.pem", "-inkey", tmp_path / "k.pem")
    passwords = ("-passout", "pass:secret", "-keypbe", "AES-256-CBC", "-certpbe", "NONE")
    openssl("pkcs12", "-export", *pair, "-out", file, *passwords)
    seen = scanned(file)
    assert (len(seen.found), [each.format for each in seen.keys]) == (1, ["PKCS #12"])


def test_the_sentence_says_what_the_key_is_and_that_it_stays() -> None:
    assert sentence("SEC 1") == (
        "It is a private key (SEC 1). Keys stay where they are: only certificates are sent."
    )
