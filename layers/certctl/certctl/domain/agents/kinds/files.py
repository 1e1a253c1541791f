"""Files on a host, for any program that reads them by itself or after a command."""

from certctl.domain.agents.kinds import host_settings
from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.kinds import TargetType

FILES = TargetDefinition(
    type=TargetType.FILES,
    label="Files",
    help="Files on the agent's host, for any program.",
    settings={
        **host_settings.FILES,
        "reload_command": host_settings.reloaded_by(),
        **host_settings.OWNERSHIP,
    },
)
