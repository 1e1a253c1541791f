"""Stamps the built template with what the parameters are, so that a change of values publishes new versions.

SAM names a function's version after a hash of its properties in which parameters are still references
(samtranslator, `_construct_version`): a deploy that changes values only would leave the alias `live` at the
version with the former ones.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

UNSTAMPED = "CERTCTL_RELEASE: unstamped"


def stamp(values: Mapping[str, str]) -> str:
    """Twelve hexadecimal digits that differ whenever a parameter's value does."""
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()[:12]


def stamped(built: Path, values: Mapping[str, str]) -> Path:
    """Write a stamped copy of the built template beside it and return its path. Raises ValueError if the
    template has no place for the stamp."""
    text = built.read_text(encoding="utf-8")
    if UNSTAMPED not in text:
        raise ValueError(f"{built} has no line {UNSTAMPED!r}: was it built from this template.yaml?")
    copy = built.with_name(f"template-{stamp(values)}.yaml")
    copy.write_text(text.replace(UNSTAMPED, f'CERTCTL_RELEASE: "{stamp(values)}"'), encoding="utf-8")
    return copy
