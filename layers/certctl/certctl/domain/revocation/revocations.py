"""Revocations: one row per serial, from which CRL and OCSP are made
(docs/architecture.md#revocation-and-crls)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from certctl.domain.audit.events import Actor
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.certificates.versions import Version, newest_valid
from certctl.domain.errors import Conflict, NotFound
from certctl.domain.ids import new_id
from certctl.domain.issuing.external_cas import RevocationState, is_external
from certctl.domain.revocation.reasons import HOLD, KEY_COMPROMISE
from certctl.domain.revocation.receipts import NO_RECEIPT, Receipt
from certctl.domain.revocation.requests import RevocationRequest

_KEPT = timedelta(days=30)
_KEPT_OF_UNKNOWN = timedelta(days=120)

UNKNOWN_CERTIFICATE = "(unknown)"
"""The text in place of a certificate's id: after a restore, a CRL lists serials of certificates that are in
no table any more. No certificate has this id."""


@dataclass(frozen=True)
class Revocation:
    """`revoked_at` is the first one: revoking a held version, or a stronger reason, keeps it.
    `issuer_revocation` is the state of its publication by an external issuer."""

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
    issuer_reason: str | None = None
    """The reason that the external issuer was asked with, or is asked with next; `none` for a request without
    one. None for `reason` while it is pending, later for one that is not known."""
    issuer_settled_at: datetime | None = None
    """When the external issuer had confirmed or refused it."""
    receipt: Receipt = NO_RECEIPT
    ticket: str | None = None
    """The ticket that asked for it, of the newest request that named one."""

    @property
    def kept_until(self) -> datetime:
        return kept_until(self.certificate_id, self.not_after)

    @property
    def reason_for_issuer(self) -> str:
        """The reason of the next request to an external issuer."""
        return self.issuer_reason or self.reason

    @property
    def is_of_unknown(self) -> bool:
        """Whether no record belongs to it: that of a CA, or one whose certificate the tables have lost."""
        return self.certificate_id == UNKNOWN_CERTIFICATE


class Mark(NamedTuple):
    """The fields that a CRL needs."""

    serial_number: str
    revoked_at: datetime
    reason: str
    not_after: datetime
    invalidity_date: datetime | None


type MarkTexts = tuple[str, str, str, str, str | None]
"""The fields of a `Mark` as its row has them, times in the wire form: a CRL takes 100,000 of them."""


def kept_until(certificate_id: str, not_after: datetime) -> datetime:
    """When the row may go: long after the CRLs have dropped its serial. Those of a root, which are valid for
    60 days and list CAs, certificates that no table knows, do so later."""
    return not_after + (_KEPT_OF_UNKNOWN if certificate_id == UNKNOWN_CERTIFICATE else _KEPT)


def may_replace(reason: str, stored: str) -> bool:
    """A hold may become any reason, and any reason may become keyCompromise; no other change is allowed."""
    if reason == stored:
        return False
    return stored == HOLD or reason == KEY_COMPROMISE


def revocation_of(
    version: Version, certificate: Certificate, wanted: RevocationRequest, actor: Actor, now: datetime
) -> Revocation:
    return Revocation(
        id=new_id("rev", now),
        ca_id=version.ca_id,
        crl_shard=version.crl_shard,
        serial_number=version.serial_number,
        certificate_id=certificate.id,
        issuer_id=certificate.issuer_id,
        reason=wanted.reason,
        revoked_by=actor.id,
        revoked_at=now,
        not_after=version.not_after,
        invalidity_date=wanted.invalidity_date,
        ticket=wanted.ticket,
        issuer_revocation=RevocationState.PENDING if is_external(version.ca_id) else None,
        # an external issuer's CRLs and responder are not watched
        receipt=NO_RECEIPT if is_external(version.ca_id) else Receipt(due_at=now),
    )


def sampled_out(revocation: Revocation) -> Revocation:
    """OCSP is not asked about it: there are too many at once."""
    return replace(revocation, receipt=replace(revocation.receipt, ocsp_sampled_out=True))


def ended_by(before: Certificate, wanted: RevocationRequest, now: datetime) -> Certificate:
    """The record once all its versions are revoked, or held. Raises Conflict if it cannot be."""
    if before.lifecycle is Lifecycle.REVOKED:
        return before.with_changes(now, revocation_reason=wanted.reason)
    if wanted.reason == HOLD:
        held = before.transitioned_to(Lifecycle.ON_HOLD, now)
        return replace(held, held_from=before.lifecycle, revoked_at=now, revocation_reason=HOLD)
    return replace(
        before.transitioned_to(Lifecycle.REVOKED, now),
        renewal_state=RenewalState.IDLE,
        revoked_at=before.revoked_at or now,
        revocation_reason=wanted.reason,
        held_from=None,
        open_job_id=None,
    )


def is_done(certificate: Certificate, reason: str) -> bool:
    """Whether it is already revoked or held for this reason."""
    ended = certificate.lifecycle in (Lifecycle.REVOKED, Lifecycle.ON_HOLD)
    return ended and certificate.revocation_reason == reason


def require_revocable(certificate: Certificate, reason: str) -> None:
    """What is revoked may only be changed to keyCompromise, the stronger reason. Raises Conflict."""
    if certificate.lifecycle is Lifecycle.REVOKED and reason != KEY_COMPROMISE:
        raise Conflict(f"This certificate is revoked already, for {certificate.revocation_reason}.")


def refuses_keys_for_ever(certificate: Certificate) -> bool:
    return certificate.lifecycle is Lifecycle.REVOKED and certificate.revocation_reason == KEY_COMPROMISE


def version_with(versions: Sequence[Version], serial: str) -> Version:
    """Raises NotFound."""
    version = next((v for v in versions if v.serial_number == serial), None)
    if version is None:
        raise NotFound("There is no unexpired version with this serial.")
    return version


def without_version(
    certificate: Certificate,
    versions: Sequence[Version],
    revoked: Collection[str],
    serial: str,
    now: datetime,
) -> Certificate:
    """The record once the version is revoked: the next newest is current, or it counts as expired now.
    `revoked` are the serials that are already revoked or held."""
    if certificate.serial_number != serial:
        return certificate.with_changes(now)
    newest = newest_valid(versions, frozenset({serial, *revoked}), now)
    if newest is None:
        return certificate.with_changes(now, expires_at=now.replace(microsecond=0))
    return certificate.with_changes(now, **newest.current_fields)
