"""Certificate chains from external issuers: parsing and checks; and identifiers that such issuers expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.fingerprints import fingerprint_sha256, spki_sha256
from certctl.crypto.issuing.csr import CheckedCsr
from certctl.crypto.keys import allowed_key_type
from certctl.crypto.names import San, from_general_name
from certctl.crypto.pem import UNREADABLE, certificate_der, certificate_pem, chain_pem, load_certificates
from certctl.crypto.serials import serial_text
from certctl.domain.base64url import to_base64url
from certctl.domain.errors import InvalidInput

MAX_CHAIN = 10
_CLOCKS_DIFFER = timedelta(hours=1)


class ChainRefused(Exception):
    """The issuer's chain does not match the request. `reasons` for people."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class ReceivedChain:
    """The unchecked chain; `issuers_pem` is all but the leaf. `key_type` is None for a key that no request
    may have."""

    leaf_pem: str
    issuers_pem: str
    serial_number: str
    not_before: datetime
    not_after: datetime
    spki_sha256: str
    fingerprint_sha256: str
    key_type: str | None


def read_chain(pem: str) -> ReceivedChain:
    """Raises ChainRefused if it contains no certificate."""
    try:
        leaf, *issuers = load_certificates(pem)
        return ReceivedChain(
            leaf_pem=certificate_pem(leaf),
            issuers_pem=chain_pem(issuers),
            serial_number=serial_text(leaf.serial_number),
            not_before=leaf.not_valid_before_utc,
            not_after=leaf.not_valid_after_utc,
            spki_sha256=spki_sha256(leaf.public_key()),
            fingerprint_sha256=fingerprint_sha256(leaf),
            key_type=allowed_key_type(leaf.public_key()),
        )
    except UNREADABLE:
        raise ChainRefused(["the issuer's answer contains no readable certificate"]) from None


def check_chain(pem: str, csr: CheckedCsr, now: datetime, faults: Sequence[str] = ()) -> None:
    """Checks that the key and the names are the request's, that the leaf is valid now, and that each
    certificate is signed by the next. Raises ChainRefused; for `faults`, which the connector found, too."""
    try:
        leaf, *issuers = load_certificates(pem)
        reasons = [
            *_key_reasons(leaf, csr),
            *_name_reasons(leaf, csr.names),
            *_time_reasons(leaf, now),
            *_signature_reasons([leaf, *issuers]),
            *faults,
        ]
    except UNREADABLE:
        raise ChainRefused(["the issuer's certificates cannot be read"]) from None
    if reasons:
        raise ChainRefused(reasons)


def _key_reasons(leaf: x509.Certificate, csr: CheckedCsr) -> list[str]:
    same = spki_sha256(leaf.public_key()) == csr.spki_sha256
    return [] if same else ["the certificate is for another key"]


def _name_reasons(leaf: x509.Certificate, wanted: Sequence[San]) -> list[str]:
    try:
        sans = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = {from_general_name(name) for name in sans}
    except (x509.ExtensionNotFound, InvalidInput):
        return ["the certificate's names cannot be read"]
    missing = [f"{name} is missing" for name in wanted if name not in names]
    return [*missing, *(f"{name} was not asked for" for name in sorted(names - set(wanted)))]


def _time_reasons(leaf: x509.Certificate, now: datetime) -> list[str]:
    reasons = []
    if leaf.not_valid_after_utc <= now:
        reasons.append("the certificate has expired")
    if leaf.not_valid_before_utc > now + _CLOCKS_DIFFER:
        reasons.append("the certificate is not valid yet")
    return reasons


def _signature_reasons(chain: Sequence[x509.Certificate]) -> list[str]:
    if not 2 <= len(chain) <= MAX_CHAIN:
        return [f"the chain has {len(chain)} certificates: 2 to {MAX_CHAIN} are expected"]
    broken = [below for below, above in pairwise(chain) if not _is_signed_by(below, above)]
    return ["the chain's signatures do not verify"] if broken else []


def _is_signed_by(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def encoded_csr(pem: str) -> str:
    """DER in base64url, as ACME requires it."""
    return to_base64url(x509.load_pem_x509_csr(pem.encode()).public_bytes(Encoding.DER))


def encoded_leaf(pem: str) -> str:
    """The first certificate of a chain, in DER and base64url."""
    return to_base64url(certificate_der(load_certificates(pem)[0]))


def renewal_info_id(pem: str) -> str | None:
    """RFC 9773 section 4.1: the authority key identifier and the serial number of the leaf; None without such
    an identifier."""
    leaf = load_certificates(pem)[0]
    try:
        extension = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    except x509.ExtensionNotFound:
        return None
    identifier, serial = extension.value.key_identifier, leaf.serial_number
    if identifier is None:
        return None
    # as in DER: one more bit for the sign
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    return f"{to_base64url(identifier)}.{to_base64url(octets)}"
