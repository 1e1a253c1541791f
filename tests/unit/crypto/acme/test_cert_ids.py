"""Certificates as renewal information names them."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import CertificateBuilder, Name, SubjectKeyIdentifier
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.acme.cert_ids import CertId, cert_id_of, parse_cert_id
from certctl.crypto.serials import serial_text
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from tests.support.acme.refusals import refused_as
from tests.support.authorities.authority import Authority

EXAMPLE = "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"
AKI = bytes.fromhex("69885b6b87464041e1b37b847ba0ae2cde01c8d4")


def test_the_example_of_rfc_9773_is_read_and_written() -> None:
    assert parse_cert_id(EXAMPLE) == CertId(AKI, "87654321")
    assert str(CertId(AKI, "87654321")) == EXAMPLE


@given(st.binary(min_size=1, max_size=64), st.integers(1, (1 << 160) - 1))
def test_what_is_written_is_read(aki: bytes, serial: int) -> None:
    named = CertId(aki, serial_text(serial))
    assert parse_cert_id(str(named)) == named


@given(st.text(alphabet="abcdefAQgw0189-_.=") | st.text())
def test_what_is_read_is_written_alike(text: str) -> None:
    try:
        named = parse_cert_id(text)
    except AcmeProblem:
        return
    assert str(named) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ",
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.",
        ".AIdlQyE",
        EXAMPLE + "=",
        EXAMPLE + ".AA",
        EXAMPLE + "\n",
        EXAMPLE.replace("aY", "ü"),
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.h2VDIQ",  # negative
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AACHZUMh",  # a zero too many
        "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AA",  # zero
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    assert refused_as(lambda: parse_cert_id(text)) is ProblemType.MALFORMED


def test_longer_names_than_any_certificate_has_are_refused() -> None:
    aki, serial = (base64.urlsafe_b64encode(bytes([1]) * n).decode().rstrip("=") for n in (65, 21))
    assert refused_as(lambda: parse_cert_id(f"{aki}.AQ")) is ProblemType.MALFORMED
    assert refused_as(lambda: parse_cert_id(f"AQ.{serial}")) is ProblemType.MALFORMED


def test_a_certificate_is_named_by_the_key_of_its_issuer(authority: Authority) -> None:
    named = cert_id_of(authority.issuing)
    issuer = SubjectKeyIdentifier.from_public_key(authority.root_key.public_key()).digest
    assert named == CertId(issuer, serial_text(authority.issuing.serial_number))


def test_a_certificate_that_names_no_key_of_its_issuer_has_no_name() -> None:
    key, name, now = ec.generate_private_key(ec.SECP256R1()), Name([]), datetime(2026, 12, 1, tzinfo=UTC)
    builder = CertificateBuilder(name, name, key.public_key(), 7, now, now + timedelta(days=1))
    assert cert_id_of(builder.sign(key, SHA256())) is None
