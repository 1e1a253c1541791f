"""The destination that each secret was first used for: rows that outlive their record, so that no secret
becomes free."""

from collections.abc import Iterable, Mapping

from certctl.domain.errors import ChangedMeanwhile
from certctl.store.database import Database
from certctl.store.items import StateItem
from certctl.store.keys import SECRET_BINDING
from certctl.store.writes import Write, put


class SecretBindingStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, references: Iterable[str]) -> dict[str, str]:
        """Reference -> destination, of those that are bound. Read consistently; a record has one or two."""
        keys = [(SECRET_BINDING, each) for each in references]
        rows = self._database.batch_get(StateItem, keys, consistent=True) if keys else []
        return {row.id: row.body for row in rows if row.body}

    def bind_steps(self, destinations: Mapping[str, str], bound: Mapping[str, str]) -> list[Write]:
        """Binds the secrets that are not `bound` yet to their destinations (ADR 27). Refused with
        ChangedMeanwhile if another call bound one first."""
        # ADR 27: else an administrator's key could have any secret sent to a host of its choice.
        taken = ChangedMeanwhile("A secret of this record was bound to another one concurrently. Repeat.")
        return [
            put(StateItem(SECRET_BINDING, each, body=where), StateItem.id.does_not_exist(), taken)
            for each, where in destinations.items()
            if each not in bound
        ]
