"""Who is an administrator by the rows of a backup, which are those that its writers want."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from deploy.backups.tables.tables import Row

_ACCOUNTS = ("user", "service-account")
_RULE = "access-rule"
_ADMIN = "admin"

ReadTable = Callable[[str], Iterable[Row]]


def administrators_in(rows_of: ReadTable) -> dict[str, str]:
    """What makes each one an administrator, by the id of the account, access rule or key."""
    catalog = list(_of_catalog(rows_of("catalog")))
    known = {account_id for account_id, _, _ in catalog}
    found = {account_id: what for account_id, what, is_admin in catalog if is_admin}
    return found | {i: what for i, what in _without_record(rows_of("credentials")) if i not in known}


def listed(administrators: Mapping[str, str]) -> str:
    lines = [f"  {each}: {what}" for each, what in sorted(administrators.items())]
    return "\n".join(["Administrators by the backup:", *(lines or ["  none"])])


def _of_catalog(rows: Iterable[Row]) -> Iterator[tuple[str, str, bool]]:
    for row in rows:
        kind = row["kind"]["S"]
        if kind not in (*_ACCOUNTS, _RULE) or "content" not in row:
            continue
        content = json.loads(row["content"]["S"])
        named = f"{kind} {row['name']['S']}"
        yield row["id"]["S"], named, _gives_admin(content)


def _gives_admin(content: Mapping[str, object]) -> bool:
    """An access rule gives its role to whom a provider says so."""
    if not content.get("enabled", True):
        return False
    grants = [content, *_list(content, "grants"), *_list(content, "rule_grants")]
    return any(grant.get("role") == _ADMIN for grant in grants)


def _list(content: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = content.get(name)
    return found if isinstance(found, list) else []


def _without_record(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Subjects, and keys of early releases that have none."""
    for row in rows:
        if "subject_id" in row and _is_admins_subject(row):
            yield row["subject_id"]["S"], f"{row['kind']['S']} without a record"
        elif row.get("role") == {"S": _ADMIN} and "subject_ulid" not in row:
            yield row["key_id"]["S"], "API key without an account"


def _is_admins_subject(row: Row) -> bool:
    grants = json.loads(row["grants"]["S"])
    return row["enabled"]["BOOL"] is True and any(role == _ADMIN for role, _ in grants)
