"""The tables of a stack, and which rows a restore treats in a way of their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

# What a crash leaves in the middle can issue nothing: without the State table there is no CA.
ORDER = (
    "audit",
    "revocations",
    "serials",
    "certificates",
    "names",
    "notifications",
    "jobs",
    "catalog",
    "credentials",
    "state",
)
# What is there stays as it is, and only what is missing is added: the audit trail is never taken back, and
# what revoked or replaced a key since the backup stands.
_KEPT_TABLES = frozenset({"audit", "credentials"})
_KEPT_KINDS = {
    "catalog": frozenset({"api-key"}),
    "state": frozenset(
        {
            "audit_trail",
            "audit_seals",  # the archive of seals is written once: a chain that went back could not go on
            "audit_late_events",
            "compromised_key",
            "deployment",
            "lock",
            "bootstrap_token",
        }
    ),
}
# Not brought back at all. A bootstrap token that was used since would be good once more.
_LEFT_OUT = {"state": frozenset({"deployment", "lock", "bootstrap_token"})}
_OF_CAS = frozenset({"ca", "retired_ca", "active_ca", "pending_ca", "ca_key", "ca_request"})
_OF_CRLS = ("crl#", "crl_changes#")


@dataclass(frozen=True)
class Rules:
    """With `new_ca` the rows of CAs stay those of the stack that is restored into: the keys of the old ones
    are lost."""

    new_ca: bool = False

    def is_kept(self, table: str, row: Row) -> bool:
        """A row of the stack that is neither deleted nor written over."""
        kind = _kind(row)
        return (
            table in _KEPT_TABLES
            or kind in _KEPT_KINDS.get(table, ())
            or (self.new_ca and table == "state" and is_of_ca(kind))
        )

    def is_left_out(self, table: str, row: Row) -> bool:
        """A row of the backup that is not written."""
        kind = _kind(row)
        return kind in _LEFT_OUT.get(table, ()) or (self.new_ca and table == "state" and is_of_ca(kind))


def is_of_ca(kind: str) -> bool:
    return kind in _OF_CAS or kind.startswith(_OF_CRLS)


def _kind(row: Row) -> str:
    return str(row.get("kind", {}).get("S", ""))


def logical_id(table: str) -> str:
    return f"{table.capitalize()}Table"


def names_by_pattern(pattern: str) -> dict[str, str]:
    """`restored-{table}` -> the names of tables that were restored by other means, AWS Backup for one."""
    return {table: pattern.replace("{table}", table) for table in ORDER}


def missing_from(names: Iterable[str]) -> Sequence[str]:
    found = frozenset(names)
    return [table for table in ORDER if table not in found]
