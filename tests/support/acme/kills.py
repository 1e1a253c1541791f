"""A function that dies at one of its writes, before or after DynamoDB has taken it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from certctl.store.database import Database

_WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")


class Killed(BaseException):
    """No code handles it."""


@contextmanager
def dying(database: Database, at: int, *, after: bool) -> Iterator[list[str]]:
    """The write number `at`, counted from 0, is the last; `after`: DynamoDB has taken it. The list is that of
    its writes."""
    client: Any = database.client
    real, writes = {name: getattr(client, name) for name in _WRITES}, list[str]()

    def dying_at(name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            is_last = len(writes) == at
            writes.append(name)
            if is_last and not after:
                raise Killed
            answer = real[name](**request)
            if is_last:
                raise Killed
            return answer

        return call

    for name in _WRITES:
        setattr(client, name, dying_at(name))
    try:
        yield writes
    finally:
        for name in _WRITES:
            setattr(client, name, real[name])
