"""Reconciles a certificate's record with revocation rows that a restore brought back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import Lifecycle, RenewalState
from certctl.domain.certificates.versions import Version, newest_valid
from certctl.domain.revocation.reasons import HOLD
from certctl.domain.revocation.revocations import Revocation


def brought_in_line(
    before: Certificate,
    versions: Sequence[Version],
    marks: Mapping[str, Revocation],
    was_ended: bool,
    now: datetime,
) -> Certificate:
    """The record after recovery, or `before` if nothing follows. `versions` are the unexpired ones, `marks`
    the revocations by serial, `was_ended` whether the audit trail records the revocation of the certificate,
    not just of a version.

    - A hold is of the whole certificate: it is held again.
    - Every version revoked, and the audit trail records the certificate's revocation: Revoked.
    - Every version revoked without such a record: held. Either the certificate was revoked, or it continued
      with a version that was issued after the restored time. Nothing can be issued until an administrator
      revokes it or ends the hold; the versions stay revoked either way.
    - The current version revoked, another valid: that one is current.

    Never makes a record more alive than it was.
    """
    of_versions = [marks[v.serial_number] for v in versions if v.serial_number in marks]
    if not of_versions or before.lifecycle is Lifecycle.REVOKED:
        return before
    is_held = any(mark.reason == HOLD for mark in of_versions)
    if len(of_versions) == len(versions) and not is_held and was_ended:
        return _revoked(before, of_versions, now)
    if len(of_versions) == len(versions) or is_held:
        return _held(before, of_versions, now)
    return _with_newest(before, versions, frozenset(marks), now)


def _revoked(before: Certificate, marks: Sequence[Revocation], now: datetime) -> Certificate:
    current = next((m for m in marks if m.serial_number == before.serial_number), marks[0])
    return replace(
        before.transitioned_to(Lifecycle.REVOKED, now),
        renewal_state=RenewalState.IDLE,
        revoked_at=min(mark.revoked_at for mark in marks),
        revocation_reason=current.reason,
        held_from=None,
        open_job_id=None,
    )


def _held(before: Certificate, marks: Sequence[Revocation], now: datetime) -> Certificate:
    if not before.lifecycle.can_transition_to(Lifecycle.ON_HOLD):
        return before
    return replace(
        before.transitioned_to(Lifecycle.ON_HOLD, now),
        held_from=before.lifecycle,
        revoked_at=min(mark.revoked_at for mark in marks),
        revocation_reason=HOLD,
    )


def _with_newest(
    before: Certificate, versions: Sequence[Version], revoked: frozenset[str], now: datetime
) -> Certificate:
    newest = newest_valid(versions, revoked, now)
    if before.serial_number not in revoked or newest is None:
        return before
    return before.with_changes(now, **newest.current_fields)
