"""Maintenance of observed certificates: alerts that are due, and the ends of those that no longer matter."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.inventory.expiry import UNKNOWN_ISSUANCE, AlertPlan, planned, reported, resolved
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.observed_alerts import (
    ended_expiry_alert,
    lost_issuances_alert,
    second_issuance_alert,
    unknown_issuance_alert,
    unmanaged_expiry_alert,
)
from certctl.domain.notifications.alerts import Alert
from certctl.observability import logger
from certctl.services.inventory.lost_issuances import LostIssuances
from certctl.store.inventory.observed import ObservedStore
from certctl.store.writes import Write
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class _Step:
    """What is done for one certificate: its row after it, and the alert and the other rows of the same
    transaction."""

    name: str
    after: ObservedCertificate
    alert: Alert | None = None
    writes: Sequence[Write] = ()


@dataclass(frozen=True)
class ObservedAlerts:
    """The due index nominates, the row decides. Eight queries, one batch for each 100 certificates that are
    due, and a transaction for each."""

    units: Units
    observed: ObservedStore
    lost: LostIssuances
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many were `expiring`, of `unknown` issuance, a `second` one of a serial, `lost` by a restore,
        `ended`, or only `planned` again; `errors` are tried again by the next run, and so is what is left
        when the time is up."""
        done: Counter[str] = Counter()
        for shard in range(DUE_SHARDS):
            for fingerprints in self.observed.due_pages(shard, self.now()):
                for certificate in self.observed.get_many(fingerprints, consistent=True):
                    if not has_time():
                        return done
                    done[self._guarded(certificate)] += 1
        del done[""]
        return done

    def _guarded(self, certificate: ObservedCertificate) -> str:
        try:
            return self._handled(certificate)
        except Exception:
            logger.exception("an alert could not be made", extra={"fingerprint": certificate.fingerprint})
            return "errors"

    def _handled(self, certificate: ObservedCertificate) -> str:
        """What was done; nothing if the certificate has changed since it was read."""
        now = self.now()
        is_unknown = AlertPlan(certificate).reports_issuance
        step = self._issuance(certificate, now) if is_unknown else _step(certificate, now)
        unit = self.units.begin(self.actor, certificate.fingerprint, now)
        unit.write(self.observed.save_step(certificate, step.after), *step.writes)
        if step.alert is not None:
            unit.alert(step.alert, self.routing.facts_of(step.alert.subject))
        about = {"fingerprint": certificate.fingerprint}
        return step.name if is_committed(unit, "reported a certificate", about) else ""

    def _issuance(self, certificate: ObservedCertificate, now: datetime) -> _Step:
        """One that a restore has lost gets its serial back; the first of a restore alerts for all."""
        after, found = reported(certificate, UNKNOWN_ISSUANCE), self.lost.issuance_of(certificate)
        if found.is_known_again:
            return _Step("planned", after)
        if found.is_second:
            return _Step("second", after, second_issuance_alert(certificate))
        if found.window is None or found.serial is None:
            return _Step("unknown", after, unknown_issuance_alert(certificate))
        if found.window.alerted_at is not None:
            return _Step("lost", after, None, [found.serial])
        alert = lost_issuances_alert(found.window, certificate)
        told = self.lost.windows.alerted_step(found.window, now)
        return _Step("lost", after, alert, [found.serial, told])


def _step(certificate: ObservedCertificate, now: datetime) -> _Step:
    plan = AlertPlan(certificate)
    if plan.resolves:
        return _Step("ended", resolved(certificate), ended_expiry_alert(certificate))
    due = plan.expiry(now)
    if due is None:
        return _Step("planned", planned(certificate))
    alert = unmanaged_expiry_alert(certificate, due, now)
    return _Step("expiring", reported(certificate, str(due.threshold)), alert)
