"""The settings of EventBridge channels: parsed for a send, and checked by the API at each change.

Imports nothing that calls out: the API's functions may not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.errors import InvalidInput

DEFAULT_BUS = "default"
# The names that `CreateEventBus` allows; a partner's bus has slashes in its name and accepts no events of
# ours.
_NAME = r"[A-Za-z0-9._-]{1,256}"
_BUS = re.compile(
    rf"(?:arn:aws[a-z-]*:events:(?P<region>[a-z0-9-]+):[0-9]{{12}}:event-bus/)?(?P<name>{_NAME})"
)
_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,256}")
# A prefix that AWS reserves for its own services.
_RESERVED = "aws."


@dataclass(frozen=True)
class Bus:
    """`reference` is the configured name or ARN; `region` is None for a name."""

    reference: str
    name: str
    region: str | None

    @property
    def always_exists(self) -> bool:
        return self.name == DEFAULT_BUS


def bus_of(settings: Mapping[str, str]) -> Bus:
    """Raises InvalidInput."""
    reference = settings.get("event_bus") or DEFAULT_BUS
    found = _BUS.fullmatch(reference)
    if found is None:
        raise InvalidInput.of("event_bus", "must be the name or the ARN of an event bus")
    return Bus(reference, found["name"], found["region"])


def source_of(settings: Mapping[str, str], stack: str) -> str:
    """`certctl.<stack>` unless the settings name another. Raises InvalidInput."""
    source = settings.get("source") or f"certctl.{stack}"
    if not _SOURCE.fullmatch(source) or source.lower().startswith(_RESERVED):
        raise InvalidInput.of(
            "source", "must be letters, digits, dots, dashes and underscores, and not start with aws."
        )
    return source
