"""Which key a text or a file names."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.spki import spki_of, spki_text
from tests.support.issuing.csr import csr_pem

KEY = ec.generate_private_key(ec.SECP256R1())
SPKI = sha256(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def private(encoding: Encoding, form: PrivateFormat) -> bytes:
    return KEY.private_bytes(encoding, form, NoEncryption())


@pytest.mark.parametrize(
    "data",
    [
        csr_pem("a.example.com", [], KEY).encode(),
        KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        private(Encoding.PEM, PrivateFormat.PKCS8),
        private(Encoding.PEM, PrivateFormat.TraditionalOpenSSL),
        private(Encoding.DER, PrivateFormat.PKCS8),
    ],
    ids=["csr", "public", "public-der", "pkcs8", "sec1", "pkcs8-der"],
)
def test_the_same_key_has_the_same_hash_in_every_file(data: bytes) -> None:
    assert spki_of(data) == SPKI


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))],
    ids=["empty", "text", "encrypted"],
)
def test_a_file_without_a_readable_key_is_refused(data: bytes) -> None:
    with pytest.raises(CommandError, match="no certificate, CSR or key"):
        spki_of(data)


@pytest.mark.parametrize(
    "text",
    [SPKI, SPKI.upper(), ":".join(SPKI[i : i + 2] for i in range(0, 64, 2))],
    ids=["lower-case", "upper-case", "with-colons"],
)
def test_a_hash_is_read_as_people_write_it(text: str) -> None:
    assert spki_text(text) == SPKI


@pytest.mark.parametrize(
    "text", ["", "beef", SPKI + "0", "g" * 64], ids=["empty", "short", "long", "not-hexadecimal"]
)
def test_what_is_no_hash_is_wrong_usage(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no SHA-256"):
        spki_text(text)
