"""`certctl agent`: the deployment agent of this host. What the commands do is in `agent/program`, which they
import when they run: their help needs no network and no cryptography."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from certctl_client.agent.consent.file import DEFAULT_PATH, ConsentFile
from certctl_client.agent.events import log_to_standard_error
from certctl_client.agent.program.consents import refuse_flags
from certctl_client.agent.program.settings import (
    LONGEST_POLL,
    LONGEST_SECRET,
    SHORTEST_POLL,
    TOKEN_VARIABLE,
)
from certctl_client.agent.state import DEFAULT_DIRECTORY
from certctl_client.commands.agents import consent as agent_consent
from certctl_client.commands.agents.consent import ConsentPath, OwnConsent
from certctl_client.commands.agents.discover import discover
from certctl_client.commands.options import Output
from certctl_client.output import Detail, Format, say, show
from certctl_client.settings import URL_VARIABLE

if TYPE_CHECKING:
    from certctl_client.agent.program.acts import Paths

app = typer.Typer(
    no_args_is_help=True,
    help="The deployment agent of this host: private keys are generated here and stay here.\n\n"
    "First `consent init --write`, `install` and `enroll`, then the service runs (docs/agent.md).",
)
app.add_typer(agent_consent.app, name="consent")
app.command("discover")(discover)

Place_ = Annotated[
    Path,
    typer.Option("--state-dir", envvar="CERTCTL_AGENT_STATE_DIR", help="Keys, journals and configuration."),
]


@app.command()
def enroll(
    url: Annotated[str, typer.Option(envvar=URL_VARIABLE, help="https://certctl.example.com")],
    state_dir: Place_ = DEFAULT_DIRECTORY,
    hostname: Annotated[str | None, typer.Option(help="Default: this host's name.")] = None,
    secret_stdin: Annotated[
        bool,
        typer.Option(
            "--secret-stdin", help=f"Read the token or key from standard input, not {TOKEN_VARIABLE}."
        ),
    ] = False,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the agent that is enrolled here.")] = False,
    allow_directory: Annotated[list[str] | None, typer.Option(hidden=True)] = None,
    allow_command: Annotated[list[str] | None, typer.Option(hidden=True)] = None,
) -> None:
    """Make this host an agent, with a bootstrap token or the key of a registered agent.

    The consent file defines what the agent may do here, and must exist: `certctl agent consent init`. The
    secret is not an option: it would appear in the shell's history and in the list of processes.
    """
    from certctl_client.agent.program import acts

    refuse_flags(allow_directory, allow_command)
    paths = _paths(state_dir, consent, own_consent)
    paths.consent.required()  # before anybody is asked for the secret
    read = (lambda: sys.stdin.readline(LONGEST_SECRET)) if secret_stdin else None
    say(acts.enrolled(paths, url, hostname, acts.secret_from(read, _prompted), force))


@app.command()
def run(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    max_poll_seconds: Annotated[
        float,
        typer.Option(
            min=SHORTEST_POLL,
            max=LONGEST_POLL,
            envvar="CERTCTL_AGENT_MAX_POLL_SECONDS",
            help="Maximum pause between polls. The server asks for 300 s while there is no work.",
        ),
    ] = LONGEST_POLL,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
) -> None:
    """Poll and do the work until SIGTERM. Writes a line for each event to standard error."""
    from certctl_client.agent.program import acts

    acts.run(_paths(state_dir, consent, own_consent), max_poll_seconds, log_to_standard_error(os.environ))


@app.command()
def once(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
) -> None:
    """Run one round: finish what an earlier run left, then do the open work. For use with a timer."""
    from certctl_client.agent.program import acts

    acts.once(_paths(state_dir, consent, own_consent), log_to_standard_error(os.environ))


@app.command()
def status(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
    output: Output = Format.TABLE,
) -> None:
    """Show the agent's identity, key expiry, consent and unfinished jobs. Makes no request."""
    from certctl_client.agent.program import acts

    show(Detail(acts.status_of(_paths(state_dir, consent, own_consent)), key="agent_id"), output)


@app.command()
def install(
    enable: Annotated[bool, typer.Option("--enable", help="Start the agent, now and at boot.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and show the unit.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that `install` did not write.")
    ] = False,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
) -> None:
    """Create the agent's user, its directories and systemd's unit, from the consent file. Can be repeated."""
    from certctl_client.agent.program.install import installed, rehearsed

    file = ConsentFile(consent, own_consent)
    if dry_run:
        return rehearsed(file, enable, say, lambda text: typer.echo(text, nl=False))
    installed(file, enable, force, say)


def _paths(state_dir: Path, consent: Path, own_consent: bool) -> "Paths":
    from certctl_client.agent.program.acts import Paths

    return Paths(state_dir, ConsentFile(consent, own_consent))


def _prompted() -> str:
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt("Bootstrap token or agent key", hide_input=True, err=True))
