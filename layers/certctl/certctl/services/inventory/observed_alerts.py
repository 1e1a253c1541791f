"""Maintenance of observed certificates: alerts that are due, and the ends of those that no longer matter."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.inventory.expiry import UNKNOWN_ISSUANCE, AlertPlan, planned, reported, resolved
from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.observed_alerts import (
    ended_expiry_alert,
    unknown_issuance_alert,
    unmanaged_expiry_alert,
)
from certctl.domain.notifications.alerts import Alert
from certctl.observability import logger
from certctl.store.inventory.observed import ObservedStore
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.unit import Units


@dataclass(frozen=True)
class _Step:
    """What is done for one certificate: its row after it, and the alert of the same transaction."""

    name: str
    after: ObservedCertificate
    alert: Alert | None = None


@dataclass(frozen=True)
class ObservedAlerts:
    """The due index nominates, the row decides. Eight queries, one batch for each 100 certificates that are
    due, and a transaction for each."""

    units: Units
    observed: ObservedStore
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many were `expiring`, of `unknown` issuance, `ended`, or only `planned` again; `errors` are
        tried again by the next run, and so is what is left when the time is up."""
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
        step = _step(certificate, now)
        unit = self.units.begin(self.actor, certificate.fingerprint, now)
        unit.write(self.observed.save_step(certificate, step.after))
        if step.alert is not None:
            unit.alert(step.alert, self.routing.facts_of(step.alert.subject))
        about = {"fingerprint": certificate.fingerprint}
        return step.name if is_committed(unit, "reported a certificate", about) else ""


def _step(certificate: ObservedCertificate, now: datetime) -> _Step:
    plan = AlertPlan(certificate)
    if plan.reports_issuance:
        return _Step("unknown", reported(certificate, UNKNOWN_ISSUANCE), unknown_issuance_alert(certificate))
    if plan.resolves:
        return _Step("ended", resolved(certificate), ended_expiry_alert(certificate))
    due = plan.expiry(now)
    if due is None:
        return _Step("planned", planned(certificate))
    alert = unmanaged_expiry_alert(certificate, due, now)
    return _Step("expiring", reported(certificate, str(due.threshold)), alert)
