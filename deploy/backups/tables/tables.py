"""The tables of a stack, and which rows a restore treats in a way of their own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.backups.tables import eab_keys

Row = Mapping[str, Any]

# What a crash leaves in the middle can issue nothing: without the State table there is no CA.
ORDER = (
    "audit",
    "revocations",
    "serials",
    "certificates",
    "names",
    "inventory",
    "notifications",
    "jobs",
    "catalog",
    "credentials",
    "state",
)
# What is there stays as it is, and only what is missing is added: the audit trail is never taken back, and a
# record of a key says that the key was revoked since.
_KEPT_TABLES = frozenset({"audit"})
_KEPT_KINDS = {
    "catalog": frozenset({"acme-account", eab_keys.KIND, "api-key"}),
    "state": frozenset(
        {
            "acme_endings",  # what is still to be done about revoked EAB keys and ACME accounts
            "acme_leaks",  # and about EAB keys that leaked API keys have made
            "audit_trail",
            "audit_seals",  # the archive of seals is written once: a chain that went back could not go on
            "audit_late_events",
            "compromised_key",
            "deployment",
            "jti",  # a token that was used since would be good once more
            "keys_to_refuse",  # what is still to be done about keys that were compromised
            "leaked_keys",  # and about API keys that leaked
            "restore_window",  # what an earlier restore has lost is still lost
        }
    ),
}
# Those of the stack outlive a replace once they are ended: an EAB key that was revoked since stays so, and
# one that somebody has made since ends.
_ENDED_BY = {"acme-account": "ended_at", eab_keys.KIND: "revoked_at"}
# The key of the nonces and those that were used: a request would be good once more.
_NONCES = "acme_nonce"
# Not restored at all: what is good once or for some hours, and copies of what others publish. Nor do those of
# the stack outlive a replace.
_LEFT_OUT = {
    "state": frozenset(
        {
            "bootstrap_token",
            "bootstrap_token_list",
            "deployment",
            "idempotency",
            "jti",
            "jwks",
            "lock",
            "login_code",
        }
    )
}
_OF_CAS = frozenset({"ca", "retired_ca", "active_ca", "pending_ca", "ca_key", "ca_request"})
_OF_CRLS = ("crl#", "crl_changes#")
_OF_SESSIONS = "sessions#"
_OF_ACME = "acme#"
_OF_HOURS = "acme_rate#"
_KEY = "key-"


@dataclass(frozen=True)
class Rules:
    """With `new_ca` the rows of CAs stay those of the stack that is restored into: the keys of the old ones
    are lost. With `keeps_keys` API keys made since the backup go on, within what their accounts have then."""

    new_ca: bool = False
    keeps_keys: bool = False

    def is_kept(self, table: str, row: Row) -> bool:
        """A row that is not written over where the stack has it."""
        kind = _kind(row)
        return (
            table in _KEPT_TABLES
            or kind in _KEPT_KINDS.get(table, ())
            or (table == "state" and kind.startswith(_NONCES))
            or (self.keeps_keys and table == "credentials" and _is_key(row))
            or (self.new_ca and table == "state" and is_of_ca(kind))
        )

    def outlives(self, table: str, row: Row) -> bool:
        """A row of the stack that is not deleted, though the backup may lack it."""
        ended_by = _ENDED_BY.get(_kind(row)) if table == "catalog" else None
        return self.is_kept(table, row) and (ended_by is None or ended_by in row)

    def is_live_eab_key(self, row: Row) -> bool:
        """An EAB key that was not revoked: its row in the stack and that of the backup are joined."""
        return _kind(row) == eab_keys.KIND and _ENDED_BY[eab_keys.KIND] not in row

    def is_left_out(self, table: str, row: Row) -> bool:
        """A row of the backup that is not written."""
        kind = _kind(row)
        return (
            kind in _LEFT_OUT.get(table, ())
            or (table == "state" and kind.startswith((_NONCES, _OF_HOURS)))
            or (table == "credentials" and is_short_lived(row))
            or (self.new_ca and table == "state" and is_of_ca(kind))
        )


def is_short_lived(credential: Row) -> bool:
    """A session, an exchanged token, or a list of sessions; not a key, nor a subject, nor that of an ACME
    account."""
    if _text(credential, "key_hash").startswith(_OF_ACME):
        return False
    if "key_id" in credential:
        return not _is_key(credential)
    return _text(credential, "key_hash").startswith(_OF_SESSIONS)


def is_of_ca(kind: str) -> bool:
    return kind in _OF_CAS or kind.startswith(_OF_CRLS)


def _is_key(credential: Row) -> bool:
    return _text(credential, "key_id").startswith(_KEY)


def _kind(row: Row) -> str:
    return _text(row, "kind")


def _text(row: Row, name: str) -> str:
    return str(row.get(name, {}).get("S", ""))


def logical_id(table: str) -> str:
    return f"{table.capitalize()}Table"


def names_by_pattern(pattern: str) -> dict[str, str]:
    """`restored-{table}` -> the names of tables that were restored by other means, AWS Backup for one."""
    return {table: pattern.replace("{table}", table) for table in ORDER}


def missing_from(names: Iterable[str]) -> Sequence[str]:
    found = frozenset(names)
    return [table for table in ORDER if table not in found]
