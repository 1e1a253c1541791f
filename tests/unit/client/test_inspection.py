"""Certificates in files of every usual format."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from certctl_client.errors import CommandError
from certctl_client.inspection import certificates_in, chain_faults, described, is_ca

_NOW = datetime(2026, 11, 27, tzinfo=UTC)
_CA_KEY, _KEY = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())


def _made(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, *, ca: bool) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    names = [x509.DNSName(name), x509.RFC822Name("ops@example.com")]
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(0x0A1B)
        .not_valid_before(_NOW - timedelta(days=1))
        .not_valid_after(_NOW + timedelta(days=46, hours=1))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return builder.sign(_CA_KEY, SHA256())


_CA = _made("ca.example", _CA_KEY, "ca.example", ca=True)
_LEAF = _made("www.example", _KEY, "ca.example", ca=False)
_CHAIN = [_LEAF, _CA]
_PASSWORD = b"secret"


def _bundle(encryption: BestAvailableEncryption | NoEncryption) -> bytes:
    return pkcs12.serialize_key_and_certificates(b"www", _KEY, _LEAF, [_CA], encryption)


_PEM = b"".join(each.public_bytes(Encoding.PEM) for each in _CHAIN)
_FILES = {
    "a chain in PEM": (_PEM, _CHAIN),
    "PEM behind a key and a text": (
        b"www\n"
        + _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + _LEAF.public_bytes(Encoding.PEM),
        [_LEAF],
    ),
    "DER": (_LEAF.public_bytes(Encoding.DER), [_LEAF]),
    "PKCS #7 in DER": (pkcs7.serialize_certificates(_CHAIN, Encoding.DER), _CHAIN),
    "PKCS #7 in PEM": (pkcs7.serialize_certificates(_CHAIN, Encoding.PEM), _CHAIN),
    "PKCS #12": (_bundle(BestAvailableEncryption(_PASSWORD)), _CHAIN),
    "PKCS #12 without a password": (_bundle(NoEncryption()), _CHAIN),
}


def _no_password() -> bytes:
    raise AssertionError("nothing to ask for")


@pytest.mark.parametrize(("content", "expected"), _FILES.values(), ids=_FILES.keys())
def test_certificates_are_read_from_every_usual_format(
    content: bytes, expected: list[x509.Certificate]
) -> None:
    password: Callable[[], bytes] = lambda: _PASSWORD  # noqa: E731
    assert set(certificates_in(content, password)) == set(expected)


def test_a_password_is_asked_for_only_if_the_file_needs_one() -> None:
    assert certificates_in(_bundle(NoEncryption()), _no_password)[0] == _LEAF
    with pytest.raises(CommandError, match="cannot be opened with this password"):
        certificates_in(_bundle(BestAvailableEncryption(_PASSWORD)), lambda: b"wrong")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "It holds no certificate."),
        (b"\x30\x03\x02\x01\x05", "It holds no certificate."),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "It holds no certificate."),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END", "it is a signing request"),
        (b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END", "it is a private key"),
    ],
)
def test_what_is_no_certificate_is_named(content: bytes, what: str) -> None:
    with pytest.raises(CommandError) as refused:
        certificates_in(content, _no_password)
    assert what in refused.value.message


def test_a_certificate_is_described_as_the_api_spells_it() -> None:
    assert described(_LEAF, _NOW) == {
        "subject": "CN=www.example",
        "names": ["DNS:www.example", "email:ops@example.com"],
        "issuer": "CN=ca.example",
        "serial_number": "0a1b",
        "not_before": "2026-11-26T00:00:00Z",
        "not_after": "2027-01-12T01:00:00Z",
        "validity": "valid for 46 more days",
        "key": "ECDSA secp384r1",
        "signature": "ecdsa-with-SHA256",
        "ca": False,
        "fingerprint_sha256": _LEAF.fingerprint(SHA256()).hex(),
    }
    assert is_ca(_CA)


@pytest.mark.parametrize(
    ("moment", "validity"),
    [(timedelta(days=-2), "not yet valid"), (timedelta(days=50), "expired 4 days ago")],
)
def test_the_validity_is_told_in_days(moment: timedelta, validity: str) -> None:
    assert described(_LEAF, _NOW + moment)["validity"] == validity


def test_a_chain_in_the_wrong_order_is_a_fault() -> None:
    assert list(chain_faults(_CHAIN)) == []
    assert list(chain_faults([_CA, _LEAF])) == ["certificate 2 is not the issuer of certificate 1"]
    forged = _made("www.example", _KEY, "www.example", ca=False)
    assert list(chain_faults([forged, _LEAF])) == ["certificate 1 was not signed by certificate 2"]
