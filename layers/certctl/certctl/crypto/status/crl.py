"""Certificate revocation lists (RFC 5280, 5): reading them, and the checks before one may be published."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certctl.crypto.pem import UNREADABLE
from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl_building import RevokedEntry
from certctl.crypto.status.crl_entries import OutOfOrder, entries_in, is_rising, revocation_date
from certctl.crypto.status.crl_succession import Difference, difference, difference_in_memory
from certctl.crypto.status.reasons import REASON_FLAGS
from certctl.crypto.status.tlv import INTEGER, bounds

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

Droppable = Callable[[Sequence[str]], Collection[str]]
"""Returns those of the serials that a CRL need not list any more: their certificates expired long enough
ago."""


class CrlInvalid(ValueError):
    """A CRL that must not be published."""


class SerialDigest:
    """How many serials passed, and a hash of them in their order: a million of them as a set would take
    140 MB."""

    def __init__(self) -> None:
        self.count = 0
        self._octets, self._lengths = hashlib.sha256(), hashlib.sha256()

    def add(self, serials: Sequence[bytes]) -> None:
        """In octets, as `Entries` has them."""
        self.count += len(serials)
        self._octets.update(b"".join(serials))
        self._lengths.update(bytes(map(len, serials)))

    def is_same(self, other: "SerialDigest") -> bool:
        return self.count == other.count and self._digests == other._digests

    @property
    def _digests(self) -> tuple[bytes, bytes]:
        return self._octets.digest(), self._lengths.digest()


class Listing:
    """The entries of a verified CRL, read again at each pass: kept as objects, a million of them would take
    500 MB. `count`: how many the library found."""

    def __init__(self, der: bytes, count: int) -> None:
        self.der = der
        self._count = count

    def serials(self) -> Iterator[str]:
        """In the order of the CRL."""
        return (serial.hex() for some in entries_in(self.der) for serial in some.serials)

    def dates_of(self, serials: Collection[str]) -> dict[str, datetime]:
        """When those of the serials were revoked that are listed, found in one pass."""
        wanted = {bytes.fromhex(serial): serial for serial in serials}
        return {
            wanted[serial]: revocation_date(some.ders[some.serials.index(serial)])
            for some in entries_in(self.der)
            for serial in wanted.keys() & some.serials
        }

    @property
    def digest(self) -> SerialDigest:
        """The digest of the serials, in the order of the CRL. Raises CrlInvalid."""
        return self._read[0]

    @property
    def rises(self) -> bool:
        """Whether the serials rise. Raises CrlInvalid."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[SerialDigest, bool]:
        digest, last, rises = SerialDigest(), b"", True
        for serials, _ in entries_in(self.der):
            digest.add(serials)
            rises = rises and is_rising(last, serials)
            last = serials[-1]
        if digest.count != self._count:
            raise CrlInvalid("the entries of the CRL cannot be told apart")
        return digest, rises


@dataclass(frozen=True)
class CrlSummary:
    """The content of a CRL. `idp_url` None for a CRL without IDP."""

    number: int
    this_update: datetime
    next_update: datetime
    idp_url: str | None
    listing: Listing

    @property
    def serials(self) -> frozenset[str]:
        """The serials in the form of `serial_text`, all in memory."""
        return frozenset(self.listing.serials())


def inspect_crl(der: bytes, ca_certificate: x509.Certificate) -> CrlSummary:
    """Raises CrlInvalid unless it can be parsed and is issued and signed by this CA."""
    try:
        return _summary(_verified(der, ca_certificate), der)
    except CrlInvalid:
        raise
    except UNREADABLE as error:
        raise CrlInvalid(f"the CRL cannot be read: {error}") from error


def require_scope(crl: CrlSummary, scope: str | None, url: str) -> None:
    """Raises CrlInvalid unless the CRL that stands at `url` has the scope of that URL."""
    if crl.idp_url != scope:
        raise CrlInvalid(f"the CRL at {url} is that of another URL")


def _verified(der: bytes, ca_certificate: x509.Certificate) -> x509.CertificateRevocationList:
    crl = x509.load_der_x509_crl(der)
    if crl.issuer != ca_certificate.subject:
        raise CrlInvalid("the CRL is from another issuer")
    if not _is_signed_by(ca_certificate.public_key(), crl, der):
        raise CrlInvalid("the signature of the CRL does not verify")
    return crl


