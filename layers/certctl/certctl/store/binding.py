"""The tables and the connection that items are bound to, each at its first use: a request needs a few."""

from collections.abc import Mapping

from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable
from pynamodb.constants import (
    ATTR_DEFINITIONS,
    ATTR_NAME,
    GLOBAL_SECONDARY_INDEXES,
    INDEX_NAME,
    LOCAL_SECONDARY_INDEXES,
)

_NAMED = {
    ATTR_DEFINITIONS: ATTR_NAME,
    GLOBAL_SECONDARY_INDEXES: INDEX_NAME,
    LOCAL_SECONDARY_INDEXES: INDEX_NAME,
}
"""The parts of a table's description that models add to, and the name of each entry."""


class Binding:
    """Short names of tables -> their names, and the connection that all items share.

    Without sharing, each model creates a client of its own: 46 to 82 ms at its first use.
    """

    def __init__(self, names: Mapping[str, str], connection: Connection) -> None:
        self.names = names
        self.tables: dict[str, MetaTable] = {}
        self._connection = connection

    def share(self, table: TableConnection) -> None:
        """Replaces the connection that PynamoDB made for one model."""
        meta: MetaTable = table.get_meta_table()
        if table.table_name in self.tables:
            _add(meta, self.tables[table.table_name])
        else:
            self._connection.add_meta_table(meta)
            self.tables[table.table_name] = meta
        table.connection = self._connection


def _add(meta: MetaTable, known: MetaTable) -> None:
    """Models of one table have indexes of their own, and PynamoDB one description of each table."""
    for part, name in _NAMED.items():
        listed = known.data.setdefault(part, [])
        names = {each[name] for each in listed}
        listed += [each for each in meta.data.get(part, []) if each[name] not in names]


_bound: list[Binding] = []


def bind(binding: Binding) -> None:
    """From here on every item uses it."""
    _bound[:] = [binding]


def current() -> Binding:
    """Raises LookupError before the first `bind`."""
    if not _bound:
        raise LookupError("no database is connected")
    return _bound[0]
