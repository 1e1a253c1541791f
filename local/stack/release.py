"""Stamps the built template with its release: what is built and with which parameters it is deployed.

SAM names a function's version after a hash of its properties in which parameters are still references
(samtranslator, `_construct_version`): a deploy that changes values only would leave the alias `live` at the
version with the former ones. And the alarm that rolls a deployment back reads the new release's errors alone.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

UNSTAMPED = ": unstamped"
# the functions' variable, and the parameter of their alarm
_PLACES = 2


def release(built: Path, values: Mapping[str, str]) -> str:
    """Twelve hexadecimal digits that differ whenever an artefact, the template or a value does."""
    digest = hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode())
    for path in _deployed(built):
        digest.update(f"{path.relative_to(built.parent)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _deployed(built: Path) -> Iterator[Path]:
    """The template and what stands in folders beside it; other files there are stamped copies."""
    yield built
    yield from sorted(path for path in built.parent.glob("*/**/*") if path.is_file())


def stamped(built: Path, values: Mapping[str, str]) -> Path:
    """Write a stamped copy of the built template beside it and return its path. Raises ValueError if the
    template has no places for the stamp."""
    text = built.read_text(encoding="utf-8")
    if text.count(UNSTAMPED) != _PLACES:
        raise ValueError(
            f"{built} has not {_PLACES} times {UNSTAMPED!r}: was it built from this template.yaml?"
        )
    named = release(built, values)
    copy = built.with_name(f"template-{named}.yaml")
    copy.write_text(text.replace(UNSTAMPED, f': "{named}"'), encoding="utf-8")
    return copy
