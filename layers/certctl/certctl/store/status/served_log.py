"""What status_watch last saw at the URLs of each CA."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from certctl.domain.status.served import ServedUrl
from certctl.domain.times import from_millis, to_millis
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import STATUS_WATCH, served_urls
from certctl.store.writes import update

_MOST_CAS = 1_000
_MOMENTS = ("looked_at", "ends", "failing_since")
_FIELDS = frozenset(field.name for field in fields(ServedUrl))

ServedByName = Mapping[str, ServedUrl]
"""What was served at each URL, by the name of the URL within its CA."""


class ServedLog:
    """One row a CA, 22 KB with 128 shards: one write for all URLs, where a row each would cost 130."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, ServedByName]:
        """What was served, by CA, retired ones included. One query."""
        prefix = StateItem.id.startswith(served_urls(""))
        page = self._database.query(StateItem, STATUS_WATCH, prefix, limit=_MOST_CAS, consistent=True)
        return {item.id.removeprefix(served_urls("")): _read(item.body or "{}") for item in page.items}

    def keep(self, ca_id: str, served: ServedByName) -> None:
        """Replaces the row. Of two runs the last one counts: both have looked."""
        body = {name: _written(each) for name, each in served.items()}
        text = json.dumps(body, separators=(",", ":"))
        self._database.write(update(StateItem(STATUS_WATCH, served_urls(ca_id)), [StateItem.body.set(text)]))


def _written(served: ServedUrl) -> dict[str, Any]:
    known = {name: value for name, value in vars(served).items() if value is not None}
    return known | {name: to_millis(known[name]) for name in _MOMENTS if name in known}


def _read(body: str) -> dict[str, ServedUrl]:
    """Fields of later releases are ignored."""
    return {name: ServedUrl(**(_known(each) | _moments(each))) for name, each in json.loads(body).items()}


def _known(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: written[name] for name in _FIELDS if name in written}


def _moments(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: from_millis(written[name]) for name in _MOMENTS if name in written}
