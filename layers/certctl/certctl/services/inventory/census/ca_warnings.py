"""Alerts about CAs that end before leaves that they issued, once the leaves are counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from certctl.domain.audit.events import Actor, ActorType
from certctl.domain.inventory.ca_warnings import CaWarning, ended_ca_alert, ending_ca_alert, warning_of
from certctl.domain.inventory.census.figures import EndingCa
from certctl.domain.notifications.alerts import Alert
from certctl.store.inventory.ca_warnings import CaWarningStore
from certctl.store.writes import Write
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units

_ACTOR = Actor("system/maintenance_schedule", ActorType.SYSTEM)
_MOST = 100
"""Alerts of one count; the next one sends further ones."""


@dataclass(frozen=True)
class CaWarnings:
    """One query for each count, and a transaction for each alert and each end."""

    units: Units
    warnings: CaWarningStore
    routing: AlertRouting
    now: Callable[[], datetime]

    def follow(self, ending: Sequence[EndingCa]) -> Counter[str]:
        """How many CAs were `warned` of, and for how many the warning was `settled`. A CA that had ended
        before anybody was warned is only listed. Raises Unavailable: repeat it."""
        now, standing, done = self.now(), self.warnings.standing(), Counter[str]()
        fresh = (each for each in ending if each.fingerprint not in standing and each.not_after > now)
        for ca in islice(fresh, _MOST):
            warning = warning_of(ca, now)
            alert = ending_ca_alert(warning, ca, now)
            done["warned"] += self._told(warning, alert, self.warnings.begin_step(warning))
        over = standing.keys() - {each.fingerprint for each in ending}
        for warning in [standing[each] for each in sorted(over)]:
            alert = ended_ca_alert(warning)
            done["settled"] += self._told(warning, alert, self.warnings.end_step(warning, now))
        return +done

    def _told(self, warning: CaWarning, alert: Alert, mark: Write) -> bool:
        unit = self.units.begin(_ACTOR, warning.fingerprint, self.now())
        unit.write(mark)
        unit.alert(alert, self.routing.facts_of(alert.subject))
        return is_committed(unit, "reported a CA", {"fingerprint": warning.fingerprint})
