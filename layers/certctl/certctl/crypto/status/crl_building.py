"""Building certificate revocation lists (RFC 5280, 5): entries stream into DER, never into objects."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import lt
from types import MappingProxyType
from typing import NoReturn

from cryptography import x509

from certctl.crypto.ca_keys import CaPrivateKey, signature_algorithm, signer_of
from certctl.crypto.issuing.extensions import authority_key_identifier
from certctl.crypto.status.crl_entries import Entries
from certctl.crypto.status.tlv import (
    BIT_STRING,
    BOOLEAN,
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    SEQUENCE,
    UTC_TIME,
    explicit,
    header,
    tlv,
)
from certctl.domain.revocation.reasons import REASON_CODES

_MOST_BITS = 159  # RFC 5280, 5.2.3 and 4.1.2.2: 20 octets, positive
_LAST_UTC_YEAR = 2049  # RFC 5280, 5.1.2.4
_CRITICAL = tlv(BOOLEAN, b"\xff")
_V2 = tlv(INTEGER, b"\x01")


@dataclass(frozen=True)
class RevokedEntry:
    """`serial`: lower-case hex. `reason`: a key of `REASON_CODES`."""

    serial: str
    revoked_at: datetime
    reason: str
    invalidity_date: datetime | None


@dataclass(frozen=True)
class CrlHead:
    """Times are UTC, cut to seconds. With `idp_url` the scope is the user certificates whose CDP is that URL,
    byte for byte."""

    number: int
    this_update: datetime
    next_update: datetime
    idp_url: str | None


def build_crl(
    ca_certificate: x509.Certificate,
    ca_key: CaPrivateKey,
    entries: Iterable[RevokedEntry],
    number: int,
    this_update: datetime,
    next_update: datetime,
    idp_url: str | None,
) -> bytes:
    """DER; number, times and `idp_url` as in `CrlHead`. The entries are read once.

    Raises ValueError unless the serials rise as texts, each listed once.
    """
    head = CrlHead(number, this_update, next_update, idp_url)
    return build_signed(ca_certificate, ca_key, map(_alone, entries), head)


def build_signed(
    ca_certificate: x509.Certificate, ca_key: CaPrivateKey, entries: Iterable[Entries], head: CrlHead
) -> bytes:
    """A CRL of entries in DER."""
    revoked = _encoded(entries)
    algorithm = signature_algorithm(ca_key.public_key())
    times = time_der(head.this_update), time_der(head.next_update)
    start = b"".join([_V2, algorithm, ca_certificate.subject.public_bytes(), *times])
    # RFC 5280, 5.1.2.6: without entries the list is absent, not empty.
    before = start + (header(SEQUENCE, len(revoked)) if revoked else b"")
    after = _extensions(ca_certificate, head.number, head.idp_url)
    length = len(before) + len(revoked) + len(after)
    tbs = b"".join([header(SEQUENCE, length), before, revoked, after])
    del revoked  # 40 MB for a million entries
    end = algorithm + tlv(BIT_STRING, b"\x00", signer_of(ca_key)(tbs))
    return b"".join([header(SEQUENCE, len(tbs) + len(end)), tbs, end])


def _encoded(entries: Iterable[Entries]) -> bytearray:
    """Raises ValueError unless the serials rise: the next CRL is compared with this one in one reading of
    both."""
    encoded, last = bytearray(), b""
    for serials, ders in entries:
        if not all(map(lt, chain((last,), serials), serials)):
            _refuse_order(last, serials)
        last = serials[-1] if serials else last
        encoded += b"".join(ders)
    return encoded


def _refuse_order(last: bytes, serials: Sequence[bytes]) -> NoReturn:
    is_twice = len({last, *serials}) <= len(serials)
    raise ValueError("a serial is listed twice" if is_twice else "the serials do not rise")


def _alone(entry: RevokedEntry) -> Entries:
    der = entry_der(entry)  # first: raises for a serial that is none
    return Entries([bytes.fromhex(entry.serial)], [der])


def entry_der(entry: RevokedEntry) -> bytes:
    """Raises ValueError for a serial that is not one."""
    serial = tlv(INTEGER, serial_content(entry.serial))
    return tlv(
        SEQUENCE, serial, time_der(entry.revoked_at), entry_extensions(entry.reason, entry.invalidity_date)
    )


def serial_content(text: str) -> bytes:
    """The content of the INTEGER of a serial in hex. Raises ValueError for one that no serial may be."""
    serial = int(text, 16)
    if serial <= 0 or serial.bit_length() > _MOST_BITS:
        raise ValueError("a serial is not 1 to 20 octets, positive")
    return _integer_octets(serial)


def entry_extensions(reason: str, invalidity_date: datetime | None) -> bytes:
    """The crlEntryExtensions (RFC 5280, 5.3), empty if there are none."""
    if invalidity_date is None:
        return REASON_ALONE[reason]
    date = tlv(GENERALIZED_TIME, _generalized(invalidity_date))
    return tlv(SEQUENCE, _REASONS[reason], _extension(_INVALIDITY_DATE, date))


def _extensions(ca_certificate: x509.Certificate, number: int, idp_url: str | None) -> bytes:
    key_identifier = authority_key_identifier(ca_certificate).public_bytes()
    scope = b"" if idp_url is None else _extension(_SCOPE, _issuing_distribution_point(idp_url), _CRITICAL)
    return tlv(
        explicit(0),
        tlv(
            SEQUENCE,
            _extension(_AUTHORITY_KEY_IDENTIFIER, key_identifier),
            _extension(_CRL_NUMBER, tlv(INTEGER, _integer_octets(number))),
            scope,
        ),
    )


def _issuing_distribution_point(url: str) -> bytes:
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)],
        relative_name=None,
        only_contains_user_certs=True,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    ).public_bytes()


def _extension(identifier: bytes, value: bytes, critical: bytes = b"") -> bytes:
    return tlv(SEQUENCE, identifier, critical, tlv(OCTET_STRING, value))


def _integer_octets(number: int) -> bytes:
    """A number that is not negative, in the fewest octets."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def time_der(moment: datetime) -> bytes:
    """A Time (RFC 5280, 5.1.2.4): GeneralizedTime from 2050 on."""
    text = _generalized(moment)
    return tlv(UTC_TIME, text[2:]) if moment.year <= _LAST_UTC_YEAR else tlv(GENERALIZED_TIME, text)


def _generalized(moment: datetime) -> bytes:
    """strftime took two thirds of the time of a CRL."""
    parts = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return b"%04d%02d%02d%02d%02d%02dZ" % parts


def _identifier(octets: str) -> bytes:
    return tlv(OBJECT_IDENTIFIER, bytes.fromhex(octets))


def _reason(name: str) -> bytes:
    """RFC 5280, 5.3.1: reasonCode SHOULD be absent instead of unspecified."""
    code = REASON_CODES[name]
    return _extension(_REASON_CODE, tlv(ENUMERATED, bytes([code]))) if code else b""


_CRL_NUMBER, _REASON_CODE = _identifier("551d14"), _identifier("551d15")
_INVALIDITY_DATE, _SCOPE = _identifier("551d18"), _identifier("551d1c")
_AUTHORITY_KEY_IDENTIFIER = _identifier("551d23")
_REASONS: Mapping[str, bytes] = MappingProxyType({name: _reason(name) for name in REASON_CODES})
REASON_ALONE: Mapping[str, bytes] = MappingProxyType(
    {name: tlv(SEQUENCE, reason) if reason else b"" for name, reason in _REASONS.items()}
)
"""The crlEntryExtensions of each reason without an invalidityDate."""
