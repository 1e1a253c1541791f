"""The kinds of targets, by the name that the server knows."""

from collections.abc import Callable, Mapping

from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.acm import acm
from certctl_client.agent.targets.apache import apache
from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.haproxy import haproxy
from certctl_client.agent.targets.nginx import nginx
from certctl_client.agent.targets.plain_files import plain_files

KINDS: Mapping[str, Callable[[Assignment], Target]] = {
    "NGINX": nginx,
    "Apache": apache,
    "HAProxy": haproxy,
    "Files": plain_files,
    "ACM": acm,
}


def target_of(kind: str, assignment: Assignment) -> Target:
    """Raises WorkRefused for a kind or a configuration that this agent cannot serve, or its host does not
    allow."""
    assignment.consent.require_kind(kind)
    make = KINDS.get(kind)
    if make is None:
        raise WorkRefused(f"This version of the agent knows no target of kind {kind!r}.")
    return make(assignment)
