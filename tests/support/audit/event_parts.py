"""Audit events as golden files keep them: the paths of what each action's event holds."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.support.aws.clients import client

_VARIABLE = re.compile(r"\d{4}-\d\d-\d\d|\b\d+\b|\b[a-z]+-[0-9a-hjkmnp-tv-z]{26}\b")


def without_variables(name: str) -> str:
    """Names that are made of days, counts and ids, without them."""
    return _VARIABLE.sub("<>", name)


def stored_events() -> list[Any]:
    """All of the audit table, in no order."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName="audit")
    return [json.loads(row["event"]["S"]) for page in pages for row in page["Items"]]


def parts_by_action(events: Iterable[Any]) -> dict[str, list[str]]:
    """`<type>: <action>` -> the path of each value, as `details.before.name`."""
    found: dict[str, set[str]] = defaultdict(set)
    for event in events:
        found[f"{event['resource_type']}: {event['action']}"] |= set(_parts(event, ""))
    return {action: sorted(parts) for action, parts in found.items()}


def _parts(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _parts(part, f"{path}.{without_variables(name)}".removeprefix("."))
    elif isinstance(value, list) and value:
        for part in value:
            yield from _parts(part, f"{path}[]")
    else:
        yield path
