"""Plants one fault in a world: a row that is gone, changed or too many, an object, a message, an entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.soak.world.world import Row, World

type When = Callable[[Row], bool]


def gone(world: World, table: str, when: When) -> World:
    """Without the first such row."""
    return _with_rows(world, table, _without(world.tables[table], when))


def changed(world: World, table: str, when: When, **values: Any) -> World:
    """The first such row with other values; None removes one."""
    rows = list(world.tables[table])
    place = _place(rows, when)
    row = {**rows[place], **values}
    rows[place] = {name: value for name, value in row.items() if value is not None}
    return _with_rows(world, table, rows)


def added(world: World, table: str, row: Mapping[str, Any]) -> World:
    return _with_rows(world, table, [*world.tables[table], row])


def copied(world: World, table: str, when: When, **values: Any) -> World:
    """With a second row like the first such one, with other values."""
    rows = world.tables[table]
    return added(world, table, {**rows[_place(rows, when)], **values})


def noted(world: World, kind: str, **facts: Any) -> World:
    """With an entry more in the journal."""
    return replace(world, journal=[*world.journal, {"kind": kind, **facts}])


def delivered(world: World, message: str, times: int = 1) -> World:
    """With more good deliveries of a message."""
    delivery = {"path": "/webhook", "message": message, "answer": "ok", "at": world.taken_at}
    return replace(world, deliveries=[*world.deliveries, *[delivery] * times])


def with_object(world: World, bucket: str, key: str, content: bytes) -> World:
    """With other content of an object."""
    objects = {**world.objects[bucket], key: content}
    return replace(world, objects={**world.objects, bucket: objects})


def without_object(world: World, bucket: str, key: str) -> World:
    objects = {name: body for name, body in world.objects[bucket].items() if name != key}
    return replace(world, objects={**world.objects, bucket: objects})


def found(world: World, table: str, when: When) -> Row:
    rows = world.tables[table]
    return rows[_place(rows, when)]


def _with_rows(world: World, table: str, rows: Sequence[Row]) -> World:
    return replace(world, tables={**world.tables, table: rows})


def _without(rows: Sequence[Row], when: When) -> list[Row]:
    place = _place(rows, when)
    return [row for number, row in enumerate(rows) if number != place]


def _place(rows: Sequence[Row], when: When) -> int:
    return next(number for number, row in enumerate(rows) if when(row))
