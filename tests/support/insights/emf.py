"""Metrics as CloudWatch finds them in a function's log: JSON lines in the embedded metric format."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sent:
    """One metric of one line. `dimensions` holds names and values."""

    namespace: str
    name: str
    unit: str
    values: tuple[float, ...]
    dimensions: dict[str, str]


def metrics_of(log: str) -> list[Sent]:
    """The metrics in captured output, in order; other lines are skipped."""
    return [sent for line in log.splitlines() if '"_aws"' in line for sent in _of_line(json.loads(line))]


def values_of(log: str) -> dict[str, tuple[float, ...]]:
    """Name -> values of the last line that has it."""
    return {sent.name: sent.values for sent in metrics_of(log)}


def _of_line(line: dict[str, Any]) -> list[Sent]:
    (block,) = line["_aws"]["CloudWatchMetrics"]
    (names,) = block["Dimensions"]
    dimensions = {name: line[name] for name in names}
    return [
        Sent(block["Namespace"], about["Name"], about["Unit"], tuple(line[about["Name"]]), dimensions)
        for about in block["Metrics"]
    ]
