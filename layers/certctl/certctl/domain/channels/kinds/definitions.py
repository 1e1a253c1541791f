"""The definition of a kind of channel: its settings, and its properties for the engine.

Pure, so that the API, which may call nobody, reads the same definition as the notifier.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from certctl.domain.errors import InvalidInput
from certctl.domain.kinds import Option, Setting, SettingForm, Settings

SettingValues = Mapping[str, str]
"""The settings of one channel, by name."""
LAST = 1_000


def secret(label: str, destination: str, *, required: bool = False, help: str = "") -> Setting:
    return Setting(
        label=label,
        form=SettingForm.SECRET,
        required=required,
        help=help,
        reference_of="channels",
        destination=destination,
    )


def options_of(*values: str) -> tuple[Option, ...]:
    """Options whose values need no other label."""
    return tuple(Option(value, value) for value in values)


@dataclass(frozen=True)
class ChannelDefinition:
    """One kind of channel. Its notifier is in `connectors/notifiers`, under the same kind."""

    kind: str
    settings: Settings
    alert_rank: int
    """The working channel with the lowest rank gets the alert about a failing one."""
    label: str = ""
    """The label for people, if it is not the kind."""
    opens_incidents: bool = False
    """Alerts page somebody until their incident is resolved: a test resolves its own, and is rare."""
    is_for_machines: bool = False
    """Programs read it: they get each alert by itself, however many there are (ADR 19)."""
    only_critical: bool = False
    """The channel gets critical alerts only, while there are no routing rules."""
    configured_by: Mapping[str, str] = field(default_factory=dict)
    """Section of CERTCTL_CHANNELS -> the setting whose value makes the deployment's channel."""
    hosts: frozenset[str] = frozenset()
    """The provider's hosts: `url` may name these only, or a gateway that the deployment allows."""
    notice: str = ""
    """A hint for the administrators of each channel of this kind."""
    check: Callable[[SettingValues], None] | None = None
    """Raises InvalidInput for invalid values, with the setting's name and without the value."""

    def __post_init__(self) -> None:
        """Raises ValueError for an incomplete definition."""
        for setting in self.settings.values():
            if setting.is_secret and not setting.destination:
                raise ValueError(f"who gets the secret {setting.label}?")
            if setting.options and not setting.required and setting.default not in _values(setting):
                raise ValueError(f"what is {setting.label} while none is set?")

    @property
    def title(self) -> str:
        return self.label or str(self.kind)

    @property
    def plain_settings(self) -> frozenset[str]:
        """The settings that may be shown as they are."""
        return frozenset(n for n, each in self.settings.items() if not each.is_secret and not each.takes_url)

    def settings_for(self, given: SettingValues) -> dict[str, Setting]:
        """The settings of a channel with the given ones: some belong to one option of another."""
        return {name: each for name, each in self.settings.items() if self._belongs(each, given)}

    def _belongs(self, setting: Setting, given: SettingValues) -> bool:
        condition = setting.only_with
        if condition is None:
            return True
        deciding = self.settings[condition.setting]
        value = given.get(condition.setting, "")
        return condition.option == (value if value in _values(deciding) else deciding.default)


def chosen(definition: ChannelDefinition, name: str, given: SettingValues) -> str:
    """The option that is set, or the default. Raises InvalidInput."""
    setting = definition.settings[name]
    options = _values(setting)
    value = given.get(name) or setting.default
    if value not in options:
        raise InvalidInput.of(name, f"must be one of {', '.join(options)}")
    return str(value)


def _values(setting: Setting) -> list[str]:
    return [option.value for option in setting.options]


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
