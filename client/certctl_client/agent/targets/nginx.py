"""NGINX: `ssl_certificate` and `ssl_certificate_key`."""

from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.served_files import certificate_and_key, served

_TEST = ("nginx", "-t", "-q")
_RELOAD = ("systemctl", "reload", "nginx")


def nginx(assignment: Assignment) -> Target:
    return served(assignment, certificate_and_key(assignment), _TEST, _RELOAD)
