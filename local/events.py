"""Sample events: `events/<function>/<name>.json`, where `${API_KEY}` and the like stand for what differs."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_NAMED = re.compile(r"\$\{([A-Z_]+)\}")


class EventError(ValueError):
    """An event that is not a JSON object, or that lacks a value; the text is for the user of the command."""


def read_event(text: str, values: Mapping[str, str]) -> dict[str, Any]:
    """JSON, or `@file` with its `${NAME}`s filled. Raises EventError."""
    try:
        given = filled(Path(text[1:]).read_text(), values) if text.startswith("@") else text
        event = json.loads(given or "{}")
    except (OSError, json.JSONDecodeError) as problem:
        raise EventError(f"EVENT is JSON, or @file: {problem}") from problem
    if not isinstance(event, dict):
        raise EventError("EVENT is a JSON object")
    return event


def filled(text: str, values: Mapping[str, str]) -> str:
    """Values go into JSON strings. Raises EventError that names those without a value."""
    missing = sorted({name for name in _NAMED.findall(text) if not values.get(name)})
    if missing:
        raise EventError(f"the event needs {', '.join(missing)}: give {missing[0]}=... as well")
    return _NAMED.sub(lambda found: json.dumps(values[found[1]])[1:-1], text)


def function_of(text: str) -> str:
    """The folder of the function that a file in events/ is for; empty for anything else."""
    path = Path(text.removeprefix("@"))
    return path.parent.name if text.startswith("@") and path.parent.parent.name == "events" else ""
