"""Canonical JSON (RFC 8785) and its digest."""

import hashlib
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """UTF-8. Raises rfc8785.CanonicalizationError for values that JSON cannot represent (NaN, integers over
    2^53)."""
    return rfc8785.dumps(value)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
