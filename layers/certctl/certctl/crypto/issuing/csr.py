"""Certificate signing requests (RFC 2986): validation with every reason to refuse one, and their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from certctl.crypto.der import csr_key_algorithm
from certctl.crypto.fingerprints import spki_sha256
from certctl.crypto.keys import LeafPublicKey, encoding_reasons, key_reasons, key_type
from certctl.crypto.names import MAX_NAMES, San, from_general_name, parse_common_name
from certctl.crypto.pem import UNREADABLE
from certctl.crypto.x509_values import oid_name
from certctl.domain.errors import CsrRejected, InvalidInput

MAX_CSR_BYTES = 32 * 1024
_WEAK_HASHES = {"md5": "MD5", "sha1": "SHA-1"}
_TOO_MANY_NAMES = f"there are more than {MAX_NAMES} names"
_BAD_SIGNATURE = "the signature does not verify"
_EXTENSION_REQUESTS = frozenset({"1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14"})


@dataclass(frozen=True)
class CheckedCsr:
    """A request that passed every check. `pem` is re-encoded: nothing around the request is kept.
    `subject` is what its subject says beside common names: (OID, value), as they come, unchecked."""

    pem: str
    public_key: LeafPublicKey
    common_name: str | None
    names: tuple[San, ...]
    spki_sha256: str
    ignored_extensions: tuple[str, ...]
    key_type: str
    subject: tuple[tuple[str, str], ...] = ()


def parse_csr(pem: str) -> CheckedCsr:
    """Raises CsrRejected with all reasons at once."""
    request = _load(pem)
    extensions, extension_reasons = _extensions(request)
    names, name_reasons = _names(request, extensions)
    reasons = [*_key_reasons(request), *_signature_reasons(request), *extension_reasons, *name_reasons]
    if reasons:
        raise CsrRejected(reasons)
    key = cast(LeafPublicKey, request.public_key())
    return CheckedCsr(
        pem=request.public_bytes(Encoding.PEM).decode("ascii"),
        public_key=key,
        common_name=next(iter(_common_names(request)), None),
        names=names,
        spki_sha256=spki_sha256(key),
        ignored_extensions=_ignored(extensions),
        key_type=key_type(key),
        subject=_other_attributes(request),
    )


def requested_key(pem: str) -> str | None:
    """SHA-256 of a request's public key, even if the request is invalid; None if it is unreadable."""
    try:
        return spki_sha256(_load(pem).public_key())
    except (CsrRejected, *UNREADABLE):
        return None


def check_names_within(csr: CheckedCsr, allowed: Sequence[San]) -> None:
    """A request may omit names of the record but not add any. Raises CsrRejected with each additional
    name."""
    extra = [name for name in csr.names if name not in set(allowed)]
    if extra:
        raise CsrRejected([f"{name} is not a name of this certificate" for name in extra])


def _load(pem: str) -> x509.CertificateSigningRequest:
    data = pem.encode("utf-8", "replace")
    reasons = _text_reasons(data)
    if reasons:
        raise CsrRejected(reasons)
    try:
        return x509.load_pem_x509_csr(data)
    except UNREADABLE as error:
        raise CsrRejected(["this is not a PEM certificate signing request (PKCS#10)"]) from error


def _text_reasons(data: bytes) -> list[str]:
    reasons = []
    if len(data) > MAX_CSR_BYTES:
        reasons.append(f"the request has {len(data)} bytes: at most {MAX_CSR_BYTES} are allowed")
    if b"\x00" in data:
        reasons.append("the request contains a NUL")
    if data.count(b"-----BEGIN ") > 1:
        reasons.append("there are several PEM blocks: send the request alone")
    return reasons


def _key_reasons(request: x509.CertificateSigningRequest) -> list[str]:
    reasons = _reasons_of(lambda: encoding_reasons(csr_key_algorithm(request.tbs_certrequest_bytes)))
    key = _public_key(request)
    if key is not None:
        return reasons + key_reasons(key)
    return reasons or ["the public key cannot be read: its type or its parameters are not supported"]


