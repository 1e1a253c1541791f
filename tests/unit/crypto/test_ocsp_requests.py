"""OCSP requests: what real clients send is read, and anything else raises the one error, in bounded time."""

import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from certctl.crypto.pem import certificate_pem
from certctl.crypto.serials import new_serial, serial_text
from certctl.crypto.status.ocsp_issuers import issuer_keys
from certctl.crypto.status.ocsp_requests import (
    LONGEST_REQUEST,
    NONCE,
    MalformedOcspRequest,
    parse_ocsp_request,
)
from certctl.crypto.status.tlv import (
    BOOLEAN,
    INTEGER,
    NULL,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    explicit,
    tlv,
)
from tests.support.authorities.authority import Authority, issued, new_authority
from tests.support.openssl import openssl
from tests.support.status.ocsp import SHA1, Parts, cert_id, extension, nonce, request_of

_AUTHORITY = new_authority()
_ISSUERS = issuer_keys(certificate_pem(_AUTHORITY.issuing))
_SERIAL = 0x0123456789ABCDEF
_REQUEST = tlv(SEQUENCE, cert_id(_AUTHORITY.issuing, _SERIAL))
_PLAIN = Parts([_REQUEST])
_TRUE, _FALSE = tlv(BOOLEAN, b"\xff"), tlv(BOOLEAN, b"\x00")
_UNKNOWN = bytes.fromhex("2a0304")
_ACCEPTABLE = bytes.fromhex("2b0601050507300104")
_GENERAL_NAME = tlv(0xA4, tlv(SEQUENCE))
_SHA1 = bytes.fromhex("2b0e03021a")


@pytest.mark.parametrize(
    "algorithm", [SHA1, hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda a: a.name
)
def test_requests_of_cryptography_name_the_ca_and_the_serial(algorithm: hashes.HashAlgorithm) -> None:
    leaf = issued(_AUTHORITY)
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf, _AUTHORITY.issuing, algorithm).build()
    (certificate,) = parse_ocsp_request(built.public_bytes(Encoding.DER)).certificates
    assert certificate.serial == serial_text(leaf.serial_number)
    assert certificate.issuer in _ISSUERS
    assert certificate.der == cert_id(_AUTHORITY.issuing, leaf.serial_number, algorithm)


def test_a_request_of_openssl_names_each_certificate_and_has_its_nonce(tmp_path: Path) -> None:
    ca, out = tmp_path / "ca.pem", tmp_path / "request.der"
    ca.write_text(certificate_pem(_AUTHORITY.issuing))
    serials = [new_serial() for _ in range(3)]
    named = [part for serial in serials for part in ("-serial", f"0x{serial:x}")]
    openssl("ocsp", "-issuer", ca, *named, "-nonce", "-reqout", out)
    request = parse_ocsp_request(out.read_bytes())
    assert [each.serial for each in request.certificates] == [serial_text(serial) for serial in serials]
    assert {each.issuer for each in request.certificates} <= _ISSUERS
    assert request.nonce is not None


def test_a_signed_request_of_openssl_is_read(tmp_path: Path, authority: Authority) -> None:
    ca, key, signer, out = (tmp_path / name for name in ("ca.pem", "key.pem", "signer.pem", "request.der"))
    ca.write_text(certificate_pem(authority.issuing))
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", "/CN=asking", "-keyout", key, "-out", signer)  # fmt: skip
    openssl("ocsp", "-issuer", ca, "-serial", "1", "-signer", signer, "-signkey", key, "-reqout", out)
    assert [each.serial for each in parse_ocsp_request(out.read_bytes()).certificates] == ["01"]


@pytest.mark.parametrize("octets", [1, 16, 32, 127, 128])
def test_a_nonce_of_1_to_128_octets_comes_back_as_it_was(octets: int) -> None:
    value = bytes(range(octets))
    request = parse_ocsp_request(Parts([_REQUEST], extensions=[nonce(value)]).der)
    assert request.nonce == tlv(OCTET_STRING, value)


