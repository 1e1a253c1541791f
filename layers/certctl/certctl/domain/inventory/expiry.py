"""What is to be reported of an observed certificate, and when: pure, of the certificate alone.

The thresholds and their rules are those of managed certificates (docs/renewal.md). What had passed when the
certificate was first seen is never reported.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedState, ObservedStatus
from certctl.domain.renewal.planning import (
    EARLIEST_WITH_RENEWAL,
    EARLIEST_WITHOUT,
    LATE_AFTER,
    LONGEST_WINDOW,
    OVERDUE_AFTER,
    ExpiryAlert,
)
from certctl.domain.renewal.policies import RenewalPolicy

UNKNOWN_ISSUANCE = "unknown_issuance"
"""The entry of `alerted` for an alert that is not about expiry."""
_POLICY = RenewalPolicy()
_WATCHED = (ObservedStatus.UNMANAGED, ObservedStatus.CLAIMED)


@dataclass(frozen=True)
class AlertPlan:
    certificate: ObservedCertificate

    @property
    def next_at(self) -> datetime | None:
        """When the next alert or resolve is due; the time of the first sighting means at once."""
        if self.reports_issuance or self.resolves:
            return self.certificate.first_seen_at
        return self._moment_of(max(self._ahead)) if self._ahead else None

    @property
    def reports_issuance(self) -> bool:
        """Whether a CA of ours signed it, nobody knows its serial, and nobody was told."""
        return is_unknown_issuance(self.certificate) and UNKNOWN_ISSUANCE not in self.certificate.alerted

    @property
    def resolves(self) -> bool:
        """Whether its expiry was reported and no longer matters."""
        return bool(self.sent) and not self._is_watched

    @property
    def is_backlog(self) -> bool:
        """Whether its alerts were due before it was first seen: none was sent, and none will be."""
        return self._is_watched and not self.sent and not self._ahead

    @cached_property
    def sent(self) -> tuple[int, ...]:
        """The thresholds whose alert was sent, in days."""
        return tuple(int(each) for each in self.certificate.alerted if each != UNKNOWN_ISSUANCE)

    def expiry(self, now: datetime) -> ExpiryAlert | None:
        """One alert for all thresholds that have passed and were not sent."""
        passed = [days for days in self._ahead if self._moment_of(days) <= now]
        if not passed:
            return None
        due_at = self._moment_of(max(passed))
        return ExpiryAlert(min(passed), due_at, now - due_at > LATE_AFTER)

    @property
    def _is_watched(self) -> bool:
        known = self.certificate
        return known.status in _WATCHED and not known.facts.is_ca and known.sightings > 0

    @cached_property
    def _ahead(self) -> list[int]:
        """The thresholds that are tighter than all that were sent, and had not passed at the first
        sighting."""
        if not self._is_watched:
            return []
        share = EARLIEST_WITH_RENEWAL if self._renews else EARLIEST_WITHOUT
        fitting = (d for d in _POLICY.alert_thresholds_days if timedelta(days=d) <= self._lifetime * share)
        first_seen_at = self.certificate.first_seen_at
        return [
            days
            for days in fitting
            if (not self.sent or days < min(self.sent)) and self._moment_of(days) > first_seen_at
        ]

    def _moment_of(self, threshold: int) -> datetime:
        """The time of the alert; not before a renewal by another program is overdue."""
        passes_at = self.certificate.facts.not_after - timedelta(days=threshold)
        return max(passes_at, self._overdue_at) if self._renews else passes_at

    @property
    def _renews(self) -> bool:
        return self.certificate.renewed_by is not None

    @property
    def _overdue_at(self) -> datetime:
        window = min(timedelta(days=_POLICY.renewal_window_days), self._lifetime * LONGEST_WINDOW)
        return self.certificate.facts.not_after - window * (1 - OVERDUE_AFTER)

    @property
    def _lifetime(self) -> timedelta:
        return self.certificate.facts.not_after - self.certificate.facts.not_before


def is_unknown_issuance(certificate: ObservedCertificate) -> bool:
    return certificate.is_signed_by_us and certificate.state is not ObservedState.MANAGED


def planned(certificate: ObservedCertificate) -> ObservedCertificate:
    """The certificate with the time of its next alert, which its row has in the due index."""
    return replace(certificate, next_alert_at=AlertPlan(certificate).next_at)


def reported(certificate: ObservedCertificate, what: str) -> ObservedCertificate:
    """The certificate after an alert: of a threshold in days, or UNKNOWN_ISSUANCE."""
    return planned(replace(certificate, alerted=(*certificate.alerted, what)))


def resolved(certificate: ObservedCertificate) -> ObservedCertificate:
    """The certificate after the end of its expiry alerts."""
    kept = tuple(each for each in certificate.alerted if each == UNKNOWN_ISSUANCE)
    return planned(replace(certificate, alerted=kept))