def _reasons_of(check: Callable[[], list[str]]) -> list[str]:
    try:
        return check()
    except ValueError:
        return ["the encoding of the public key cannot be read"]


def _public_key(request: x509.CertificateSigningRequest) -> CertificatePublicKeyTypes | None:
    try:
        return request.public_key()
    except UNREADABLE:
        return None


def _signature_reasons(request: x509.CertificateSigningRequest) -> list[str]:
    try:
        algorithm = request.signature_hash_algorithm
    except UNREADABLE:
        return ["the signature algorithm is not supported"]
    if algorithm is not None and algorithm.name in _WEAK_HASHES:
        return [f"the signature uses {_WEAK_HASHES[algorithm.name]}: use SHA-256 or better"]
    # A key of another type is refused as such; no arithmetic is done with untrusted parameters.
    if not isinstance(
        _public_key(request), rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    ):
        return []
    return [] if _verifies(request) else [_BAD_SIGNATURE]


def _verifies(request: x509.CertificateSigningRequest) -> bool:
    try:
        return request.is_signature_valid
    except UNREADABLE:
        return False


def _extensions(request: x509.CertificateSigningRequest) -> tuple[x509.Extensions, list[str]]:
    try:
        asked = [a for a in request.attributes if a.oid.dotted_string in _EXTENSION_REQUESTS]
        # The library reads the first only: names in another would be dropped silently.
        reasons = ["there are several extension requests: send one"] if len(asked) > 1 else []
        return request.extensions, reasons
    except x509.DuplicateExtension as error:
        return x509.Extensions([]), [f"the extension {oid_name(error.oid)} is there twice"]
    except UNREADABLE:
        return x509.Extensions([]), ["the requested extensions cannot be read"]


def _names(
    request: x509.CertificateSigningRequest, extensions: x509.Extensions
) -> tuple[tuple[San, ...], list[str]]:
    """(names without duplicates, reasons)."""
    try:
        common_names = _common_names(request)
    except UNREADABLE:
        return (), ["the subject cannot be read"]
    sans = _sans(extensions)
    if max(len(common_names), len(sans)) > MAX_NAMES:
        return (), [_TOO_MANY_NAMES]
    reasons = ["there are several common names: send one"] if len(common_names) > 1 else []
    return _parse_names(common_names, sans, reasons)


def _parse_names(
    common_names: Sequence[str], sans: Sequence[x509.GeneralName], reasons: list[str]
) -> tuple[tuple[San, ...], list[str]]:
    found: dict[San, None] = {}
    parsers = [partial(parse_common_name, n) for n in common_names] + [
        partial(from_general_name, n) for n in sans
    ]
    for parse in parsers:
        try:
            found.setdefault(parse())
        except InvalidInput as error:
            reasons.extend(problem.message for problem in error.problems)
    return tuple(found), reasons if len(found) <= MAX_NAMES else [*reasons, _TOO_MANY_NAMES]


def _common_names(request: x509.CertificateSigningRequest) -> list[str]:
    return [str(attribute.value) for attribute in request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _other_attributes(request: x509.CertificateSigningRequest) -> tuple[tuple[str, str], ...]:
    """Attributes beside common names, of multi-valued RDNs, too. A value that is no text is shown in hex."""
    others = (attribute for attribute in request.subject if attribute.oid != NameOID.COMMON_NAME)
    return tuple((attribute.oid.dotted_string, _text_of(attribute.value)) for attribute in others)


def _text_of(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def _sans(extensions: x509.Extensions) -> list[x509.GeneralName]:
    try:
        return list(extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _ignored(extensions: x509.Extensions) -> tuple[str, ...]:
    others = (e.oid for e in extensions if e.oid != x509.SubjectAlternativeName.oid)
    return tuple(oid_name(oid) for oid in others)
