"""The definition of a kind of target. Agents have the code that deploys to it, and checks of their own."""

from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.kinds import HostPart, Setting, Settings


class Holding(StrEnum):
    """What a target holds: a certificate, whose record names the target, or CRLs, which need no record."""

    CERTIFICATE = "certificate"
    CRLS = "crls"


@dataclass(frozen=True)
class TargetDefinition:
    type: str
    """A member of `TargetType`: it is stored and published."""
    label: str
    help: str
    settings: Settings
    holding: Holding = Holding.CERTIFICATE

    def reaching(self, *parts: HostPart) -> dict[str, Setting]:
        """The settings that reach one of these parts of the host."""
        return {name: setting for name, setting in self.settings.items() if setting.reaches in parts}
