"""Channels that administrators set up through the API, beside those of the deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from certctl.domain.channels.channels import ChannelConfig
from certctl.domain.times import to_wire

MAX_CHANNELS = 200


@dataclass(frozen=True)
class ChannelRecord:
    """`settings` as in `ChannelConfig`. `revision` rises with each change, which must name the one that was
    read."""

    id: str
    kind: str
    settings: Mapping[str, str]
    created_at: datetime
    updated_at: datetime
    is_enabled: bool = True
    team_id: str | None = None
    revision: int = 1

    @property
    def version(self) -> str:
        """Another one than that of a deleted channel of the same id, whose revisions began at 1 too."""
        return f"{self.revision} {to_wire(self.updated_at)}"

    @property
    def config(self) -> ChannelConfig:
        return ChannelConfig(self.id, self.kind, self.settings, self.is_enabled, self.team_id, self.version)


@dataclass(frozen=True)
class NewChannel:
    """A request for a channel."""

    id: str
    kind: str
    settings: Mapping[str, str]
    is_enabled: bool = True
    team_id: str | None = None


@dataclass(frozen=True)
class ChannelEdit:
    """The complete new channel. `kind` and `revision`, if given, must be the stored ones."""

    settings: Mapping[str, str]
    is_enabled: bool = True
    team_id: str | None = None
    kind: str | None = None
    revision: int | None = None
