"""One channel's configuration and state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal


@dataclass(frozen=True)
class ChannelConfig:
    """One channel; not `is_enabled` if an administrator disabled it. `channel_id` is its name among several
    of its kind (`slack-default` is the configured one). `team_id` owns it; None means everybody.

    `kind` is a `ChannelKind`, or one that only a newer release knows. `settings`, by the names in the kind's
    definition, holds references to secrets, never their values. `version` names these settings among all that
    the channel had; None for a channel of the deployment.
    """

    channel_id: str
    kind: str
    settings: Mapping[str, str]
    is_enabled: bool = True
    team_id: str | None = None
    version: str | None = None


def default_channel_id(kind: str) -> str:
    """The id of the channel that the deployment configures."""
    return f"{kind.lower()}-default"


def configured_channels(settings: Mapping[str, Mapping[str, str]]) -> list[ChannelConfig]:
    """Kind -> settings, in the form of `config.channels`."""
    return [ChannelConfig(default_channel_id(kind), kind, values) for kind, values in settings.items()]


BreakerState = Literal["closed", "open", "half_open"]


@dataclass(frozen=True)
class ChannelState:
    """Findings of deliveries. `disabled_at`: since then the channel is gone; `opened_at`: since then its
    circuit breaker is open; `error` is the reason. For an open one `probed_at` is the last probe, `probe_at`
    when the next may be, `probing_until` is set during one. `closed_at` ended the last outage. `alerted_via`
    is the channel that got the alert about this one, under `alert_key`; `dead_alerted_at`: when dead rows
    were last reported. All of it is about the settings `version`, stored at `edited_at`; both are None
    if an earlier release stored them."""

    paused_until: datetime | None = None
    disabled_at: datetime | None = None
    error: str = ""
    opened_at: datetime | None = None
    probed_at: datetime | None = None
    probe_at: datetime | None = None
    probing_until: datetime | None = None
    closed_at: datetime | None = None
    alerted_at: datetime | None = None
    alerted_via: str | None = None
    alert_key: str | None = None
    dead_alerted_at: datetime | None = None
    version: str | None = None
    edited_at: datetime | None = None

    @property
    def state(self) -> BreakerState:
        """`closed`, `open` (also if the channel is gone), or `half_open` during a probe."""
        if self.disabled_at is None and self.opened_at is None:
            return "closed"
        return "open" if self.probing_until is None else "half_open"

    @property
    def since(self) -> datetime | None:
        """When it entered this state; None if it was never in another."""
        return self.disabled_at or self.opened_at or self.closed_at

    @property
    def last_probe_at(self) -> datetime:
        return self.probed_at or self.opened_at or _NEVER

    @property
    def next_probe_at(self) -> datetime:
        return self.probe_at or _NEVER

    def is_paused(self, now: datetime) -> bool:
        return self.paused_until is not None and self.paused_until > now

    def is_probing(self, now: datetime) -> bool:
        return self.probing_until is not None and self.probing_until > now

    def is_about(self, version: str | None) -> bool:
        """Whether a result with these settings counts, and whether they are the newest ones."""
        return version is None or self.version is None or self.version == version

    def holds_up(self, now: datetime) -> bool:
        """Whether rows wait here, without reading any of them."""
        return self.is_paused(now) or (self.opened_at is not None and self.next_probe_at > now)

    def is_trouble(self, now: datetime) -> bool:
        """Whether a row needs a decision before it is sent."""
        is_down = self.disabled_at is not None or self.opened_at is not None
        return is_down or self.is_paused(now)


_NEVER = datetime.fromtimestamp(0, UTC)
WORKING = ChannelState()
