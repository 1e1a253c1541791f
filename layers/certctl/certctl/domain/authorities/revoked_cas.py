"""A CA is revoked: what is asked, and what the alerts say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from certctl.domain.authorities.authorities import Authority
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.statuses import NotificationType, Severity
from certctl.domain.notifications.subjects import AlertSubject, SubjectKind
from certctl.domain.revocation.reasons import CA_COMPROMISE, HOLD, KEY_COMPROMISE, REASON_CODES

CA_REASONS = tuple(reason for reason in REASON_CODES if reason not in (HOLD, KEY_COMPROMISE))
"""Reasons for a CA: RFC 5280 has cACompromise in place of keyCompromise, and a CA does not come back."""


def newest_revoked(authorities: Iterable[Authority]) -> Authority | None:
    """The revoked CA that took over from the other revoked ones, whenever each was revoked: a next CA follows
    it, also in its name. None if no CA is revoked."""
    known = {each.ca_id: each for each in authorities}
    revoked = (each for each in known.values() if each.revoked_at is not None)
    # of two of the same second, the one that replaced the other
    return max(revoked, key=lambda ca: (ca.not_before, _generation(ca, known), ca.ca_id), default=None)


def _generation(authority: Authority, known: Mapping[str, Authority]) -> int:
    """How many of the known ones came before it."""
    before = known.get(authority.replaces or "")
    return _generation(before, known) + 1 if before else 0


@dataclass(frozen=True)
class CaRevocationRequest:
    """`confirm` repeats the serial number of its certificate. With `force` also a CA that issues, without one
    that takes over. `ocsp_revoked_for_all`: whether its responder is to call all its certificates
    revoked; None means yes for caCompromise."""

    ca_id: str
    reason: str
    confirm: str
    force: bool = False
    ocsp_revoked_for_all: bool | None = None
    ticket: str | None = None


def revokes_all_after(authority: Authority, wanted: CaRevocationRequest) -> bool | None:
    """The `ocsp_revokes_all` of the CA once it is revoked as `wanted`. RFC 6960 (2.7) allows it for a CA
    whose key is compromised. Raises InvalidInput for another reason, Conflict if it would be taken back: what
    was revoked must not become good again."""
    asked, stored = wanted.ocsp_revoked_for_all, authority.ocsp_revokes_all
    if wanted.reason != CA_COMPROMISE:
        if asked:
            raise InvalidInput.of("ocsp_revoked_for_all", f"is for the reason {CA_COMPROMISE} only")
        return stored
    if asked is False and stored:
        raise Conflict(f"OCSP calls all certificates of {authority.ca_id} revoked: that is not taken back.")
    return stored if asked is False else True


def require_ca_reason(reason: str) -> None:
    """Raises InvalidInput that lists what is allowed."""
    if reason not in CA_REASONS:
        raise InvalidInput.of("reason", f"must be one of {', '.join(CA_REASONS)}")


def reason_after(authority: Authority, stored: str | None, reason: str) -> str:
    """`stored` is the one that it was revoked for. Raises Conflict unless `reason` is the first one, that one
    or caCompromise."""
    if stored is not None and reason not in (stored, CA_COMPROMISE):
        raise Conflict(f"{authority.ca_id} is revoked already, for {stored}.")
    return reason


def ca_revoked_alert(authority: Authority, revoker: str) -> Alert:
    """`revoker`: whose CRL lists it, the subject of the CA above."""
    where = f"The CRL of {revoker} lists it." if authority.parent_id else f"{revoker} has to revoke it too."
    message = (
        f"{authority.ca_id} was revoked ({authority.revocation_reason}) and issues nothing any more. {where} "
        "Programs that check the whole chain then trust none of its certificates: replace those in use."
    )
    if authority.ocsp_revokes_all:
        message += " Its OCSP responder calls all of them revoked."
    return Alert(
        type=NotificationType.POLICY_VIOLATION,
        severity=Severity.CRITICAL,
        subject=AlertSubject(SubjectKind.AUTHORITY, authority.ca_id),
        title=f"The CA {authority.ca_id} of {authority.issuer_id} was revoked",
        message=message,
        incident=f"ca-revoked/{authority.ca_id}/{authority.revocation_reason}",
    )
