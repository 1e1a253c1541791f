"""Figures of the last count, as far as a caller may read them: those of their teams."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.errors import InvalidInput, NotFound
from certctl.domain.inventory.census.counting import ALL, owner_key, team_key
from certctl.domain.inventory.census.figures import Figures, together
from certctl.store.inventory.census import CensusStore

TREND_DAYS = 30


@dataclass(frozen=True)
class InventorySummaries:
    """A summary reads as many small rows as the caller has teams, a trend thirty times as many."""

    census: CensusStore

    def latest(self, caller: Principal, team_id: str | None, owner_id: str | None) -> Figures | None:
        """The figures of the last count that ended; None before the first. Raises NotFound for a team or an
        owner that the caller may not read, InvalidInput for both at once."""
        found = self._until_last(_whose(caller, team_id, owner_id), 1)
        return found[-1] if found else None

    def month(self, caller: Principal, team_id: str | None, owner_id: str | None) -> list[Figures]:
        """The figures of the last thirty days that were counted, the latest at the end. Raises NotFound,
        InvalidInput."""
        return self._until_last(_whose(caller, team_id, owner_id), TREND_DAYS)

    def _until_last(self, whose: Sequence[str], most: int) -> list[Figures]:
        """Two round trips: the day of the last count, then the rows."""
        progress = self.census.progress()
        if progress is None or progress.published is None:
            return []
        last = date.fromisoformat(progress.published)
        days = [(last - timedelta(days=back)).isoformat() for back in range(most)]
        return [figures for _, figures in sorted(self._of_days(days, whose).items())]

    def _of_days(self, days: Sequence[str], whose: Sequence[str]) -> dict[str, Figures]:
        """A team without certificates on a day has no row of it: the row of the stack tells when the day was
        counted."""
        found = self.census.figures(days, dict.fromkeys([ALL, *whose]))
        counted = {day: found[day, ALL].counted_at for day in days if (day, ALL) in found}
        parts = {day: [found[day, each] for each in whose if (day, each) in found] for day in counted}
        return {
            day: replace(together(parts[day]) or Figures(day, at), counted_at=at)
            for day, at in counted.items()
        }


def _whose(caller: Principal, team_id: str | None, owner_id: str | None) -> list[str]:
    """The names of the rows whose sum the caller sees."""
    teams = caller.team_filter(Permission.INVENTORY_READ)
    if team_id is not None and owner_id is not None:
        raise InvalidInput.of("query.owner", "give a team or an owner, not both")
    if team_id is not None and teams is not None and team_id not in teams:
        raise NotFound(f"There is no team {team_id}.")
    if owner_id is not None and teams is not None:
        raise NotFound(f"There is no owner {owner_id}.")
    if team_id is not None:
        return [team_key(team_id)]
    if owner_id is not None:
        return [owner_key(owner_id)]
    return [ALL] if teams is None else [team_key(each) for each in teams]