@pytest.mark.parametrize(
    "parts",
    [
        Parts([_REQUEST], version=tlv(explicit(0), tlv(INTEGER, b"\x00"))),
        Parts([_REQUEST], requestor=tlv(explicit(1), _GENERAL_NAME)),
        Parts([_REQUEST], extensions=[extension(_UNKNOWN, b"anything")]),
        Parts([_REQUEST], extensions=[extension(_UNKNOWN, b"anything", _FALSE)]),
        Parts([_REQUEST], extensions=[extension(_ACCEPTABLE, tlv(SEQUENCE), _TRUE)]),
        Parts([_REQUEST], extensions=[extension(NONCE, tlv(OCTET_STRING, b"1"), _TRUE)]),
        Parts([_REQUEST], signature=tlv(explicit(0), tlv(SEQUENCE, tlv(SEQUENCE), tlv(3, b"\x00")))),
        Parts([tlv(SEQUENCE, cert_id(_AUTHORITY.issuing, _SERIAL),
                   tlv(explicit(0), tlv(SEQUENCE, extension(_UNKNOWN, b""))))]),
    ],
    ids=["version", "requestor", "extension", "not critical", "acceptable", "nonce", "signature", "single"],
)  # fmt: skip
def test_what_does_not_matter_passes(parts: Parts) -> None:
    assert parse_ocsp_request(parts.der).certificates == parse_ocsp_request(_PLAIN.der).certificates


def test_4_certificates_are_read_and_5_are_not() -> None:
    request = request_of(_AUTHORITY.issuing, range(1, 5), hashes.SHA512())
    assert len(parse_ocsp_request(request.der).certificates) == 4
    with pytest.raises(MalformedOcspRequest, match="at most 4"):
        parse_ocsp_request(request_of(_AUTHORITY.issuing, range(1, 6)).der)


@pytest.mark.parametrize("serial", [b"\x00", b"\x80", b"\xff\x00", b"\x01" * 21, b"\x01" * 600])
def test_a_number_that_no_ca_assigns_is_no_serial(serial: bytes) -> None:
    (certificate,) = parse_ocsp_request(_with_serial(serial)).certificates
    assert certificate.serial is None


def test_the_largest_serial_is_read() -> None:
    (certificate,) = parse_ocsp_request(_with_serial(b"\x00" + b"\xff" * 20)).certificates
    assert certificate.serial == "ff" * 20


@pytest.mark.parametrize(
    ("algorithm", "digest"), [(_SHA1, b"1" * 21), (_SHA1, b""), (_SHA1, b"1" * 2000), (_UNKNOWN, b"1" * 20)]
)
def test_hashes_that_no_ca_can_have_name_none(algorithm: bytes, digest: bytes) -> None:
    identifier = tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, algorithm), tlv(NULL))
    hashed = tlv(OCTET_STRING, digest)
    one_id = tlv(SEQUENCE, identifier, tlv(OCTET_STRING, b"1" * 20), hashed, tlv(INTEGER, b"\x01"))
    (certificate,) = parse_ocsp_request(Parts([tlv(SEQUENCE, one_id)]).der).certificates
    assert certificate.issuer is None


def _with_serial(content: bytes) -> bytes:
    return Parts([tlv(SEQUENCE, _cert_id_with(tlv(INTEGER, content)))]).der


def _cert_id_with(serial: bytes, algorithm: bytes = tlv(NULL)) -> bytes:
    hashed = tlv(OCTET_STRING, b"1" * 20)
    return tlv(SEQUENCE, tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, _SHA1), algorithm), hashed, hashed, serial)


