"""Files for whatever reads them; a command afterwards where one is configured. Nothing is asked over TLS."""

from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.configuration import command_in, group_in, owner_in
from certctl_client.agent.targets.served_files import ServedFiles, certificate_and_key


def plain_files(assignment: Assignment) -> Target:
    return ServedFiles(
        certificate_and_key(assignment),
        owner_in(assignment),
        group_in(assignment),
        test=(),
        reload=command_in(assignment, "reload_command"),
        endpoint=None,
        seconds_to_verify=0.0,
    )
