"""Which break-glass key is the current one, and what of each is still to be announced."""

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from certctl.domain.access.break_glass import Announcement, Stage
from certctl.domain.errors import ChangedMeanwhile
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import BREAK_GLASS, BREAK_GLASS_NEWS
from certctl.store.writes import Write, delete, put

_MOST_AT_ONCE = 100
_TAKEN = "Another break-glass key was made at the same time: one is live. Ask again if it is not yours."


class BreakGlassStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self) -> str | None:
        """The id of the key that was made last, live or not."""
        item = self._database.get(StateItem, BREAK_GLASS, BREAK_GLASS, consistent=True)
        return item.body if item else None

    def made_steps(self, seen: str | None, key_id: str) -> list[Write]:
        """Refused with ChangedMeanwhile if the current key is not the one that was seen."""
        as_seen: Condition = StateItem.id.does_not_exist() if seen is None else StateItem.body == seen
        row = StateItem(BREAK_GLASS, BREAK_GLASS, body=key_id)
        taken = ChangedMeanwhile(_TAKEN)
        return [put(row, as_seen, taken), put(_row(Announcement(key_id, Stage.MADE)))]

    def announcements(self) -> Sequence[Announcement]:
        """The first hundred; the others wait for these."""
        page = self._database.query(StateItem, BREAK_GLASS_NEWS, limit=_MOST_AT_ONCE, consistent=True)
        return [Announcement(item.id, Stage(str(item.owner))) for item in page.items]

    def reached_step(self, seen: Announcement, stage: Stage) -> Write:
        """Refused with ChangedMeanwhile if another run was first."""
        return put(_row(Announcement(seen.key_id, stage)), StateItem.owner == seen.stage.value)

    def end_step(self, seen: Announcement) -> Write:
        return delete(StateItem(BREAK_GLASS_NEWS, seen.key_id), StateItem.owner == seen.stage.value)


def _row(announcement: Announcement) -> StateItem:
    return StateItem(BREAK_GLASS_NEWS, announcement.key_id, owner=announcement.stage.value)
