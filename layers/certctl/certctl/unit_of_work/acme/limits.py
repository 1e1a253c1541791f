"""Counts what ACME accounts do within an hour, before it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.ordering.refusals import rate_limited
from certctl.domain.acme.views import AcmeCaller
from certctl.store.acme.rates import hourly
from certctl.store.database import Database

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class HourlyLimits:
    database: Database
    now: Callable[[], datetime]

    def take(self, caller: AcmeCaller, act: LimitedAct) -> None:
        """Counts one more: two writes. Raises AcmeProblem at a limit."""
        # The account first: one account at its limit must not use up what its EAB key allows the others.
        self._take(caller.account.id, act, act.per_account, "ACME account")
        self._take(caller.eab_key.id, act, act.per_eab_key, "EAB key")

    def _take(self, subject_id: str, act: LimitedAct, limit: int, whose: str) -> None:
        now = self.now()
        if not hourly(self.database, subject_id).take(act, limit, now):
            detail = f"This {whose} has had {limit} {act} in this hour (UTC), which is the limit."
            raise rate_limited(detail, (_HOUR - (now - _hour_of(now))).total_seconds())


def _hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
