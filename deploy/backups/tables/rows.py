"""Rows in DynamoDB's own JSON, one a line, as its export to S3 writes them."""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from deploy.backups.tables.tables import Row

_MODULUS = 1 << 128


def packed(rows: Iterable[Row]) -> bytes:
    lines = (json.dumps({"Item": _mapped(row, _to_text)}, separators=(",", ":")) + "\n" for row in rows)
    return gzip.compress("".join(lines).encode(), mtime=0)


def unpacked(body: bytes) -> Iterator[Row]:
    """Raises ValueError or OSError for what is broken: gzip has a checksum of its own."""
    for line in gzip.decompress(body).splitlines():
        if line.strip():
            yield _mapped(json.loads(line)["Item"], base64.b64decode)


def fingerprint(row: Row) -> int:
    """The sum over a table, modulo 2**128, is the same whatever the order of its rows."""
    text = json.dumps(_mapped(row, _to_text), sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16])


def total(fingerprints: Iterable[int]) -> int:
    return sum(fingerprints) % _MODULUS


def _to_text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _mapped(row: Row, change: Any) -> dict[str, Any]:
    return {name: _value(value, change) for name, value in row.items()}


def _value(value: Any, change: Any) -> Any:
    """One typed value; `change` turns the octets of binary ones into text, or back. Sets have no order."""
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {kind: change(content)}
        case "BS":
            return {kind: sorted(change(each) for each in content)}
        case "SS" | "NS":
            return {kind: sorted(content)}
        case "L":
            return {kind: [_value(each, change) for each in content]}
        case "M":
            return {kind: _mapped(content, change)}
    return {kind: content}
