"""Backups of a stack's tables into a directory, and restores as `make restore` does them, in process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.backups import manifest as manifests
from deploy.backups.dumping import scanned
from deploy.backups.journal import Journal
from deploy.backups.manifest import Manifest
from deploy.backups.places import Directory, Place
from deploy.backups.restoring import Into, Mode, Restoring
from deploy.backups.tables.tables import ORDER, Rules
from tests.support.template import table_definitions

NAMES = {table: table for table in ORDER}


def dumped(client: Any, folder: Path, names: Mapping[str, str] = NAMES) -> Directory:
    """A backup by scan, without PKI objects."""
    place = Directory(folder)
    tables = scanned(client, names, place)
    manifests.write(place, Manifest("certctl-test", "eu-central-1", "2026-11-26T10:00:00Z", tables, ()))
    return place


@dataclass(frozen=True)
class Restore:
    """`journal` is the file that an interrupted restore continues from."""

    client: Any
    place: Place
    journal: Path
    names: Mapping[str, str]
    rules: Rules = field(default_factory=Rules)

    def made(self) -> Restoring:
        into = Into(self.client, self.names, datetime.now(UTC), lambda _: None)
        found = manifests.read(self.place)
        return Restoring(found, self.place, into, Journal(self.journal, "test"), self.rules)

    def run(self, mode: Mode = Mode.REPLACE) -> dict[str, int]:
        return self.made().run(mode)


def restore_of(place: Place, client: Any, folder: Path, names: Mapping[str, str] = NAMES) -> Restore:
    return Restore(client, place, folder / "journal.json", names)


def emptied(client: Any, *tables: str) -> None:
    """Simulates an accident."""
    for definition in table_definitions():
        name, keys = definition["TableName"], [key["AttributeName"] for key in definition["KeySchema"]]
        if name not in tables:
            continue
        for page in client.get_paginator("scan").paginate(TableName=name):
            for row in page["Items"]:
                client.delete_item(TableName=name, Key={key: row[key] for key in keys})
