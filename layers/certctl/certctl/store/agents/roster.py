"""Reads all agents at once, from small rows: their names and their last contacts, not their records."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from certctl.domain.agents.roster import ListedAgent
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.times import from_wire
from certctl.store.agents.items import AgentStateItem
from certctl.store.catalog.items import CatalogNameItem, DeletingItem
from certctl.store.database import Database
from certctl.store.keys import AGENT_STATE, DELETING, catalog_name, catalog_names, referrer
from certctl.store.paging import in_parallel

_AFTER_ALL_NAMES = "\U0010ffff"


class AgentRoster:
    """The list of all agents. With 10,000 agents one reading takes some 500 read units: 1 MB of names and 3
    MB of contacts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def agents(self, name_prefix: str = "") -> list[ListedAgent]:
        """Agents whose name begins with the prefix in any case, by name, in the time of one query."""
        names, contacts, retired = in_parallel(
            lambda: list(self._names(name_prefix, consistent=False)),
            lambda: dict(self._contacts()),
            self._retired,
        )
        return [
            ListedAgent(agent_id, name, *contacts.get(agent_id, ()))
            for name, agent_id in names
            if agent_id not in retired
        ]

    def count(self) -> int:
        """How many agents there are, read consistently."""
        retired = self._retired()  # before the names: a record that is deleted in between is in neither
        return sum(agent_id not in retired for _, agent_id in self._names("", consistent=True))

    def _names(self, prefix: str, *, consistent: bool) -> Iterator[tuple[str, str]]:
        lowest = catalog_name(prefix)
        rows = self._database.raw_query(
            CatalogNameItem,
            KeyConditionExpression="#kind = :kind AND #id BETWEEN :first AND :last",
            ExpressionAttributeNames=_KEYS,
            ExpressionAttributeValues={
                ":kind": {"S": catalog_names(Kind.AGENT)},
                ":first": {"S": lowest or " "},
                ":last": {"S": lowest + _AFTER_ALL_NAMES},
            },
            ConsistentRead=consistent,
        )
        return ((row["id"]["S"], row["entry_id"]["S"]) for row in rows)

    def _retired(self) -> frozenset[str]:
        """The agents whose records are still to be deleted."""
        prefix = referrer(Kind.AGENT, "")
        rows = self._database.raw_query(
            DeletingItem,
            KeyConditionExpression="#kind = :kind AND begins_with(#id, :prefix)",
            ExpressionAttributeNames=_KEYS,
            ExpressionAttributeValues={":kind": {"S": DELETING}, ":prefix": {"S": prefix}},
            ConsistentRead=True,
        )
        return frozenset(row["entry_id"]["S"] for row in rows)

    def _contacts(self) -> Iterator[tuple[str, tuple[datetime, datetime | None]]]:
        rows = self._database.raw_query(
            AgentStateItem,
            KeyConditionExpression="#kind = :kind",
            ExpressionAttributeNames={"#kind": "kind"},
            ExpressionAttributeValues={":kind": {"S": AGENT_STATE}},
        )
        return ((row["id"]["S"], (_time(row, "last_heartbeat_at"), _expected(row))) for row in rows)


_KEYS = {"#kind": "kind", "#id": "id"}


def _expected(row: dict[str, Any]) -> datetime | None:
    """Rows of earlier releases have none."""
    return _time(row, "next_contact_at") if "next_contact_at" in row else None


def _time(row: dict[str, Any], attribute: str) -> datetime:
    return from_wire(row[attribute]["S"])
