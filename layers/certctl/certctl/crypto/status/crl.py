"""Certificate revocation lists (RFC 5280, 5): reading them, and the checks before one may be published."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cryptography import x509

from certctl.crypto.ca_keys import CaPublicKey
from certctl.crypto.pem import UNREADABLE
from certctl.crypto.serials import serial_text
from certctl.crypto.status.crl_building import RevokedEntry
from certctl.crypto.status.crl_joining import OutOfOrder, rising
from certctl.crypto.status.reasons import REASON_FLAGS

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
        self._hash = hashlib.sha256()

    def add(self, serial: str) -> None:
        self.count += 1
        self._hash.update(f"{serial}\n".encode("ascii"))

    def is_same(self, other: "SerialDigest") -> bool:
        return self.count == other.count and self._hash.digest() == other._hash.digest()


class Listing:
    """The entries of a verified CRL, parsed again at each pass: kept as objects, a million of them would take
    500 MB."""

    def __init__(self, crl: x509.CertificateRevocationList) -> None:
        self._crl = crl

    def __iter__(self) -> Iterator["_Listed"]:
        """The entries in the order of the CRL."""
        return (_Listed(serial_text(revoked.serial_number), revoked) for revoked in self._crl)

    def serials(self) -> Iterator[str]:
        return (listed.serial for listed in self)

    def digest(self) -> SerialDigest:
        digest = SerialDigest()
        for serial in self.serials():
            digest.add(serial)
        return digest

    def rising(self) -> list["_Listed"]:
        """The entries in the order of the serials as texts; unlike a pass, all in memory."""
        return sorted(self, key=_serial_of)


class _Listed(NamedTuple):
    serial: str
    revoked: x509.RevokedCertificate

    @property
    def is_on_hold(self) -> bool:
        """Whether its reason is certificateHold, the one that can be withdrawn."""
        try:
            reason = self.revoked.extensions.get_extension_for_class(x509.CRLReason).value.reason
        except x509.ExtensionNotFound:
            return False
        return reason is x509.ReasonFlags.certificate_hold


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
        return _summary(_verified(x509.load_der_x509_crl(der), ca_certificate))
    except CrlInvalid:
        raise
    except UNREADABLE as error:
        raise CrlInvalid(f"the CRL cannot be read: {error}") from error


def require_scope(crl: CrlSummary, scope: str | None, url: str) -> None:
    """Raises CrlInvalid unless the CRL that stands at `url` has the scope of that URL."""
    if crl.idp_url != scope:
        raise CrlInvalid(f"the CRL at {url} is that of another URL")


def _verified(
    crl: x509.CertificateRevocationList, ca_certificate: x509.Certificate
) -> x509.CertificateRevocationList:
    key = ca_certificate.public_key()
    if crl.issuer != ca_certificate.subject:
        raise CrlInvalid("the CRL is from another issuer")
    if not isinstance(key, CaPublicKey) or not crl.is_signature_valid(key):
        raise CrlInvalid("the signature of the CRL does not verify")
    return crl


def _summary(crl: x509.CertificateRevocationList) -> CrlSummary:
    if crl.next_update_utc is None:
        raise CrlInvalid("the CRL has no nextUpdate")
    return CrlSummary(
        number=crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number,
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        idp_url=_idp_url(crl),
        listing=Listing(crl),
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
        crl = _verified(x509.load_der_x509_crl(der), ca_certificate)
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
    try:
        lost, added = _compared(rising(new.listing), rising(old.listing), most_added)
    except OutOfOrder:
        lost, added = _compared(iter(new.listing.rising()), iter(old.listing.rising()), most_added)
    if lost:
        _require_droppable(lost, droppable(lost))
    return added


def _require_droppable(lost: Sequence[str], allowed: Collection[str]) -> None:
    refused = [serial for serial in lost if serial not in allowed]
    if refused:
        raise CrlInvalid(f"the CRL would drop {len(refused)} revoked serials, first {refused[0]}")


def _compared(
    new: Iterator[_Listed], old: Iterator[_Listed], most_added: int
) -> tuple[list[str], tuple[str, ...]]:
    """(what is lost and was not on hold, the first that were added)."""
    added: list[str] = []
    lost: list[str] = []
    for listed, is_new in _differences(new, old):
        if not is_new and not listed.is_on_hold:
            lost.append(listed.serial)
        elif is_new and len(added) < most_added:
            added.append(listed.serial)
    return lost, tuple(added)


def _differences(new: Iterator[_Listed], old: Iterator[_Listed]) -> Iterator[tuple[_Listed, bool]]:
    """What only one of two rising listings has, and whether that is the new one."""
    here, there = next(new, None), next(old, None)
    while here and there:
        if here.serial < there.serial:
            yield here, True
            here = next(new, None)
        elif there.serial < here.serial:
            yield there, False
            there = next(old, None)
        else:
            here, there = next(new, None), next(old, None)
    yield from ((listed, True) for listed in _with_rest(here, new))
    yield from ((listed, False) for listed in _with_rest(there, old))


def _with_rest(first: _Listed | None, rest: Iterator[_Listed]) -> Iterator[_Listed]:
    if first is not None:
        yield first
        yield from rest


def _serial_of(listed: _Listed) -> str:
    return listed.serial
