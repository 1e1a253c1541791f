"""The definition of a kind of channel: its settings, and its properties for the engine.

Pure, so that the API, which may call nobody, reads the same definition as the notifier.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from certctl.domain.errors import InvalidInput

Settings = Mapping[str, str]
LAST = 1_000


class ChannelSettingForm(StrEnum):
    """A secret is set by its reference only. A URL without a secret may be set directly."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105  # the name of a form
    URL = "url"
    URL_OR_SECRET = "url_or_secret"  # noqa: S105  # likewise


@dataclass(frozen=True)
class Setting:
    """One setting of a kind: its form field and its validation."""

    label: str
    form: ChannelSettingForm = ChannelSettingForm.TEXT
    required: bool = False
    help: str = ""
    placeholder: str = ""
    options: tuple[str, ...] = ()
    """The only allowed values; empty allows any."""
    suggestions: tuple[str, ...] = ()
    """Values that a form offers; others are allowed."""
    default: str = ""
    """The option in use while none is set."""
    discouraged: Mapping[str, str] = field(default_factory=dict)
    """Option -> the warning for an administrator who chooses it."""
    only_with: tuple[str, str] | None = None
    """Another setting, and its option that this one belongs to."""
    destination: str = ""
    """The receiver of the secret's value; `{host}` is the setting `host`. A secret is for one destination."""

    def __post_init__(self) -> None:
        """Raises ValueError for an incomplete definition."""
        if self.is_secret and not self.destination:
            raise ValueError(f"who gets the secret {self.label}?")
        if self.options and not self.required and self.default not in self.options:
            raise ValueError(f"what is {self.label} while none is set?")

    @property
    def is_secret(self) -> bool:
        return self.form in (ChannelSettingForm.SECRET, ChannelSettingForm.URL_OR_SECRET)

    @property
    def may_be_url(self) -> bool:
        return self.form in (ChannelSettingForm.URL, ChannelSettingForm.URL_OR_SECRET)


def secret(label: str, destination: str, *, required: bool = False, help: str = "") -> Setting:
    return Setting(label, ChannelSettingForm.SECRET, required, help, destination=destination)


@dataclass(frozen=True)
class ChannelDefinition:
    """One kind of channel. Its notifier is in `connectors/notifiers`, under the same kind."""

    kind: str
    settings: Mapping[str, Setting]
    alert_rank: int
    """The working channel with the lowest rank gets the alert about a failing one."""
    label: str = ""
    """The label for people, if it is not the kind."""
    opens_incidents: bool = False
    """Alerts page somebody until their incident is resolved: a test resolves its own, and is rare."""
    is_for_machines: bool = False
    """Programs read it: they get each alert by itself, however many there are (ADR 19)."""
    only_critical: bool = False
    """Without routing rules, it gets critical alerts only."""
    configured_by: Mapping[str, str] = field(default_factory=dict)
    """Section of CERTCTL_CHANNELS -> the setting whose value makes the deployment's channel."""
    hosts: frozenset[str] = frozenset()
    """The provider's hosts: `url` may name these only, or a gateway that the deployment allows."""
    notice: str = ""
    """A hint for the administrators of each channel of this kind."""
    check: Callable[[Settings], None] | None = None
    """Raises InvalidInput for invalid values, with the setting's name and without the value."""

    @property
    def title(self) -> str:
        return self.label or str(self.kind)

    @property
    def plain_settings(self) -> frozenset[str]:
        """Those that may be shown as they are."""
        return frozenset(n for n, each in self.settings.items() if each.form is ChannelSettingForm.TEXT)

    def settings_for(self, given: Settings) -> dict[str, Setting]:
        """The settings of a channel with the given ones: some belong to one option of another."""
        return {name: each for name, each in self.settings.items() if self._belongs(each, given)}

    def _belongs(self, setting: Setting, given: Settings) -> bool:
        if setting.only_with is None:
            return True
        name, option = setting.only_with
        deciding = self.settings[name]
        value = given.get(name, "")
        return option == (value if value in deciding.options else deciding.default)


def chosen(definition: ChannelDefinition, name: str, given: Settings) -> str:
    """The option that is set, or the default. Raises InvalidInput."""
    setting = definition.settings[name]
    value = given.get(name) or setting.default
    if value not in setting.options:
        raise InvalidInput.of(name, f"must be one of {', '.join(setting.options)}")
    return value


class ChannelKinds:
    """A registry of kinds; `CHANNEL_KINDS` are the published ones."""

    def __init__(self, definitions: Iterable[ChannelDefinition]) -> None:
        self._by_name = {str(definition.kind): definition for definition in definitions}

    def __iter__(self) -> Iterator[ChannelDefinition]:
        return iter(self._by_name.values())

    def of(self, kind: str) -> ChannelDefinition:
        """Total, for stored channels: a kind that this release does not know (a newer one made it) has no
        settings, and the last rank."""
        return self._by_name.get(kind) or ChannelDefinition(kind, {}, alert_rank=LAST)

    def require(self, kind: str) -> ChannelDefinition:
        """Raises InvalidInput."""
        definition = self._by_name.get(kind)
        if definition is None:
            raise InvalidInput.of("kind", f"must be one of {', '.join(self._by_name)}")
        return definition

    @property
    def sections(self) -> Mapping[str, tuple[str, str]]:
        """Section of CERTCTL_CHANNELS -> the kind that it configures, and the setting that makes a channel
        of it."""
        return {
            section: (str(definition.kind), setting)
            for definition in self
            for section, setting in definition.configured_by.items()
        }
