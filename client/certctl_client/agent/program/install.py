"""What `install` does and says."""

import sys
from collections.abc import Callable, Sequence

from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.installing.host import Host, this_machine
from certctl_client.agent.installing.steps import UNIT, Installation
from certctl_client.agent.installing.unit import USER, program_of, unit_text
from certctl_client.errors import ConfigurationError

MODULE = ("-m", "certctl_client", "agent")
"""Starts the agent with the interpreter, where there is no console script."""

type Say = Callable[[str], None]


def installed(consent: ConsentFile, is_enabled: bool, is_forced: bool, say: Say) -> None:
    """Raises CommandError."""
    host = this_machine(USER)
    if not host.is_root:
        raise ConfigurationError("Only root can install the agent.", "Use sudo, or look with --dry-run.")
    work = Installation(host, _program(), consent.required(), is_forced)
    for step in work.steps(is_enabled):
        if step.act is not None:
            step.act()
        say(f"{'done' if step.is_needed else 'kept'}: {step.what}")
    say(_next(host, is_enabled))


def rehearsed(consent: ConsentFile, is_enabled: bool, say: Say, show: Say) -> None:
    """Says what `installed` would do, and shows the unit. Changes nothing. Raises CommandError."""
    host, allowed = this_machine(USER), consent.required()
    for step in Installation(host, _program(), allowed, is_forced=True).steps(is_enabled):
        say(f"{'would' if step.is_needed else 'keep'}: {step.what}")
    say(f"{UNIT} would be:")
    show(unit_text(_program(), allowed.directories))


def _program() -> Sequence[str]:
    return program_of(sys.argv, sys.executable, MODULE)


def _next(host: Host, is_enabled: bool) -> str:
    if not host.at("/var/lib/certctl-agent/agent.json").exists():
        return (
            f"Next: runuser -u {USER} -- {' '.join(_program())} enroll --url URL --secret-stdin < TOKENFILE, "
            "then systemctl enable --now certctl-agent"
        )
    return "The agent is installed." if is_enabled else "Next: systemctl enable --now certctl-agent"
