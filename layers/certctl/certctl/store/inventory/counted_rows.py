"""The rows that a count reads: the index by month, with the facts of each certificate."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certctl.domain.inventory.observed import ObservedCertificate
from certctl.domain.inventory.statuses import ObservedState, Trust
from certctl.domain.times import from_wire, from_wire_or_none
from certctl.store import keys
from certctl.store.database import Database
from certctl.store.inventory.attributes import FactsArray
from certctl.store.inventory.items import ObservedItem
from certctl.store.paging import Position, months_since

_FACTS = FactsArray()


class CountedRows:
    def __init__(self, database: Database) -> None:
        self._database = database

    def after(
        self, position: Position | None, until: datetime
    ) -> Iterator[tuple[Position, ObservedCertificate]]:
        """The certificates first seen up to the month of `until`, partition by partition, each with its
        position. They have what the index has: no places, names and tags. Reads a page when it is needed."""
        partitions = [
            keys.inventory_partition(month, shard)
            for month in months_since(until)
            for shard in range(keys.INVENTORY_SHARDS)
        ]
        start = partitions.index(position.stage) if position else 0
        for number, partition in enumerate(partitions[start:]):
            after = position.after if position and number == 0 else ""
            for row in self._rows(partition, after):
                yield Position(partition, row["list_key"]["S"]), _certificate(row)

    def _rows(self, partition: str, after: str) -> Iterator[Mapping[str, Any]]:
        values = {":p": {"S": partition}} | ({":k": {"S": after}} if after else {})
        return self._database.raw_query(
            ObservedItem,
            IndexName="by_month",
            KeyConditionExpression="list_shard = :p" + (" AND list_key > :k" if after else ""),
            ExpressionAttributeValues=values,
        )


def _certificate(row: Mapping[str, Any]) -> ObservedCertificate:
    text = {name: part["S"] for name, part in row.items() if "S" in part}
    return ObservedCertificate(
        fingerprint=keys.observed_fingerprint(text["item_id"]),
        facts=_FACTS.deserialize(text["facts"]),
        spki_sha256="",
        names_digest="",
        first_seen_at=from_wire(keys.observed_first_seen(text["list_key"])),
        team_id=text["team_id"],
        state=ObservedState(text["state"]),
        owner_id=text.get("owner_id"),
        trust=Trust(text["trust"]),
        superseded_by=text.get("superseded_by"),
        renewed_by=text.get("renewed_by"),
        gone_at=from_wire_or_none(text.get("gone_at")),
    )
