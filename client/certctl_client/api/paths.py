"""Paths of the API, with ids that lead to no other path."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from certctl_client.errors import ConfigurationError

PREFIX = "/api/v1"
_PARAMETER = re.compile(r"\{\w+\}")
# The gateway decodes a path before it routes: these would lead to another route, or to another record.
_NEVER_IN_IDS = re.compile(r"[/?#%\\\x00-\x1f\x7f]")

type Parameters = Mapping[str, object]
"""Parameters of a query, or the fields of a body."""


def path_of(*segments: str | int) -> str:
    """`path_of("audit", event_id)` -> `/api/v1/audit/aud-...`, each segment escaped."""
    return "/".join([PREFIX, *map(_segment, segments)])


def filled(path: str, ids: tuple[str, ...]) -> str:
    """The document's path filled with escaped ids. Raises ConfigurationError for an invalid id."""
    remaining = iter(ids)
    return _PARAMETER.sub(lambda _: _segment(next(remaining)), path)


def _segment(text: str | int) -> str:
    """Escapes a segment. An empty one would address a list, and dots another path. Raises
    ConfigurationError."""
    if str(text).strip(".") == "" or _NEVER_IN_IDS.search(str(text)):
        raise ConfigurationError(f"{str(text)!r} is not an id.", "Give an id as the lists show it.")
    return quote(str(text), safe="")