_MALFORMED = {
    "nothing": b"",
    "one octet": b"\x30",
    "an empty sequence": tlv(SEQUENCE),
    "no certificate": Parts([]).der,
    "trailing bytes": _PLAIN.der + b"\x00",
    "trailing bytes within": tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, _REQUEST)) + tlv(NULL)),
    "BER, indefinite": b"\x30\x80" + _PLAIN.der[2:] + b"\x00\x00",
    "BER, a long length": b"\x30\x81" + _PLAIN.der[1:],
    "BER, a length with zeros": b"\x30\x82\x00" + _PLAIN.der[1:],
    "BER, an INTEGER with zeros": _with_serial(b"\x00\x01"),
    "BER, a negative INTEGER with ones": _with_serial(b"\xff\x80"),
    "BER, a BOOLEAN of 1": Parts(
        [_REQUEST], extensions=[extension(_UNKNOWN, b"", tlv(BOOLEAN, b"\x01"))]
    ).der,
    "no serial": _with_serial(b""),
    "version 2": Parts([_REQUEST], version=tlv(explicit(0), tlv(INTEGER, b"\x01"))).der,
    "a critical extension": Parts([_REQUEST], extensions=[extension(_UNKNOWN, b"", _TRUE)]).der,
    "a critical extension of one certificate": Parts(
        [tlv(SEQUENCE, cert_id(_AUTHORITY.issuing, 1),
             tlv(explicit(0), tlv(SEQUENCE, extension(_UNKNOWN, b"", _TRUE))))]
    ).der,
    "two nonces": Parts([_REQUEST], extensions=[nonce(b"1"), nonce(b"1")]).der,
    "an empty nonce": Parts([_REQUEST], extensions=[nonce(b"")]).der,
    "a nonce of 129 octets": Parts([_REQUEST], extensions=[nonce(b"1" * 129)]).der,
    "a bare nonce": Parts([_REQUEST], extensions=[extension(NONCE, b"12345678")]).der,
    "no extension": tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, _REQUEST), tlv(explicit(2), tlv(SEQUENCE)))),
    "another order": Parts([_REQUEST], version=tlv(explicit(2), tlv(SEQUENCE, nonce(b"1")))).der,
    "parameters of the hash": Parts([tlv(SEQUENCE, _cert_id_with(tlv(INTEGER, b"\x01"), tlv(SEQUENCE)))]).der,
    "a signature that is none": Parts([_REQUEST], signature=tlv(NULL)).der,
    "too long": Parts([_REQUEST], requestor=tlv(explicit(1), tlv(0x86, b"x" * LONGEST_REQUEST))).der,
    "a high tag": b"\x3f\x81\x01\x00",
}  # fmt: skip


@pytest.mark.parametrize("data", _MALFORMED.values(), ids=_MALFORMED.keys())
def test_what_is_no_request_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedOcspRequest):
        parse_ocsp_request(data)


@given(st.binary(max_size=2 * LONGEST_REQUEST))
def test_bytes_of_anyone_raise_only_the_one_error(data: bytes) -> None:
    _parse_within_bounds(data)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A request with a few octets replaced, inserted or cut."""
    whole = Parts([_REQUEST] * draw(st.integers(1, 3)), extensions=[nonce(b"1" * 16)]).der
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        data[start : start + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(data)


@given(_damaged())
def test_a_damaged_request_is_malformed_or_repeats_what_came(data: bytes) -> None:
    _parse_within_bounds(data)


@given(st.integers(1, LONGEST_REQUEST // 2))
def test_thousands_of_empty_elements_cost_no_time(count: int) -> None:
    _parse_within_bounds(tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE, tlv(SEQUENCE) * count))))


def _parse_within_bounds(data: bytes) -> None:
    began = time.thread_time()
    try:
        request = parse_ocsp_request(data)
    except MalformedOcspRequest:
        return
    finally:
        assert time.thread_time() - began < 1  # generous: it takes 0.1 ms
    assert 1 <= len(request.certificates) <= 4
    assert all(each.der in data for each in request.certificates)
    assert request.nonce is None or request.nonce in data
