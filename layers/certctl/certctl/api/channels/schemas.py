"""Channels on the wire."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from pydantic import BaseModel, Field, StrictInt

from certctl.api.access.schemas import TeamId
from certctl.api.published import ChannelKindName, OnlyWithOptionView, setting_view
from certctl.api.records import STRICT, view_of
from certctl.domain.channels.channels import BreakerState, ChannelState
from certctl.domain.channels.records import ChannelEdit, ChannelRecord, NewChannel
from certctl.domain.errors import InvalidInput
from certctl.domain.field_rules import ID_PATTERN
from certctl.domain.kinds import Setting
from certctl.domain.notifications.outcomes import Outcome, OutcomeKind
from certctl.domain.times import to_wire, to_wire_or_none

if TYPE_CHECKING:
    from certctl.services.channels.channels import Channel, KnownKind

_OF_THE_DEPLOYMENT = "-default"

ChannelId = Annotated[
    str,
    Field(
        pattern=f"^{ID_PATTERN}$",
        description="Its name among all channels; those that end in -default come with the deployment.",
    ),
]
Settings = Annotated[
    dict[str, str | StrictInt],
    Field(
        max_length=20,
        description="By the kind's names. A secret is set by the name under which it is stored.",
    ),
]


class NewChannelBody(BaseModel):
    """`team_id` lets the team's operators test it; without one all may."""

    model_config = STRICT

    id: ChannelId
    kind: ChannelKindName
    settings: Settings
    enabled: bool = True
    team_id: TeamId | None = None

    def parsed(self) -> NewChannel:
        if self.id.endswith(_OF_THE_DEPLOYMENT):
            raise InvalidInput.of("id", f"must not end in {_OF_THE_DEPLOYMENT}")
        return NewChannel(self.id, self.kind, _texts(self.settings), self.enabled, self.team_id)


class ChannelEditBody(BaseModel):
    """The complete new channel; settings as the API shows them keep their values. `version`, or `If-Match`,
    is the one that was read: the change is refused if another is stored by now."""

    model_config = STRICT

    settings: Settings
    enabled: bool = True
    team_id: TeamId | None = None
    kind: ChannelKindName | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    def parsed(self, if_match: int | None = None) -> ChannelEdit:
        version = if_match or self.version
        return ChannelEdit(_texts(self.settings), self.enabled, self.team_id, self.kind, version)


class DisabledView(TypedDict):
    """The provider reported that the channel is gone. A PUT ends it."""

    since: str
    error: str


class ChannelView(TypedDict):
    """`settings` without anything that may be secret. `enabled` is what an administrator set; `state`, of the
    circuit breaker, `disabled` and `paused_until` are findings of deliveries. A channel of the deployment has
    no version."""

    id: str
    kind: ChannelKindName
    origin: Literal["configuration", "api"]
    enabled: bool
    team_id: str | None
    settings: dict[str, str]
    state: BreakerState
    since: str | None
    last_error: str | None
    disabled: DisabledView | None
    paused_until: str | None
    warnings: list[str]
    version: int | None
    created_at: str | None
    updated_at: str | None


class ChannelTestView(TypedDict):
    """`delivered` and `accepted` mean that it went through."""

    outcome: OutcomeKind
    status_code: int | None
    error: str
    duration_ms: int


class ChannelSettingForm(StrEnum):
    """A secret is set by its reference only. A URL without a secret may be set directly."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105  # the name of a form
    URL = "url"
    URL_OR_SECRET = "url_or_secret"  # noqa: S105  # likewise


_FORMS: Mapping[tuple[bool, bool], ChannelSettingForm] = {
    (False, False): ChannelSettingForm.TEXT,
    (True, False): ChannelSettingForm.SECRET,
    (False, True): ChannelSettingForm.URL,
    (True, True): ChannelSettingForm.URL_OR_SECRET,
}
"""The form by whether the setting is a secret, and whether it may be a URL."""


class ChannelSettingView(TypedDict):
    """A setting, as a form shows it. `secret` and `url_or_secret` take the name of a secret, never its value.
    If there are `options`, no other value is allowed; `suggestions` do not restrict; `default` applies while
    none is set."""

    name: str
    label: str
    form: ChannelSettingForm
    required: bool
    help: str
    placeholder: str
    options: list[str]
    suggestions: list[str]
    default: str | None
    only_with: OnlyWithOptionView | None


class ChannelKindView(TypedDict):
    """`configured`: the deployment has a channel of this kind. `opens_incidents`: it pages somebody, until
    the alert is resolved. `docs` is its documentation page, in the repository."""

    kind: ChannelKindName
    label: str
    configured: bool
    opens_incidents: bool
    settings: list[ChannelSettingView]
    docs: str


class ChannelKindsView(TypedDict):
    """Every kind that this stack supports, in the order in which forms offer them."""

    data: list[ChannelKindView]


def channel_kinds_view(kinds: "Iterable[KnownKind]") -> ChannelKindsView:
    return ChannelKindsView(data=[_kind_view(kind) for kind in kinds])


def channel_view(channel: "Channel", now: datetime) -> ChannelView:
    config, state, record = channel.config, channel.state, channel.record
    return ChannelView(
        id=config.channel_id,
        kind=config.kind,
        origin="api" if record else "configuration",
        enabled=config.is_enabled,
        team_id=config.team_id,
        settings=dict(channel.settings),
        state=state.state,
        since=to_wire_or_none(state.since),
        last_error=state.error or None,
        disabled=_disabled_view(state),
        paused_until=to_wire_or_none(state.paused_until if state.is_paused(now) else None),
        warnings=list(channel.warnings),
        version=record.revision if record else None,
        created_at=_created_at(record),
        updated_at=_updated_at(record),
    )


def channel_test_view(outcome: Outcome) -> ChannelTestView:
    return view_of(ChannelTestView, outcome, outcome=outcome.kind)


def _kind_view(known: "KnownKind") -> ChannelKindView:
    definition = known.definition
    return ChannelKindView(
        kind=str(definition.kind),
        label=definition.title,
        configured=known.is_configured,
        opens_incidents=definition.opens_incidents,
        settings=[_setting_view(name, setting) for name, setting in definition.settings.items()],
        docs=f"docs/channels/{definition.kind.lower()}.md",
    )


def _setting_view(name: str, setting: Setting) -> ChannelSettingView:
    form = _FORMS[setting.is_secret, setting.takes_url]
    options = [option.value for option in setting.options]
    return setting_view(ChannelSettingView, name, setting, form=form, options=options)


def _disabled_view(state: ChannelState) -> DisabledView | None:
    if state.disabled_at is None:
        return None
    return DisabledView(since=to_wire(state.disabled_at), error=state.error)


def _created_at(record: ChannelRecord | None) -> str | None:
    return to_wire(record.created_at) if record else None


def _updated_at(record: ChannelRecord | None) -> str | None:
    return to_wire(record.updated_at) if record else None


def _texts(settings: Mapping[str, str | int]) -> dict[str, str]:
    """A port may come as a number."""
    return {name: str(value) for name, value in settings.items()}
