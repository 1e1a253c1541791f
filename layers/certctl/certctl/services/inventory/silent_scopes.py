"""Maintenance of scopes: alerts about those that no longer report, and ends the alert."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.audit.events import Actor
from certctl.domain.ids import DUE_SHARDS
from certctl.domain.inventory.scopes import Scope
from certctl.domain.inventory.source_alerts import back_alert, silence_alert
from certctl.domain.notifications.alerts import Alert
from certctl.store.inventory.scopes import ScopeStore
from certctl.unit_of_work.notifications.routing import AlertRouting
from certctl.unit_of_work.retry import is_committed
from certctl.unit_of_work.units import Units


@dataclass(frozen=True)
class SilentScopes:
    """Eight queries, and one batch for each 100 scopes whose report is due."""

    units: Units
    scopes: ScopeStore
    routing: AlertRouting
    actor: Actor
    now: Callable[[], datetime]

    def run(self, has_time: Callable[[], bool]) -> Counter[str]:
        """How many were `silent` and `back`; what is left when the time is up is left to the next run."""
        done: Counter[str] = Counter()
        for shard in range(DUE_SHARDS):
            for ids in self.scopes.due_pages(shard, self.now()):
                for scope in self.scopes.get_many(ids):
                    if not has_time():
                        return done
                    done[self._checked(scope)] += 1
        del done[""]
        return done

    def _checked(self, scope: Scope) -> str:
        now = self.now()
        is_silent = scope.is_silent(now)
        if is_silent and scope.notified_at is None:
            alert, after = silence_alert(scope), replace(scope, notified_at=now)
            return "silent" if self._is_told(alert, scope, after, now) else ""
        if not is_silent and scope.notified_at is not None:
            return "back" if self._is_told(back_alert(scope), scope, scope.heard_of_again, now) else ""
        return ""

    def _is_told(self, alert: Alert, before: Scope, after: Scope, now: datetime) -> bool:
        unit = self.units.begin(self.actor, before.id, now)
        unit.write(self.scopes.save_step(before, after))
        unit.alert(alert, self.routing.facts_of(alert.subject))
        return is_committed(unit, "reported a silent source", {"scope_id": before.id})
