"""EAB keys that the backup and the stack both have: a secret that was replaced since binds no more."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

KIND = "acme-eab-key"
_SALT_BYTES = 16
_API_KEY = "key-"


def has_same_secret(one: Row, other: Row) -> bool:
    return _secret(one) == _secret(other)


def joined(backup: Row, stack: Row) -> Row:
    """The EAB key of the backup with the later secret, and all who were shown one in either row."""
    later = max(stack, backup, key=lambda each: _int(each, "generation"))  # of equal ones the stack's
    revision = max(_int(backup, "revision"), _int(stack, "revision"))
    content = {name: value for name, value in backup.items() if name != "salt"}
    secret = {name: later[name] for name in ("generation", "salt") if name in later}
    return {**content, **secret, "revision": _number(revision), **_shown(backup, stack)}


def with_secret_of_none(row: Row) -> Row:
    """The EAB key with a secret that nobody was shown: the next rotation shows another one."""
    generation = _number(_int(row, "generation") + 1)
    return {**row, "generation": generation, "salt": {"S": secrets.token_hex(_SALT_BYTES)}}


def line_of(backup: Row, stack: Row) -> str:
    """The id of an EAB key whose secret changed, and who was shown one since the backup."""
    known = frozenset((*_ids(backup, "rotated_by"), *_seers(backup)))
    since = [each for each in (*_ids(stack, "rotated_by"), *_seers(stack)) if each not in known]
    names = ", ".join(dict.fromkeys(since)) or "nobody else"
    return f"{backup['id']['S']}, shown since the backup to {names}"


def _shown(backup: Row, stack: Row) -> Row:
    rotators = (*_ids(backup, "rotated_by"), *_ids(stack, "rotated_by"))
    by_name = {"rotated_by": rotators, "shown_to": (*_seers(backup), *_seers(stack))}
    return {name: {"L": [{"S": each} for each in dict.fromkeys(ids)]} for name, ids in by_name.items() if ids}


def _secret(row: Row) -> tuple[int, str]:
    return _int(row, "generation"), str(row.get("salt", {}).get("S", ""))


def _seers(row: Row) -> Sequence[str]:
    """People and sessions that wrote it, if it is of a release that did not record who was shown a secret."""
    writers = [each for each in _ids(row, "answerable") if not each.startswith(_API_KEY)]
    return _ids(row, "shown_to") or writers


def _ids(row: Row, name: str) -> Sequence[str]:
    return [str(each["S"]) for each in row.get(name, {}).get("L", ())]


def _int(row: Row, name: str) -> int:
    return int(row.get(name, {}).get("N", 1))


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}
