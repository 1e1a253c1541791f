"""Orders team-admins who add rules that give access: each counts the others' before it adds its own."""

from pynamodb.expressions.condition import Condition

from certctl.domain.catalog.record_kinds import Kind
from certctl.store.catalog.items import RulesAddedItem
from certctl.store.database import Database
from certctl.store.keys import RULES_ADDED
from certctl.store.writes import Write, update


class RulesAdded:
    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, kind: Kind) -> int:
        """How many there were so far: read before the rules are counted. One consistent read."""
        item = self._database.get(RulesAddedItem, RULES_ADDED, kind.value, consistent=True)
        return int(item.total) if item else 0

    def add_step(self, kind: Kind, seen: int) -> Write:
        """Refused with ChangedMeanwhile if there was another since `seen`."""
        total = RulesAddedItem.total
        as_seen: Condition = total == seen if seen else total.does_not_exist()
        return update(RulesAddedItem(RULES_ADDED, kind.value), [total.set(seen + 1)], as_seen)
