"""Amazon EventBridge: each alert as an event on a bus of the stack's own account and region."""

import re
from dataclasses import dataclass

from certctl.domain.channels.kinds.definitions import ChannelDefinition, SettingValues
from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import ChannelKind, Setting

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


def bus_of(settings: SettingValues) -> Bus:
    """Raises InvalidInput."""
    reference = settings.get("event_bus") or DEFAULT_BUS
    found = _BUS.fullmatch(reference)
    if found is None:
        raise InvalidInput.of("event_bus", "must be the name or the ARN of an event bus")
    return Bus(reference, found["name"], found["region"])


def source_of(settings: SettingValues, stack: str) -> str:
    """`certctl.<stack>` unless the settings name another. Raises InvalidInput."""
    source = settings.get("source") or f"certctl.{stack}"
    if not _SOURCE.fullmatch(source) or source.lower().startswith(_RESERVED):
        raise InvalidInput.of(
            "source", "must be letters, digits, dots, dashes and underscores, and not start with aws."
        )
    return source


def _check(settings: SettingValues) -> None:
    bus_of(settings)
    source_of(settings, "stack")


EVENTBRIDGE = ChannelDefinition(
    ChannelKind.EVENTBRIDGE,
    settings={
        "event_bus": Setting(
            label="Event bus",
            placeholder=DEFAULT_BUS,
            help="Name or ARN, in the stack's own region and account.",
        ),
        "source": Setting(label="Source of the events", placeholder="certctl.<stack>"),
    },
    alert_rank=90,
    is_for_machines=True,
    check=_check,
)
