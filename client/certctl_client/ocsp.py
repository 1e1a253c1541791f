"""OCSP requests, and whether a response may be relied on (RFC 6960, 3.2; RFC 9919)."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID as Access
from cryptography.x509.oid import ExtendedKeyUsageOID

from certctl_client.crl.checks import is_issued_by
from certctl_client.crl.documents import reason_text
from certctl_client.errors import CommandError
from certctl_client.times import wire

# Tolerance for clocks that differ.
_SKEW = timedelta(minutes=5)
_SHA1 = hashes.SHA1()  # noqa: S303  # RFC 9919, 2.1.1: names the CA, protects nothing


@dataclass(frozen=True)
class OcspRequest:
    """A request for the status of one certificate. `nonce` is None for a response that caches may keep."""

    issuer: x509.Certificate
    leaf: x509.Certificate
    nonce: bytes | None = None

    @property
    def der(self) -> bytes:
        builder = ocsp.OCSPRequestBuilder().add_certificate(self.leaf, self.issuer, _SHA1)
        if self.nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(self.nonce), critical=False)
        return builder.build().public_bytes(Encoding.DER)

    def get_url(self, url: str) -> str:
        """The URL of a GET request (RFC 6960, A.1) to the responder `url`."""
        return f"{url.rstrip('/')}/{quote(base64.b64encode(self.der), safe='')}"


@dataclass(frozen=True)
class OcspResponse:
    """A response. `status`: good, revoked or unknown. `reason` is named as in RFC 5280, None if the response
    gives none. `faults`: reasons not to rely on it."""

    status: str
    reason: str | None
    revoked_at: datetime | None
    produced_at: datetime
    this_update: datetime
    next_update: datetime | None
    responder: str
    faults: tuple[str, ...]


def read_response(der: bytes, request: OcspRequest, now: datetime) -> OcspResponse:
    """Reads and checks a response. Raises CommandError for another document, or a refusal."""
    try:
        response = ocsp.load_der_ocsp_response(der)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _refusal(response.response_status)
        return _checked(response, request, now)
    except CommandError:
        raise
    except Exception:  # on hostile bytes the library raises more kinds than its documentation names
        raise CommandError("What was read is not an OCSP answer.", "Check the URL.") from None


def ocsp_urls(certificate: x509.Certificate) -> list[str]:
    """The OCSP URLs that the certificate names."""
    return _access_urls(certificate, Access.OCSP)


def issuer_urls(certificate: x509.Certificate) -> list[str]:
    """The URLs of its issuer's certificate that the certificate names."""
    return _access_urls(certificate, Access.CA_ISSUERS)


def _refusal(status: ocsp.OCSPResponseStatus) -> CommandError:
    name = status.name.lower()
    if status is ocsp.OCSPResponseStatus.UNAUTHORIZED:
        advice = "It does not answer for this CA, or for a certificate that expired long ago."
        return CommandError(f"The responder refuses: {name}.", advice)
    return CommandError(f"The responder refuses: {name}.", "Try again later.")


def _checked(response: ocsp.OCSPResponse, request: OcspRequest, now: datetime) -> OcspResponse:
    reason = response.revocation_reason
    signer = _signer(response, request.issuer)
    return OcspResponse(
        status=response.certificate_status.name.lower(),
        reason=reason_text(reason) if reason else None,
        revoked_at=response.revocation_time_utc,
        produced_at=response.produced_at_utc,
        this_update=response.this_update_utc,
        next_update=response.next_update_utc,
        responder=signer.subject.rfc4514_string() if signer else "unknown",
        faults=tuple(_faults(response, signer, request, now)),
    )


def _faults(
    response: ocsp.OCSPResponse, signer: x509.Certificate | None, request: OcspRequest, now: datetime
) -> Iterator[str]:
    if signer is None:
        yield "its responder is neither the CA nor a certificate in the answer"
    else:
        yield from _of_signer(signer, request.issuer, now)
        if not _is_signed_by(response, signer):
            yield "its signature is not the responder's"
    if not _is_about(response, request):
        yield "it is about another certificate"
    if request.nonce is not None and _nonce(response) != request.nonce:
        yield "it does not repeat the nonce"
    yield from _of_freshness(response, now)


def _of_signer(signer: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Iterator[str]:
    """Faults of the signer, which is the CA itself or its delegate (RFC 6960, 4.2.2.2)."""
    if signer == issuer:
        return
    if not is_issued_by(signer, issuer):
        yield "the responder's certificate is not of this CA"
    if not signer.not_valid_before_utc - _SKEW <= now <= signer.not_valid_after_utc:
        begins, ends = wire(signer.not_valid_before_utc), wire(signer.not_valid_after_utc)
        yield f"the responder's certificate is valid from {begins} to {ends} only"
    if ExtendedKeyUsageOID.OCSP_SIGNING not in _usages(signer):
        yield "the responder's certificate is not for OCSP"


def _of_freshness(response: ocsp.OCSPResponse, now: datetime) -> Iterator[str]:
    if response.this_update_utc > now + _SKEW:
        yield f"it is from the future: {wire(response.this_update_utc)}"
    if response.next_update_utc is None:
        yield "it does not say for how long it is valid"
    elif response.next_update_utc <= now:
        yield f"it is stale: it was valid until {wire(response.next_update_utc)}"


def _signer(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> x509.Certificate | None:
    candidates = (*response.certificates, issuer)
    return next((each for each in candidates if _is_named(response, each)), None)


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


def _is_about(response: ocsp.OCSPResponse, request: OcspRequest) -> bool:
    sent = ocsp.load_der_ocsp_request(request.der)
    return (
        isinstance(response.hash_algorithm, hashes.SHA1)
        and response.issuer_name_hash == sent.issuer_name_hash
        and response.issuer_key_hash == sent.issuer_key_hash
        and response.serial_number == sent.serial_number
    )


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _usages(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    try:
        return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def _access_urls(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [str(each.access_location.value) for each in access if each.access_method == method]


def _key_hash(certificate: x509.Certificate) -> bytes:
    """SHA-1 of the key's BIT STRING (RFC 6960, 4.2.1)."""
    return x509.SubjectKeyIdentifier.from_public_key(certificate.public_key()).digest
