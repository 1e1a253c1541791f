"""The kinds of targets that hold a certificate, by the name that the server knows."""

from collections.abc import Callable, Mapping

from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.targets.acm import acm
from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.configuration import path_in, switch_in
from certctl_client.agent.targets.roots import with_root
from certctl_client.agent.targets.served_files import (
    Part,
    certificate_and_key,
    everything,
    served,
    unserved,
)


def target_of(kind: str, assignment: Assignment) -> Target:
    """Raises WorkRefused for a kind or a configuration that this agent does not support, or its host does not
    allow."""
    assignment.consent.require_kind(kind)
    make = KINDS.get(kind)
    if make is None:
        raise WorkRefused(f"This version of the agent knows no target of kind {kind!r}.")
    return make(assignment)


def _nginx(assignment: Assignment) -> Target:
    """`ssl_certificate` and `ssl_certificate_key`."""
    parts = certificate_and_key(assignment)
    return served(assignment, parts, ("nginx", "-t", "-q"), ("systemctl", "reload", "nginx"))


def _apache(assignment: Assignment) -> Target:
    """2.4.8 and later: `SSLCertificateFile` with the chain in it, and `SSLCertificateKeyFile`."""
    parts = certificate_and_key(assignment)
    return served(assignment, parts, ("apachectl", "-t"), ("systemctl", "reload", "apache2"))


def _haproxy(assignment: Assignment) -> Target:
    """`bind ... ssl crt FILE`, one file with leaf, chain and key, and the root if it is configured."""
    content = with_root if switch_in(assignment, "with_root") else everything
    combined = Part(path_in(assignment, "certificate_path"), content, is_secret=True)
    test = ("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg")
    return served(assignment, [combined], test, ("systemctl", "reload", "haproxy"))


def _files(assignment: Assignment) -> Target:
    return unserved(assignment, certificate_and_key(assignment))


KINDS: Mapping[str, Callable[[Assignment], Target]] = {
    "NGINX": _nginx,
    "Apache": _apache,
    "HAProxy": _haproxy,
    "Files": _files,
    "ACM": acm,
}
