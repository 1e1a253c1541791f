"""Certificate revocation lists (RFC 5280, 5): building, and the checks before one may be published."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certctl.crypto.issuing.extensions import authority_key_identifier
from certctl.crypto.kms_key import signature_hash
from certctl.crypto.pem import UNREADABLE
from certctl.crypto.serials import serial_text
from certctl.crypto.status.reasons import REASON_FLAGS


class CrlInvalid(ValueError):
    """A CRL that must not be published."""


@dataclass(frozen=True)
class RevokedEntry:
    """`serial`: lower-case hex. `reason`: a key of `REASON_CODES`."""

    serial: str
    revoked_at: datetime
    reason: str
    invalidity_date: datetime | None


@dataclass(frozen=True)
class CrlSummary:
    """The content of a CRL. `serials` in the form of `serial_text`; `idp_url` None for a CRL without IDP."""

    number: int
    this_update: datetime
    next_update: datetime
    serials: frozenset[str]
    idp_url: str | None


def build_crl(
    ca_certificate: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    entries: Sequence[RevokedEntry],
    number: int,
    this_update: datetime,
    next_update: datetime,
    idp_url: str | None,
) -> bytes:
    """DER. With `idp_url` the scope is the user certificates whose CDP is that URL, byte for byte.

    Raises ValueError if a serial is listed twice.
    """
    if len({entry.serial for entry in entries}) != len(entries):
        raise ValueError("a serial is listed twice")
    # add_revoked_certificate copies the list at each call: 17 s for 100,000 entries.
    builder = x509.CertificateRevocationListBuilder(revoked_certificates=[*map(_revoked, entries)])
    builder = (
        builder.issuer_name(ca_certificate.subject)
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(authority_key_identifier(ca_certificate), critical=False)
        .add_extension(x509.CRLNumber(number), critical=False)
    )
    if idp_url is not None:
        builder = builder.add_extension(_issuing_distribution_point(idp_url), critical=True)
    return builder.sign(ca_key, signature_hash(ca_key.public_key())).public_bytes(Encoding.DER)


def _revoked(entry: RevokedEntry) -> x509.RevokedCertificate:
    builder = (
        x509.RevokedCertificateBuilder()
        .serial_number(int(entry.serial, 16))
        .revocation_date(entry.revoked_at)
    )
    # RFC 5280, 5.3.1: reasonCode SHOULD be absent instead of unspecified.
    if entry.reason != "unspecified":
        builder = builder.add_extension(x509.CRLReason(REASON_FLAGS[entry.reason]), critical=False)
    if entry.invalidity_date is not None:
        builder = builder.add_extension(x509.InvalidityDate(entry.invalidity_date), critical=False)
    return builder.build()


def _issuing_distribution_point(url: str) -> x509.IssuingDistributionPoint:
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )


def inspect_crl(der: bytes, ca_certificate: x509.Certificate) -> CrlSummary:
    """Raises CrlInvalid unless it can be parsed and is issued and signed by this CA."""
    try:
        return _summary(_verified(x509.load_der_x509_crl(der), ca_certificate))
    except CrlInvalid:
        raise
    except UNREADABLE as error:
        raise CrlInvalid(f"the CRL cannot be read: {error}") from error


def _verified(
    crl: x509.CertificateRevocationList, ca_certificate: x509.Certificate
) -> x509.CertificateRevocationList:
    key = ca_certificate.public_key()
    if crl.issuer != ca_certificate.subject:
        raise CrlInvalid("the CRL is from another issuer")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not crl.is_signature_valid(key):
        raise CrlInvalid("the signature of the CRL does not verify")
    return crl


def _summary(crl: x509.CertificateRevocationList) -> CrlSummary:
    if crl.next_update_utc is None:
        raise CrlInvalid("the CRL has no nextUpdate")
    return CrlSummary(
        number=crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number,
        this_update=crl.last_update_utc,
        next_update=crl.next_update_utc,
        serials=frozenset(serial_text(entry.serial_number) for entry in crl),
        idp_url=_idp_url(crl),
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
    new: CrlSummary, old: CrlSummary, may_drop: Callable[[str], bool] | frozenset[str]
) -> None:
    """`may_drop`: the serials that were un-held or have expired, or a test for them. Raises CrlInvalid."""
    if new.number <= old.number:
        raise CrlInvalid(f"CRL number {new.number} does not rise above {old.number}")
    is_allowed = may_drop.__contains__ if isinstance(may_drop, frozenset) else may_drop
    lost = sorted(serial for serial in old.serials - new.serials if not is_allowed(serial))
    if lost:
        raise CrlInvalid(f"the CRL would drop {len(lost)} revoked serials, first {lost[0]}")


def held_serials(der: bytes, serials: Iterable[str]) -> frozenset[str]:
    """The `serials` that the CRL lists with certificateHold, the one reason that can be withdrawn."""
    crl = x509.load_der_x509_crl(der)
    return frozenset(serial for serial in serials if _is_on_hold(crl, serial))


def _is_on_hold(crl: x509.CertificateRevocationList, serial: str) -> bool:
    entry = crl.get_revoked_certificate_by_serial_number(int(serial, 16))
    if entry is None:
        return False
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except x509.ExtensionNotFound:
        return False
    return reason is x509.ReasonFlags.certificate_hold
