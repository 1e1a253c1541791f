"""Subordination to an external root: the CSR for a CA certificate, and the checks of the signed chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.authorities.authority import parse_subject
from certctl.crypto.ca_keys import CaPrivateKey, signature_hash
from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.issuing.extensions import any_policy, key_usage
from certctl.crypto.pem import UNREADABLE, load_certificates
from certctl.domain.errors import FieldProblem, InvalidInput

_MOST = 10
_WEAK = ("md5", "sha1")


def authority_request(subject: str, key: CaPrivateKey) -> str:
    """PEM, signed by the key, for a CA with pathLen 0. Raises InvalidInput on `subject`."""
    builder = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(parse_subject(subject))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(any_policy(), critical=False)
    )
    signed = builder.sign(key, signature_hash(key.public_key()))
    return signed.public_bytes(Encoding.PEM).decode("ascii")


def installable(
    certificate_pem: str, chain_pem: str, csr_pem: str, now: datetime
) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The CA certificate, and those above it up to the root. Raises InvalidInput with every reason to refuse
    them. `chain_pem` is in order, with the root at its end."""
    certificates = _loaded("certificate_pem", certificate_pem)
    chain = _loaded("chain_pem", chain_pem)
    certificate = certificates[0]
    try:
        problems = [
            *(FieldProblem("certificate_pem", text) for text in _of_number(certificates)),
            *(FieldProblem("certificate_pem", text) for text in _of_request(certificate, csr_pem)),
            *(FieldProblem("certificate_pem", text) for text in _of_issuing(certificate)),
            *(FieldProblem("chain_pem", text) for text in _of_chain((certificate, *chain), now)),
        ]
    except UNREADABLE as error:
        raise InvalidInput.of("chain_pem", f"cannot be read: {error}") from error
    if problems:
        reasons = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise InvalidInput(f"The CA certificate was refused: {reasons}", problems)
    return certificate, chain


def _loaded(field: str, pem: str) -> tuple[x509.Certificate, ...]:
    try:
        return load_certificates(pem)
    except UNREADABLE as error:
        raise InvalidInput.of(field, "must be PEM certificates") from error


def _of_number(certificates: Sequence[x509.Certificate]) -> Iterator[str]:
    if len(certificates) != 1:
        yield "must be one certificate; those above it go into chain_pem"


def _of_request(certificate: x509.Certificate, csr_pem: str) -> Iterator[str]:
    request = x509.load_pem_x509_csr(csr_pem.encode())
    if spki_sha256(certificate.public_key()) != spki_sha256(request.public_key()):
        yield "has another key than the request"
    if certificate.subject != request.subject:
        wanted, found = request.subject.rfc4514_string(), certificate.subject.rfc4514_string()
        yield f"is for {found}; the request is for {wanted}"


def _of_issuing(certificate: x509.Certificate) -> Iterator[str]:
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.critical or constraints.value.path_length != 0:
        yield "must have critical basicConstraints with pathLen 0"
    if _extension(certificate, x509.SubjectKeyIdentifier) is None:
        yield "must have a subject key identifier"


def _of_chain(chain: Sequence[x509.Certificate], now: datetime) -> Iterator[str]:
    if len(chain) > _MOST:
        yield f"has {len(chain) - 1} certificates: {_MOST - 1} at most"
        return
    for depth, certificate in enumerate(chain):
        yield from (f"{certificate.subject.rfc4514_string()} {text}" for text in _of_any(certificate, depth))
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            yield f"{certificate.subject.rfc4514_string()} is not valid now"
    for below, above in pairwise((*chain, chain[-1])):
        if not _is_signed_by(below, above):
            yield f"{below.subject.rfc4514_string()} is not signed by {above.subject.rfc4514_string()}"
        if below.not_valid_after_utc > above.not_valid_after_utc:
            yield f"{below.subject.rfc4514_string()} outlives {above.subject.rfc4514_string()}"


def _of_any(certificate: x509.Certificate, depth: int) -> Iterator[str]:
    """`depth` is the number of CA certificates below it."""
    constraints = _extension(certificate, x509.BasicConstraints)
    if constraints is None or not constraints.value.ca:
        yield "is not a CA"
    elif constraints.value.path_length is not None and constraints.value.path_length < depth:
        yield f"allows {constraints.value.path_length} CAs below it, and there are {depth}"
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None or not (usage.value.key_cert_sign and usage.value.crl_sign):
        yield "must have keyUsage keyCertSign and cRLSign"
    algorithm = certificate.signature_hash_algorithm
    if algorithm is not None and algorithm.name in _WEAK:
        yield f"is signed with {algorithm.name}"


def _extension[E: x509.ExtensionType](
    certificate: x509.Certificate, kind: type[E]
) -> x509.Extension[E] | None:
    try:
        return certificate.extensions.get_extension_for_class(kind)
    except x509.ExtensionNotFound:
        return None


def _is_signed_by(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True
