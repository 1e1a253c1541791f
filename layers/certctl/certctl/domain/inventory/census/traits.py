"""What a report says about an observed certificate: pure, of the certificate and the time alone. Lists select
by the same functions, so a count and its list agree."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from certctl.domain.inventory.observed import ObservedCertificate, ObservedFacts
from certctl.domain.inventory.statuses import ObservedState, Trust


class CertificateTrait(StrEnum):
    """Traits of leaves that are in use, in the order of reports. An expired one has no other trait.
    `expires_in_*` and `over_*` are cumulative. Lifetimes count with a path to public roots alone."""

    EXPIRED = "expired"
    EXPIRES_IN_7_DAYS = "expires_in_7_days"
    EXPIRES_IN_30_DAYS = "expires_in_30_days"
    EXPIRES_IN_90_DAYS = "expires_in_90_days"
    SHA1 = "sha1"
    WEAK_RSA = "weak_rsa"
    SELF_SIGNED = "self_signed"
    WILDCARD = "wildcard"
    OVER_200_DAYS = "over_200_days"
    OVER_100_DAYS = "over_100_days"
    OVER_47_DAYS = "over_47_days"
    PAST_2030 = "past_2030"
    PAST_2035 = "past_2035"
    POST_QUANTUM = "post_quantum"


class Renewer(StrEnum):
    """Who renews a certificate: this stack, a program that a place names, or nobody that we know."""

    MANAGED = "managed"
    PROGRAM = "program"
    NOBODY = "nobody"


LIMITS = {200: date(2026, 3, 15), 100: date(2027, 3, 15), 47: date(2029, 3, 15)}
"""The longest lifetimes of publicly trusted TLS certificates, in days, each with the day from which it holds
for new ones (CA/Browser Forum, Baseline Requirements, 6.3.2)."""

_SOON = {
    7: CertificateTrait.EXPIRES_IN_7_DAYS,
    30: CertificateTrait.EXPIRES_IN_30_DAYS,
    90: CertificateTrait.EXPIRES_IN_90_DAYS,
}
_LONG = {
    200: CertificateTrait.OVER_200_DAYS,
    100: CertificateTrait.OVER_100_DAYS,
    47: CertificateTrait.OVER_47_DAYS,
}
_AGES = {2030: CertificateTrait.PAST_2030, 2035: CertificateTrait.PAST_2035}
"""NIST IR 8547: RSA and elliptic curves of 112 bits are deprecated after 2030, all of them disallowed after
2035."""
_BROKEN_HASHES = ("sha1", "md5", "md4", "md2")
_LEAST_RSA = 2048
_POST_QUANTUM = {
    **{f"2.16.840.1.101.3.4.3.{n}": "ML-DSA" for n in (17, 18, 19, 32, 33, 34)},  # FIPS 204
    **{f"2.16.840.1.101.3.4.3.{n}": "SLH-DSA" for n in (*range(20, 32), *range(35, 47))},  # FIPS 205
    **{f"2.16.840.1.101.3.4.4.{n}": "ML-KEM" for n in (1, 2, 3)},  # FIPS 203
    "1.2.840.113549.1.9.16.3.17": "HSS/LMS",  # RFC 9802
    "1.3.6.1.5.5.7.6.34": "XMSS",  # RFC 9802
    "1.3.6.1.5.5.7.6.35": "XMSS^MT",  # RFC 9802
}
_POST_QUANTUM_NAMES = ("MLDSA", "SLHDSA", "MLKEM")
"""Names that a library gives these keys if it knows them."""
_RENEWED_AFTER = (2, 3)
"""The part of a lifetime after which ACME clients and the renewal policies renew."""
_MILLI_YEAR = 365 * 24 * 3600 * 1000


def is_in_use(certificate: ObservedCertificate) -> bool:
    """Whether it is a leaf that some place has, that nobody dismissed, and whose places no newer one took."""
    is_dismissed = certificate.state is ObservedState.DISMISSED
    is_left = certificate.gone_at is not None or certificate.superseded_by is not None
    return not (certificate.facts.is_ca or is_dismissed or is_left)


def renewer_of(certificate: ObservedCertificate) -> Renewer:
    if certificate.state is ObservedState.MANAGED:
        return Renewer.MANAGED
    return Renewer.NOBODY if certificate.renewed_by is None else Renewer.PROGRAM


def traits_of(certificate: ObservedCertificate, now: datetime) -> frozenset[CertificateTrait]:
    """The traits of a leaf that is in use; none of another."""
    if not is_in_use(certificate):
        return frozenset()
    if certificate.facts.not_after < now:
        return frozenset({CertificateTrait.EXPIRED})
    return frozenset(_traits(certificate, now))


def key_name(facts: ObservedFacts) -> str:
    """`RSA 2048`, `ECDSA P-256`, `ML-DSA`; the dotted number of an algorithm that has no name here."""
    known = _POST_QUANTUM.get(facts.key_algorithm)
    if known is not None:
        return known
    is_sized = facts.key_bits is not None and facts.key_algorithm == "RSA"
    return f"RSA {facts.key_bits}" if is_sized else facts.key_algorithm


def milli_renewals(certificate: ObservedCertificate, limit_days: int | None) -> int:
    """Renewals in a year, in thousandths, if the lifetime has this limit: each after two thirds of it."""
    lifetime = lifetime_of(certificate.facts)
    seconds = max(3600, int(lifetime.total_seconds()))
    if limit_days is not None:
        seconds = min(seconds, limit_days * 24 * 3600)
    part, whole = _RENEWED_AFTER
    return _MILLI_YEAR * whole // (seconds * part)


def lifetime_of(facts: ObservedFacts) -> timedelta:
    """The lifetime with its last second: both ends belong to the validity (RFC 5280, 4.1.2.5)."""
    return facts.not_after - facts.not_before + timedelta(seconds=1)


def _traits(certificate: ObservedCertificate, now: datetime) -> Iterator[CertificateTrait]:
    facts = certificate.facts
    yield from (trait for days, trait in _SOON.items() if facts.not_after <= now + timedelta(days=days))
    if any(name in facts.signature_algorithm.lower() for name in _BROKEN_HASHES):
        yield CertificateTrait.SHA1
    if facts.key_algorithm == "RSA" and (facts.key_bits or 0) < _LEAST_RSA:
        yield CertificateTrait.WEAK_RSA
    if facts.is_self_signed:
        yield CertificateTrait.SELF_SIGNED
    if facts.has_wildcard:
        yield CertificateTrait.WILDCARD
    if certificate.trust is Trust.PUBLIC:
        lifetime = lifetime_of(facts)
        yield from (trait for days, trait in _LONG.items() if lifetime > timedelta(days=days))
    if _is_post_quantum(facts):
        yield CertificateTrait.POST_QUANTUM
    else:
        yield from (trait for year, trait in _AGES.items() if facts.not_after.year > year)


def _is_post_quantum(facts: ObservedFacts) -> bool:
    return facts.key_algorithm in _POST_QUANTUM or facts.key_algorithm.startswith(_POST_QUANTUM_NAMES)
