"""No tracked file holds a private key, and the check finds one in each form."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from local.checks.private_keys import private_keys

_PASSWORD = BestAvailableEncryption(b"password")


@pytest.mark.parametrize(
    ("form", "encryption"),
    [
        (PrivateFormat.PKCS8, NoEncryption()),
        (PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        (PrivateFormat.OpenSSH, NoEncryption()),
        (PrivateFormat.PKCS8, _PASSWORD),
        (PrivateFormat.TraditionalOpenSSL, _PASSWORD),
    ],
)
def test_a_key_is_found_in_any_form(
    tmp_path: Path, form: PrivateFormat, encryption: KeySerializationEncryption
) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, form, encryption)
    file = tmp_path / "notes.md"
    file.write_bytes(b"# A note\n\n" + key + b"\nmore\n")
    assert list(private_keys([file])) == [file]


def test_what_only_looks_like_a_key_is_none(tmp_path: Path) -> None:
    begin, end = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    file = tmp_path / "page.md"
    file.write_text(f"{begin}\nMIGH...\n{end}\n`{begin}` begins a key.\n", encoding="utf-8")
    assert list(private_keys([file])) == []
