"""The tables of the last release, 0.2.0, and the rows that it wrote: what an upgrade begins with.

After a release: `python -m tests.support.released` writes today's tables in its place.
"""

import json
from typing import Any

from tests.support.template import ROOT, table_definitions

_TABLES = ROOT / "tests/support/released_tables.json"
_OF_A_REVOCATION = {
    *("ca_id", "ca_shard", "certificate_id", "crl_shard", "id", "invalidity_date", "issuer_id"),
    *("issuer_revocation", "not_after", "reason", "revoked_at", "revoked_by", "serial", "serial_number"),
}
_LATER_ROWS = {"ocsp_issuer", "ocsp_responder"}
_LATER_FIELDS = {"ca": {"ocsp_url"}, "crl": {"complete", "joins", "joined_changes"}}
Indexes = dict[str, dict[str, Any]]


def released_tables() -> list[dict[str, Any]]:
    """The definitions of the release's tables, in the form of `table_definitions`."""
    found: list[dict[str, Any]] = json.loads(_TABLES.read_text(encoding="utf-8"))
    return found


def indexes_of(definition: dict[str, Any]) -> Indexes:
    """The global ones, by name."""
    return {index["IndexName"]: index for index in definition.get("GlobalSecondaryIndexes", [])}


def create_released_tables(client: Any) -> None:
    for definition in released_tables():
        client.create_table(**definition)


def upgrade_tables(client: Any) -> list[str]:
    """Upgrades the tables like CloudFormation: one call for each table, later ones are made. Returns the
    indexes that were added."""
    today = {definition["TableName"]: definition for definition in table_definitions()}
    for name in today.keys() - {definition["TableName"] for definition in released_tables()}:
        client.create_table(**today[name])
    added = list[str]()
    for released in released_tables():
        after = today[released["TableName"]]
        for name in indexes_of(after).keys() - indexes_of(released).keys():
            client.update_table(
                TableName=released["TableName"],
                AttributeDefinitions=after["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": indexes_of(after)[name]}],
            )
            added.append(name)
    return added


def as_released(client: Any) -> None:
    """Makes of the rows about CAs, CRLs and revocations those that the release would have written."""
    for row in client.scan(TableName="revocations")["Items"]:
        client.put_item(
            TableName="revocations", Item={name: row[name] for name in row.keys() & _OF_A_REVOCATION}
        )
    for row in client.scan(TableName="state")["Items"]:
        kind, _, _ = row["kind"]["S"].partition("#")
        if kind in _LATER_ROWS:
            client.delete_item(TableName="state", Key={"kind": row["kind"], "id": row["id"]})
        elif kind in _LATER_FIELDS:
            kept = row.keys() - _LATER_FIELDS[kind]
            client.put_item(TableName="state", Item={name: row[name] for name in kept})


if __name__ == "__main__":
    _TABLES.write_text(json.dumps(table_definitions(), indent=1) + "\n", encoding="utf-8")
