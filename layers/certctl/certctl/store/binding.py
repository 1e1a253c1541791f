"""The tables and the connection that items are bound to, each at its first use: a request needs a few."""

from collections.abc import Mapping

from pynamodb.connection import Connection, TableConnection
from pynamodb.connection.base import MetaTable


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
        if table.table_name not in self.tables:
            self._connection.add_meta_table(meta)
            self.tables[table.table_name] = meta
        table.connection = self._connection


_bound: list[Binding] = []


def bind(binding: Binding) -> None:
    """From here on every item uses it."""
    _bound[:] = [binding]


def current() -> Binding:
    """Raises LookupError before the first `bind`."""
    if not _bound:
        raise LookupError("no database is connected")
    return _bound[0]