def _is_signed_by(key: "PublicKeyTypes", crl: x509.CertificateRevocationList, der: bytes) -> bool:
    """Over the octets as they came (RFC 5280, 5.1.1.3), whose place the parsed structure fixes: the library's
    own method writes all entries again first."""
    start, _ = bounds(der, 0)
    signed, signed_end = bounds(der, start)
    outer = der[signed_end : bounds(der, signed_end)[1]]
    version_end = bounds(der, signed)[1] if der[signed] == INTEGER else signed
    if der[version_end : bounds(der, version_end)[1]] != outer:  # RFC 5280, 5.1.1.2
        return False
    return _verifies(key, crl, memoryview(der)[start:signed_end])


def _verifies(key: "PublicKeyTypes", crl: x509.CertificateRevocationList, signed: memoryview) -> bool:
    scheme, algorithm = crl.signature_algorithm_parameters, crl.signature_hash_algorithm
    try:
        match key, scheme:
            case ec.EllipticCurvePublicKey(), ec.ECDSA():
                key.verify(crl.signature, signed, scheme)
            case rsa.RSAPublicKey(), padding.PKCS1v15() | padding.PSS() if algorithm:
                key.verify(crl.signature, bytes(signed), scheme, algorithm)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _summary(crl: x509.CertificateRevocationList, der: bytes) -> CrlSummary:
    if crl.next_update_utc is None:
        raise CrlInvalid("the CRL has no nextUpdate")
    return CrlSummary(
        number=crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number,
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        idp_url=_idp_url(crl),
        listing=Listing(der, len(crl)),
    )


def _idp_url(crl: x509.CertificateRevocationList) -> str | None:
    try:
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None
    return next((str(name.value) for name in point.full_name or ()), None)


def revoked_entries(der: bytes, ca_certificate: x509.Certificate) -> list[RevokedEntry]:
    """The entries of the CRL, in its order. Raises CrlInvalid as `inspect_crl` does, and for a reason that
    this CA never uses: guessing another might allow a revocation to be withdrawn."""
    try:
        crl = _verified(der, ca_certificate)
        return [_entry(revoked) for revoked in crl]
    except CrlInvalid:
        raise
    except UNREADABLE as error:
        raise CrlInvalid(f"the CRL cannot be read: {error}") from error


def _entry(revoked: x509.RevokedCertificate) -> RevokedEntry:
    reason, since = "unspecified", None
    for extension in revoked.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = _reason_of(extension.value.reason)
        elif isinstance(extension.value, x509.InvalidityDate):
            since = extension.value.invalidity_date_utc
    return RevokedEntry(serial_text(revoked.serial_number), revoked.revocation_date_utc, reason, since)


def _reason_of(flag: x509.ReasonFlags) -> str:
    name = next((name for name, known in REASON_FLAGS.items() if known is flag), None)
    if name is None:
        raise CrlInvalid(f"the CRL has a reason that this CA never uses: {flag.value}")
    return name


def check_successor(
    new: CrlSummary, old: CrlSummary, droppable: Droppable, most_added: int = 0
) -> tuple[str, ...]:
    """The serials that `old` does not list, the first `most_added` of them. Serials on hold may be dropped,
    the scope may only grow: a client that keeps `old` would take what it lists for the whole.
    `droppable` is asked at most once, about the others that `new` lacks. Raises CrlInvalid.

    Both are read once, in memory that does not grow with them: they list rising serials. Only a CRL of an
    earlier release may not, and is sorted first.
    """
    if new.number <= old.number:
        raise CrlInvalid(f"CRL number {new.number} does not rise above {old.number}")
    # ADR 46: beside an older complete copy OpenSSL and GnuTLS fail open about what only other shards list.
    if new.idp_url is not None and old.idp_url is None:
        raise CrlInvalid(f"the CRL would be limited to {new.idp_url}, which its predecessor is not")
    found = _difference(new.listing, old.listing, most_added)
    if found.lost:
        _require_droppable(found.lost, droppable(found.lost))
    return found.added


def _difference(new: Listing, old: Listing, most_added: int) -> Difference:
    try:
        if new.rises:
            return difference(new.der, old.der, most_added)
    except OutOfOrder:
        pass
    return difference_in_memory(new.der, old.der, most_added)


def _require_droppable(lost: Sequence[str], allowed: Collection[str]) -> None:
    refused = [serial for serial in lost if serial not in allowed]
    if refused:
        raise CrlInvalid(f"the CRL would drop {len(refused)} revoked serials, first {refused[0]}")
