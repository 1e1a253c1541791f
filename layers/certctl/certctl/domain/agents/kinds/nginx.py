"""NGINX on a host."""

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.host_settings import FILES, OWNERSHIP, PROOF, reloaded_by, tested_by
from certctl.domain.kinds import TargetType

NGINX = TargetDefinition(
    type=TargetType.NGINX,
    label="NGINX",
    help="A server on the agent's host, reloaded.",
    settings={
        **FILES,
        "test_command": tested_by("nginx", "-t", "-q"),
        "reload_command": reloaded_by("systemctl", "reload", "nginx"),
        **PROOF,
        **OWNERSHIP,
    },
)
