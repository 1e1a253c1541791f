"""Checks the signed head of a seal: its form, its signature, and its link to the head before."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from certctl_client.trail.faults import FaultKind, refuse
from certctl_client.trail.keys import SealKey

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_VERSION = 1
_LARGEST = 2**53
_CLASSES = frozenset({"c", "e"})


@dataclass(frozen=True)
class Head:
    """A head, with the fields of the format; `digest` is the SHA-256 (hex) of its signed bytes."""

    version: int
    stack: str
    seq: int
    sealed_at: str
    cutoff: str
    count: int
    total: int
    root: str
    manifest_sha256: str
    previous: str
    key_sha256: str
    late: tuple[str, ...]
    retention_days: Mapping[str, int]
    digest: str

    @property
    def sealed_millis(self) -> int:
        return int(datetime.fromisoformat(self.sealed_at).timestamp()) * 1000


def parse_head(raw: bytes, file: str, line: int | None = None) -> Head:
    """Parses a head from its canonical bytes. Raises FaultFound."""
    values = _object(raw, file, line)
    problem = _problem(values)
    if problem:
        number = values.get("seq") if _is_number(values.get("seq"), 1) else None
        refuse(FaultKind.SEAL_EDITED, f"its head is malformed: {problem}", seal=number, file=file, line=line)
    known = {f.name: values[f.name] for f in fields(Head) if f.name in values}
    known["late"] = tuple(values["late"])
    return Head(**known, digest=sha256(raw).hexdigest())


def check_signature(
    raw: bytes, signature: str, head: Head, key: SealKey, file: str, line: int | None
) -> None:
    """Checks the signature over `raw`, the bytes of `head`. Raises FaultFound."""
    if head.key_sha256 != key.sha256:
        what = f"it names the key {head.key_sha256}, not {key.sha256}"
        refuse(FaultKind.WRONG_KEY, what, seal=head.seq, file=file, line=line)
    decoded = _decoded(signature)
    if decoded is None or not key.has_signed(raw, decoded):
        what = "the signature does not match its head: one of them was edited, or another key signed"
        refuse(FaultKind.SEAL_EDITED, what, seal=head.seq, file=file, line=line)


def check_link(before: Head | None, head: Head, file: str, line: int) -> None:
    """Checks that `head` follows `before`, or is the first of the trail. Raises FaultFound."""
    expected = before.seq + 1 if before else 1
    if head.seq != expected:
        what = f"it is in the place of seal {expected}, which is missing or out of order"
        refuse(FaultKind.SEAL_ORDER, what, seal=head.seq, file=file, line=line)
    problem = _break(before, head)
    if problem:
        refuse(FaultKind.CHAIN_BROKEN, problem, seal=head.seq, file=file, line=line)


def _break(before: Head | None, head: Head) -> str | None:
    if head.previous != (before.digest if before else ""):
        return "its `previous` is not the hash of the head before"
    if head.total != (before.total if before else 0) + head.count:
        return "its `total` is not that of the head before plus its own count"
    if before and (head.stack, head.version) != (before.stack, before.version):
        return "it is of another stack than the head before"
    if before and (head.cutoff < before.cutoff or head.sealed_at < before.sealed_at):
        return "its time is earlier than that of the head before"
    return None


def _object(raw: bytes, file: str, line: int | None) -> dict[str, Any]:
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        refuse(FaultKind.SEAL_EDITED, "its head is not a JSON object", file=file, line=line)
    return values


def _problem(values: Mapping[str, Any]) -> str | None:
    """The first malformed field; None if there is none."""
    checks = {
        "version": values.get("version") == _VERSION and _is_number(values.get("version"), 1),
        "seq": _is_number(values.get("seq"), 1),
        "count": _is_number(values.get("count"), 0),
        "total": _is_number(values.get("total"), 0),
        "stack": isinstance(values.get("stack"), str),
        "sealed_at": _is_time(values.get("sealed_at")),
        "cutoff": _is_time(values.get("cutoff")),
        "previous": values.get("previous") == "" or _is_digest(values.get("previous")),
        "late": _is_texts(values.get("late")),
        "retention_days": _is_retention(values.get("retention_days")),
    }
    checks |= {n: _is_digest(values.get(n)) for n in ("root", "manifest_sha256", "key_sha256")}
    return next((f"`{name}`" for name, is_right in checks.items() if not is_right), None)


def _is_number(value: Any, least: int) -> bool:
    return type(value) is int and least <= value < _LARGEST


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_retention(value: Any) -> bool:
    return (
        isinstance(value, dict) and set(value) >= _CLASSES and all(_is_number(d, 1) for d in value.values())
    )


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError):
        return False
    return True


def _decoded(signature: str) -> bytes | None:
    """Decodes only the canonical base64 form, so that no bit of the text can vary."""
    try:
        decoded = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.b64encode(decoded).decode() == signature else None
