"""Apache httpd on a host."""

from certctl.domain.agents.kinds.definitions import TargetDefinition
from certctl.domain.agents.kinds.host_settings import FILES, OWNERSHIP, PROOF, reloaded_by, tested_by
from certctl.domain.kinds import TargetType

APACHE = TargetDefinition(
    type=TargetType.APACHE,
    label="Apache",
    help="A server on the agent's host, reloaded.",
    settings={
        **FILES,
        "test_command": tested_by("apachectl", "-t"),
        "reload_command": reloaded_by("systemctl", "reload", "apache2"),
        **PROOF,
        **OWNERSHIP,
    },
)
