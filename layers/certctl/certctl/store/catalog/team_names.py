"""The names that teams may have: a row for each team that lists patterns, and their number in all."""

from collections.abc import Sequence

from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.errors import Conflict
from certctl.domain.policies.name_ownership import MAX_PATTERNS_IN_ALL
from certctl.store.catalog.items import TeamNameCountItem, TeamNamesItem
from certctl.store.database import Database
from certctl.store.keys import TEAM_NAME_COUNT, TEAM_NAMES
from certctl.store.writes import Write, delete, put, update

_COUNT_ID = "all"
_PAGE = 500


class TeamNames:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, tuple[str, ...]]:
        """Patterns by team, of those that list any: read consistently, at most 2,000 in all."""
        found: dict[str, tuple[str, ...]] = {}
        after: str | None = " "
        while after is not None:
            page = self._database.query(
                TeamNamesItem, TEAM_NAMES, TeamNamesItem.id > after, limit=_PAGE, consistent=True
            )
            found |= {item.id: item.patterns for item in page.items}
            after = page.items[-1].id if page.last_key else None
        return found

    def steps(self, before: AnyEntry | None, after: AnyEntry | None) -> list[Write]:
        """Lists the team's patterns; None stands for an absent record. Refused with Conflict if all teams
        together would list too many patterns."""
        old, new = _listed(before), _listed(after)
        if old == new:
            return []
        [entry] = [entry for entry in (after, before) if entry is not None][:1]
        row = TeamNamesItem(TEAM_NAMES, entry.id)
        written = put(TeamNamesItem(TEAM_NAMES, entry.id, patterns=tuple(new))) if new else delete(row)
        return [written, *self.count_steps(len(new) - len(old))]

    def count_steps(self, change: int) -> list[Write]:
        """Adds to the number of patterns in all. Refused as `steps`."""
        if change == 0:
            return []
        total = TeamNameCountItem.total
        fits = total.does_not_exist() | (total <= MAX_PATTERNS_IN_ALL - change)
        too_many = Conflict(
            f"All teams together list {MAX_PATTERNS_IN_ALL} patterns in allowed_names at most: remove some."
        )
        row = TeamNameCountItem(TEAM_NAME_COUNT, _COUNT_ID)
        return [update(row, [total.add(change)], fits if change > 0 else None, too_many)]


def _listed(entry: AnyEntry | None) -> Sequence[str]:
    return (entry.content.allowed_names or ()) if entry is not None and entry.kind is Kind.TEAM else ()
