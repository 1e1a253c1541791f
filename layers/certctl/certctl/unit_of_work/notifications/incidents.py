"""Incidents that stand open about a certificate, and their ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.due_work import Nudge
from certctl.domain.notifications.alerts import Alert
from certctl.domain.notifications.notifications import NotificationType
from certctl.domain.notifications.routing import RoutingFacts
from certctl.observability import logger
from certctl.store.follow_ups import FollowUpStore
from certctl.store.keys import CERTIFICATE, referrer
from certctl.store.writes import Write
from certctl.unit_of_work.ledger import Ledger


@dataclass(frozen=True)
class Ended:
    """The certificate without the incidents that end, the rows that say so, and whom to wake then."""

    certificate: Certificate
    steps: Sequence[Write] = ()
    nudges: Sequence[Nudge] = ()


@dataclass(frozen=True)
class Incidents:
    ledger: Ledger
    follow_ups: FollowUpStore

    def ended(
        self,
        after: Certificate,
        resolves: Sequence[Alert],
        now: datetime,
        room: int,
        routing: RoutingFacts | None = None,
    ) -> Ended:
        """For the transaction that saves `after` and has `room` for so many actions more. Those that find no
        room stay open, and maintenance ends them."""
        if not resolves:
            return Ended(after)
        routing = routing or self.ledger.routing_of(after)
        steps, nudges, ended = list[Write](), list[Nudge](), set[str]()
        for alert in resolves:
            rows, woken = self.ledger.alert_steps(alert, now, routing)
            if len(steps) + len(rows) < room:
                steps += rows
                nudges += woken
                ended.add(alert.dedup_key)
        if len(ended) < len(resolves):
            logger.warning("incidents stay open: no room for their ends", extra={"id": after.id})
            steps.append(self.follow_ups.follow_up_step(referrer(CERTIFICATE, after.id), now))
        return Ended(
            _without(after, [alert for alert in resolves if alert.dedup_key in ended]), steps, nudges
        )


def _without(certificate: Certificate, resolves: Sequence[Alert]) -> Certificate:
    """The same revision: it is saved with more than this."""
    of_issuance = {r.incident for r in resolves if r.type is NotificationType.RENEWAL_FAILURE}
    of_targets = {r.incident for r in resolves if r.type is NotificationType.DEPLOYMENT_FAILURE}
    return replace(
        certificate,
        open_failures=tuple(each for each in certificate.open_failures if each not in of_issuance),
        failed_targets=tuple(each for each in certificate.failed_targets if each not in of_targets),
    )
