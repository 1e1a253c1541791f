"""OCSP requests in every form, and a responder with its key in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certctl.crypto.ca_keys import spec_of
from certctl.crypto.fingerprints import spki_der
from certctl.crypto.serials import new_serial
from certctl.crypto.status.ocsp_certificates import responder_certificate
from certctl.crypto.status.ocsp_keys import new_responder_key, private_key_der, responder_of
from certctl.crypto.status.ocsp_requests import NONCE
from certctl.crypto.status.ocsp_responses import Responder
from certctl.crypto.status.tlv import OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, elements, explicit, one, tlv
from tests.support.authorities.authority import Authority


@dataclass(frozen=True)
class Parts:
    """The parts of an OCSPRequest, each as DER; those that are empty are left out."""

    requests: Sequence[bytes]
    version: bytes = b""
    requestor: bytes = b""
    extensions: Sequence[bytes] = ()
    signature: bytes = b""

    @property
    def der(self) -> bytes:
        extensions = tlv(explicit(2), tlv(SEQUENCE, *self.extensions)) if self.extensions else b""
        fields = (self.version, self.requestor, tlv(SEQUENCE, *self.requests), extensions)
        return tlv(SEQUENCE, tlv(SEQUENCE, *fields), self.signature)


SHA1 = hashes.SHA1()  # noqa: S303  # RFC 9919: what clients send


def cert_id(issuer: x509.Certificate, serial: int, algorithm: hashes.HashAlgorithm = SHA1) -> bytes:
    """The CertID of a request, made by cryptography's own encoder."""
    name_hash = _hash(algorithm, issuer.subject.public_bytes())
    key_hash = _hash(algorithm, _key_octets(issuer))
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name_hash, key_hash, serial, algorithm)
    der = builder.build().public_bytes(Encoding.DER)
    # OCSPRequest, TBSRequest, requestList, Request: a header each, of two octets or three
    for _ in range(4):
        der = der[_header(der) :]
    return der


def _header(der: bytes) -> int:
    return 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _key_octets(certificate: x509.Certificate) -> bytes:
    _, key = elements(one(spki_der(certificate.public_key()), SEQUENCE).content)
    return key.content[1:]


def request_of(
    issuer: x509.Certificate, serials: Iterable[int], algorithm: hashes.HashAlgorithm = SHA1
) -> Parts:
    return Parts([tlv(SEQUENCE, cert_id(issuer, serial, algorithm)) for serial in serials])


def extension(identifier: bytes, value: bytes, critical: bytes = b"") -> bytes:
    return tlv(SEQUENCE, tlv(OBJECT_IDENTIFIER, identifier), critical, tlv(OCTET_STRING, value))


def nonce(octets: bytes) -> bytes:
    return extension(NONCE, tlv(OCTET_STRING, octets))


def a_responder(authority: Authority, lifetime: timedelta = timedelta(hours=72)) -> Responder:
    now = datetime.now(UTC).replace(microsecond=0)
    key = new_responder_key(spec_of(authority.issuing.public_key()).family)
    certificate = responder_certificate(
        "OCSP responder of ca-1",
        key.public_key(),
        authority.issuing,
        authority.issuing_key,
        new_serial(),
        now - timedelta(hours=1),
        now + lifetime,
    )
    return responder_of(certificate.public_bytes(Encoding.DER), private_key_der(key))
