"""Metrics, before they are rendered as JSON or for Prometheus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metric:
    """All samples of one name. A counter never falls."""

    name: str
    kind: Literal["gauge", "counter"]
    help: str
    samples: tuple[Sample, ...]


def gauge(name: str, about: str, value: float) -> Metric:
    return Metric(name, "gauge", about, (Sample(value),))


def counter(name: str, about: str, value: float) -> Metric:
    return Metric(name, "counter", about, (Sample(value),))
