"""Edits and deletions that are refused if the record has changed since it was read."""

from collections.abc import Mapping
from typing import Any

from certctl_client.api.resources import Catalog
from certctl_client.catalog.bodies import Body
from certctl_client.catalog.kind import Kind
from certctl_client.errors import CommandError, RequestFailed

_CONFLICT, _GONE = 409, 404


def edited(catalog: Catalog, kind: Kind, entry_id: str, body: Body, version: int) -> Any:
    """Edits a record and returns it. Raises CommandError."""
    try:
        return catalog.edit(entry_id, body, version)
    except RequestFailed as refused:
        if refused.status != _CONFLICT:
            raise
        now = catalog.get(entry_id)
        if now["version"] == version:  # the conflict has another cause
            raise CommandError(refused.message, "", refused.code) from None
        if all(now.get(name) == value for name, value in body.items()):
            return now  # by an earlier attempt whose response was lost
        raise edit_conflict(kind.one, kind.path, entry_id, version, now["version"]) from None


def deleted(
    catalog: Catalog, kind: Kind, record: Mapping[str, Any], query: Mapping[str, object] | None = None
) -> None:
    """Deletes the record if it is still as read. Raises CommandError."""
    try:
        catalog.delete(record["id"], record["version"], query)
    except RequestFailed as refused:
        if refused.status == _GONE:
            return  # by an earlier attempt whose response was lost
        if refused.status != _CONFLICT:
            raise
        now = catalog.get(record["id"])["version"]
        if now != record["version"]:
            raise edit_conflict(kind.one, kind.path, record["id"], record["version"], now) from None
        raise CommandError(refused.message, kind.in_use.format(id=record["id"]), refused.code) from None


def edit_conflict(one: str, group: str, entry_id: str, read: int, now: int) -> CommandError:
    return CommandError(
        f"The {one} {entry_id} was changed since it was read: version {read} then, {now} now.",
        f"See `certctl {group} get {entry_id}`, apply your change to it, and repeat.",
    )
