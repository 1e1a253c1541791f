"""OCSP as a relying party uses it (RFC 6960, 3.2; RFC 9919): a question, and whether an answer may be relied
on."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from certctl.crypto.pem import UNREADABLE

REQUEST_TYPE = "application/ocsp-request"

_SKEW = timedelta(minutes=5)
_SHA1 = hashes.SHA1()  # noqa: S303  # RFC 9919, 2.1.1: names the CA, protects nothing


class OcspInvalid(ValueError):
    """A response that must not be relied on. The text is the reason."""


class OcspStatus(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OcspQuestion:
    """About one certificate of `issuer`. `der` is the request."""

    issuer: x509.Certificate
    serial: int
    nonce: bytes | None
    der: bytes

    def get_url(self, url: str) -> str:
        """The URL of a GET (RFC 6960, A.1) at the responder `url`."""
        return f"{url.rstrip('/')}/{quote(base64.b64encode(self.der), safe='')}"


@dataclass(frozen=True)
class OcspVerdict:
    """A verified response. `revoked_at` is None unless it is revoked; `next_update` is never None, for the
    responders asked here always give one. `signer`: the CA, or the responder that it delegated to."""

    status: OcspStatus
    revoked_at: datetime | None
    produced_at: datetime
    this_update: datetime
    next_update: datetime
    signer: x509.Certificate


def question_about(issuer: x509.Certificate, serial: int, nonce: bytes | None = None) -> OcspQuestion:
    """`nonce`: 1 to 128 octets (RFC 9654); None for an answer that caches may keep."""
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(*_issuer_hashes(issuer), serial, _SHA1)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return OcspQuestion(issuer, serial, nonce, builder.build().public_bytes(Encoding.DER))


def verified_answer(der: bytes, question: OcspQuestion, now: datetime) -> OcspVerdict:
    """Raises OcspInvalid unless the response answers the question, is signed by the CA or a responder of the
    CA, and is fresh."""
    try:
        return _verdict(ocsp.load_der_ocsp_response(der), question, now)
    except OcspInvalid:
        raise
    except UNREADABLE as error:
        raise OcspInvalid(f"it is no OCSP response: {error}") from error


def _verdict(response: ocsp.OCSPResponse, question: OcspQuestion, now: datetime) -> OcspVerdict:
    if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise OcspInvalid(f"the responder refuses: {response.response_status.name.lower()}")
    signer = _signer(response, question.issuer, now)
    for fault in _faults(response, question, signer, now):
        raise OcspInvalid(fault)
    next_update = response.next_update_utc
    if next_update is None or next_update <= now:
        raise OcspInvalid("it is stale, or does not say for how long it is valid")
    return OcspVerdict(
        OcspStatus(response.certificate_status.name.lower()),
        response.revocation_time_utc,
        response.produced_at_utc,
        response.this_update_utc,
        next_update,
        signer,
    )


def _faults(
    response: ocsp.OCSPResponse, question: OcspQuestion, signer: x509.Certificate, now: datetime
) -> Iterator[str]:
    """The signature first: nothing else counts without it."""
    if not _is_signed_by(response, signer):
        yield "its signature is not the responder's"
    if not _is_about(response, question):
        yield "it is about another certificate"
    if question.nonce is not None and _nonce(response) != question.nonce:
        yield "it does not repeat the nonce"
    if max(response.produced_at_utc, response.this_update_utc) > now + _SKEW:
        yield "it is from the future"


def _signer(response: ocsp.OCSPResponse, issuer: x509.Certificate, now: datetime) -> x509.Certificate:
    """The CA, or the responder that it delegated to (RFC 6960, 4.2.2.2). Raises OcspInvalid."""
    named = [each for each in (*response.certificates, issuer) if _is_named(response, each)]
    if not named:
        raise OcspInvalid("its responder is neither the CA nor a certificate in it")
    signer = named[0]
    if signer != issuer:
        _require_delegated(signer, issuer, now)
    return signer


def _require_delegated(signer: x509.Certificate, issuer: x509.Certificate, now: datetime) -> None:
    try:
        signer.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE) as error:
        raise OcspInvalid("its responder's certificate is not of this CA") from error
    if not signer.not_valid_before_utc <= now <= signer.not_valid_after_utc:
        raise OcspInvalid("its responder's certificate is not valid now")
    usages = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        raise OcspInvalid("its responder's certificate is not for OCSP")
    # raises: without it clients would have to check the responder's own revocation first
    signer.extensions.get_extension_for_class(x509.OCSPNoCheck)


def _is_named(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    return response.responder_key_hash == _key_hash(certificate)


def _is_signed_by(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    key, algorithm = signer.public_key(), response.signature_hash_algorithm
    signed = response.signature, response.tbs_response_bytes
    try:
        match key:
            case ec.EllipticCurvePublicKey() if algorithm is not None:
                key.verify(*signed, ec.ECDSA(algorithm))
            case rsa.RSAPublicKey() if algorithm is not None:
                key.verify(*signed, padding.PKCS1v15(), algorithm)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _is_about(response: ocsp.OCSPResponse, question: OcspQuestion) -> bool:
    """Whether the response has the hashes that were asked with."""
    about = response.issuer_name_hash, response.issuer_key_hash, response.serial_number
    is_same_hash = isinstance(response.hash_algorithm, hashes.SHA1)
    return is_same_hash and about == (*_issuer_hashes(question.issuer), question.serial)


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _issuer_hashes(issuer: x509.Certificate) -> tuple[bytes, bytes]:
    """SHA-1 of its name and of its key."""
    return _sha1(issuer.subject.public_bytes()), _key_hash(issuer)


def _key_hash(certificate: x509.Certificate) -> bytes:
    """SHA-1 of the key's BIT STRING (RFC 6960, 4.2.1), which RFC 5280 calls method 1."""
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest


def _sha1(data: bytes) -> bytes:
    digest = hashes.Hash(_SHA1)
    digest.update(data)
    return digest.finalize()
