"""Revocations: one row per serial is the mark that CRL and OCSP are made from (pki.md section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from certctl.domain.audit import Actor
from certctl.domain.certificates import Certificate, Lifecycle, RenewalState, Version
from certctl.domain.errors import InvalidInput
from certctl.domain.external_issuing import RevocationState, is_external
from certctl.domain.ids import new_id

HOLD = "certificateHold"
KEY_COMPROMISE = "keyCompromise"
UNSPECIFIED = "unspecified"
COMPROMISES = frozenset({KEY_COMPROMISE, "caCompromise"})

REASON_CODES: Mapping[str, int] = {
    UNSPECIFIED: 0,
    KEY_COMPROMISE: 1,
    "caCompromise": 2,
    "affiliationChanged": 3,
    "superseded": 4,
    "cessationOfOperation": 5,
    HOLD: 6,
    "privilegeWithdrawn": 9,
}
"""The CRLReason names of RFC 5280 section 5.3.1 that are accepted on the wire."""


UNKNOWN_CERTIFICATE = "(unknown)"
"""In place of a certificate's id, which can never be this: after a restore, a CRL lists serials of
certificates that no table knows any more."""


def require_reason(text: str) -> str:
    """Raises InvalidInput that lists what is allowed."""
    if text not in REASON_CODES:
        raise InvalidInput.of("reason", f"must be one of {', '.join(REASON_CODES)}")
    return text


@dataclass(frozen=True)
class Wanted:
    """Why, and since when the key may not be trusted (RFC 5280 section 5.3.2); the job that does it with many
    others, if one does; and the revision of the certificate as it was read, where the caller says so."""

    reason: str
    invalidity_date: datetime | None = None
    job_id: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True)
class Revocation:
    """`revoked_at` is the first one: hold to revoked and a stronger reason keep it. `issuer_revocation` is
    that of an external issuer, which has to publish it."""

    id: str
    ca_id: str
    crl_shard: int
    serial_number: str
    certificate_id: str
    issuer_id: str
    reason: str
    revoked_by: str
    revoked_at: datetime
    not_after: datetime
    invalidity_date: datetime | None = None
    issuer_revocation: RevocationState | None = None


class Mark(NamedTuple):
    """As much of a revocation as a CRL is made from. A tuple, because a CRL takes 100,000 of them."""

    serial_number: str
    revoked_at: datetime
    reason: str
    not_after: datetime
    invalidity_date: datetime | None


def may_replace(reason: str, stored: str) -> bool:
    """A hold may end in any reason, and any reason may become keyCompromise; nothing goes the other way."""
    if reason == stored:
        return False
    return stored == HOLD or reason == KEY_COMPROMISE


def revocation_of(
    version: Version,
    certificate: Certificate,
    reason: str,
    actor: Actor,
    now: datetime,
    invalidity_date: datetime | None = None,
) -> Revocation:
    return Revocation(
        id=new_id("rev", now),
        ca_id=version.ca_id,
        crl_shard=version.crl_shard,
        serial_number=version.serial_number,
        certificate_id=certificate.id,
        issuer_id=certificate.issuer_id,
        reason=reason,
        revoked_by=actor.id,
        revoked_at=now,
        not_after=version.not_after,
        invalidity_date=invalidity_date,
        issuer_revocation=RevocationState.PENDING if is_external(version.ca_id) else None,
    )


def ended_by(before: Certificate, wanted: Wanted, now: datetime) -> Certificate:
    """The record once all its versions are revoked, or held. Raises Conflict for one that cannot be."""
    if before.lifecycle is Lifecycle.REVOKED:
        return before.changed(now, revocation_reason=wanted.reason)
    if wanted.reason == HOLD:
        held = before.moved_to(Lifecycle.ON_HOLD, now)
        return replace(held, held_from=before.lifecycle, revoked_at=now, revocation_reason=HOLD)
    return replace(
        before.moved_to(Lifecycle.REVOKED, now),
        renewal_state=RenewalState.IDLE,
        revoked_at=before.revoked_at or now,
        revocation_reason=wanted.reason,
        held_from=None,
        open_job_id=None,
    )
