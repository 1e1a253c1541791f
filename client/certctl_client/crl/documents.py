"""Parses CRLs and CA certificates. Serials are lower-case hex of whole octets, as in the API."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from certctl_client.errors import CommandError, ConfigurationError

_BROKEN = "a CRL that cannot be read"
_BEGIN = b"-----BEGIN "
_SERIAL = re.compile(r"(0x)?[0-9a-f]{1,40}")
# The library spells this reason as ASN.1 does, the API as RFC 5280's text.
_SPELLINGS = {"cACompromise": "caCompromise", "aACompromise": "aaCompromise"}


@dataclass(frozen=True)
class Entry:
    """`reason` is named as in RFC 5280 section 5.3.1."""

    serial_number: str
    reason: str
    revoked_at: datetime
    invalidity_date: datetime | None


@dataclass(frozen=True)
class Crl:
    """`number` and `idp` are None if the CRL does not have the extension."""

    document: x509.CertificateRevocationList
    number: int | None
    idp: x509.IssuingDistributionPoint | None

    @property
    def this_update(self) -> datetime:
        return self.document.last_update_utc

    @property
    def next_update(self) -> datetime | None:
        return self.document.next_update_utc

    @property
    def scope_urls(self) -> list[str]:
        """URLs of the distribution point; empty if the CRL is for all certificates of its issuer."""
        return [str(name.value) for name in (self.idp.full_name or ())] if self.idp else []

    def entries(self) -> Iterator[Entry]:
        return (_read(partial(_entry, revoked), _BROKEN) for revoked in self.document)

    def entry(self, serial: str) -> Entry | None:
        found = self.document.get_revoked_certificate_by_serial_number(int(serial, 16))
        return _read(partial(_entry, found), _BROKEN) if found else None


def load_crl(data: bytes) -> Crl:
    """Parses DER or PEM. Raises CommandError."""
    load = x509.load_pem_x509_crl if _BEGIN in data else x509.load_der_x509_crl
    document = _read(lambda: load(data), "not a CRL")
    return _read(lambda: Crl(document, _number(document), _idp(document)), _BROKEN)


def load_certificates(data: bytes) -> list[x509.Certificate]:
    """Parses one certificate in DER, or several in PEM. Raises CommandError."""
    if _BEGIN in data:
        return _read(lambda: x509.load_pem_x509_certificates(data), "not a certificate")
    return [_read(lambda: x509.load_der_x509_certificate(data), "not a certificate")]


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the DER, hex."""
    return certificate.fingerprint(SHA256()).hex()


def serial_text(serial: int) -> str:
    digits = f"{serial:x}"
    return digits.zfill(len(digits) + len(digits) % 2)


def parse_serial(text: str) -> str:
    """Normalises a serial; accepts upper case, colons and `0x`. Raises ConfigurationError."""
    digits = text.lower().replace(":", "")
    if not _SERIAL.fullmatch(digits):
        raise ConfigurationError("That is not a serial number.", "It is up to 40 hex digits.")
    return serial_text(int(digits, 16))


def reason_text(flag: x509.ReasonFlags) -> str:
    """The name of a reason as in the API: `keyCompromise`."""
    name = str(flag.value)
    return _SPELLINGS.get(name, name)


def _read[T](load: Callable[[], T], what: str) -> T:
    """Maps all errors: on hostile bytes the library raises more kinds than its documentation names."""
    try:
        return load()
    except Exception:
        raise CommandError(f"What was read is {what}.", "Check the URL or the file.") from None


def _number(document: x509.CertificateRevocationList) -> int | None:
    try:
        return document.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _idp(document: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    try:
        return document.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None


def _entry(revoked: x509.RevokedCertificate) -> Entry:
    reason, since = "unspecified", None
    for extension in revoked.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = reason_text(extension.value.reason)
        elif isinstance(extension.value, x509.InvalidityDate):
            since = extension.value.invalidity_date_utc
    serial = serial_text(revoked.serial_number)
    return Entry(serial, reason, revoked.revocation_date_utc, since)
