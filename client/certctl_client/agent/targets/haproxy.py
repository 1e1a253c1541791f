"""HAProxy: `bind ... ssl crt FILE`, one file with leaf, chain and key."""

from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.configuration import path_in
from certctl_client.agent.targets.served_files import Part, everything, served

_TEST = ("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg")
_RELOAD = ("systemctl", "reload", "haproxy")


def haproxy(assignment: Assignment) -> Target:
    combined = Part(path_in(assignment, "certificate_path"), everything, is_secret=True)
    return served(assignment, [combined], _TEST, _RELOAD)
