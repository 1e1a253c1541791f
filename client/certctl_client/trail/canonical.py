"""RFC 8785 for what heads hold: objects with ASCII names, lists, texts, integers below 2^53."""

import json
from typing import Any


def canonical_json(value: Any) -> bytes:
    """Raises ValueError for what has no canonical form here (NaN, lone surrogates)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()
