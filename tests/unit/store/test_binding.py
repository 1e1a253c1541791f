"""Items are bound to their tables at their first use."""

from pynamodb.connection import Connection

from certctl.config import TABLES
from certctl.store.binding import current
from certctl.store.database import connect, table_name
from certctl.store.inventory.items import ObservedItem, SightingItem
from certctl.store.items import StateItem

_NAMES = {name: f"blue-{name}" for name in TABLES}


def _connect() -> Connection:
    connection = Connection(region="eu-central-1")
    connect(_NAMES, "eu-central-1", connection=connection)
    return connection


def test_a_table_is_described_once_an_item_of_it_is_used() -> None:
    _connect()
    assert current().tables == {}

    assert table_name(StateItem) == "blue-state"

    assert list(current().tables) == ["blue-state"]


def test_items_of_one_table_add_their_indexes_to_its_description_in_any_order() -> None:
    for items in ([SightingItem, ObservedItem], [ObservedItem, SightingItem]):
        connection = _connect()
        for item in items:
            table_name(item)
        described = connection.get_meta_table("blue-inventory")
        indexes = [index for item in items for index in item._indexes]
        assert indexes
        assert all(described.has_index_name(name) for name in indexes)


def test_all_items_share_the_connection_of_the_last_database() -> None:
    _connect()
    table_name(StateItem)

    second = _connect()

    assert StateItem._get_connection().connection is second
