"""What CAs outside the stack publish about a certificate: where it says so, and whether a CRL lists it
(RFC 5280, 6.3.3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, CRLEntryExtensionOID, ExtensionOID

from certctl.crypto.pem import UNREADABLE
from certctl.crypto.status.crl import CrlInvalid

_SKEW = timedelta(minutes=5)
_KNOWN = frozenset({ExtensionOID.ISSUING_DISTRIBUTION_POINT})
_KNOWN_OF_ENTRIES = frozenset({CRLEntryExtensionOID.CRL_REASON, CRLEntryExtensionOID.INVALIDITY_DATE})


@dataclass(frozen=True)
class VerifiedCrl:
    """A complete CRL of the issuer of a certificate, current when it was read."""

    crl: x509.CertificateRevocationList
    next_update: datetime
    read_at: datetime

    def lists(self, leaf: x509.Certificate) -> bool:
        """Raises CrlInvalid for an entry that says something unknown."""
        entry = self.crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
        if entry is None:
            return False
        if any(each.critical and each.oid not in _KNOWN_OF_ENTRIES for each in entry.extensions):
            raise CrlInvalid("the entry has an unknown critical extension")
        return True


def crl_url(leaf: x509.Certificate) -> str | None:
    """The first http URL of a whole CRL by the leaf's own issuer; None if it names none."""
    return next(_crl_urls(leaf), None)


def responder_url(leaf: x509.Certificate) -> str | None:
    """The first http URL of an OCSP responder; None if it names none."""
    try:
        access = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except UNREADABLE:
        return None
    urls = (e.access_location for e in access if e.access_method == AuthorityInformationAccessOID.OCSP)
    return next((each.value for each in urls if _is_http(each)), None)


def verified_crl(der: bytes, issuer: x509.Certificate, url: str, now: datetime) -> VerifiedCrl:
    """Raises CrlInvalid unless it is a complete, current CRL by this issuer for this URL."""
    try:
        crl = x509.load_der_x509_crl(der)
        next_update = crl.next_update_utc
        key: Any = issuer.public_key()  # what signs nothing raises TypeError
        if crl.issuer != issuer.subject or not crl.is_signature_valid(key):
            raise CrlInvalid("it is not of the issuer")
        if next_update is None or not crl.last_update_utc - _SKEW <= now < next_update:
            raise CrlInvalid("it is not current")
        if not _is_whole(crl, url):
            raise CrlInvalid("it covers only a part")
    except CrlInvalid:
        raise
    except UNREADABLE as error:
        raise CrlInvalid("it cannot be read") from error
    return VerifiedCrl(crl, next_update, now)


def _crl_urls(leaf: x509.Certificate) -> Iterator[str]:
    try:
        points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except UNREADABLE:
        return
    for point in points:
        if point.reasons is None and point.crl_issuer is None:
            yield from (each.value for each in point.full_name or () if _is_http(each))


def _is_http(name: x509.GeneralName) -> bool:
    return isinstance(name, x509.UniformResourceIdentifier) and name.value.lower().startswith("http://")


def _is_whole(crl: x509.CertificateRevocationList, url: str) -> bool:
    """Whether the CRL speaks of all certificates of servers that name this URL."""
    if any(each.critical and each.oid not in _KNOWN for each in crl.extensions):
        return False  # a delta CRL, too
    try:
        scope = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    is_part = scope.only_contains_ca_certs or scope.only_contains_attribute_certs or scope.indirect_crl
    names = [str(each.value) for each in scope.full_name or ()]
    is_here = url in names if names else scope.relative_name is None
    return is_here and not is_part and scope.only_some_reasons is None
