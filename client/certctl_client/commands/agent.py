"""`certctl agent`: the deployment agent of this host."""

import os
import shlex
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.agent.control_plane import this_host
from certctl_client.agent.enrolling import (
    Place,
    enrolled_with_key,
    enrolled_with_token,
    refuse_enrolled,
)
from certctl_client.agent.events import to_standard_error
from certctl_client.agent.journals import Journals
from certctl_client.agent.running import Loop, Pauses, stopped_by_signals, worker_in
from certctl_client.agent.state import DEFAULT_DIRECTORY, State, open_state
from certctl_client.agent.targets.safe_files import checked_path
from certctl_client.agent.working import LONGEST_PAUSE
from certctl_client.commands.options import Output
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.output import Detail, Format, say, show
from certctl_client.settings import URL_VARIABLE, checked_key, checked_url

app = typer.Typer(
    no_args_is_help=True,
    help="The deployment agent of this host: keys are made here and stay here.\n\n"
    "`enroll` once, then `run` under systemd (docs/agent.md).",
)

TOKEN_VARIABLE = "CERTCTL_BOOTSTRAP_TOKEN"  # noqa: S105 - the name of a variable
_BOOTSTRAP_PREFIX = "certctl_boot_"
_LONGEST_KEY = 1024
_PRIVATE = 0o077
_SHORTEST_POLL = 15.0

Place_ = Annotated[
    Path,
    typer.Option("--state-dir", envvar="CERTCTL_AGENT_STATE_DIR", help="Keys, journals and configuration."),
]


@app.command()
def enroll(
    url: Annotated[str, typer.Option(envvar=URL_VARIABLE, help="https://certctl.example.com")],
    state_dir: Place_ = DEFAULT_DIRECTORY,
    hostname: Annotated[str | None, typer.Option(help="This host's name otherwise.")] = None,
    secret_stdin: Annotated[
        bool,
        typer.Option(
            "--secret-stdin", help=f"Read the token or key from standard input, not {TOKEN_VARIABLE}."
        ),
    ] = False,
    allow_directory: Annotated[
        list[str] | None, typer.Option(help="Targets may write below it only. Again for more.")
    ] = None,
    allow_command: Annotated[
        list[str] | None, typer.Option(help="Targets may run exactly this, and no other. Again for more.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the agent that is enrolled here.")] = False,
) -> None:
    """Make this host an agent, with a bootstrap token or the key of an agent that is registered.

    The secret is no option: it would stand in the shell's history and in the list of processes.
    """
    os.umask(_PRIVATE)
    place = Place(
        checked_url(url),
        this_host(hostname),
        [str(checked_path(text)) for text in allow_directory or ()],
        [_words(text) for text in allow_command or ()],
    )
    state, secret = open_state(state_dir), checked_key(_secret(secret_stdin))
    with state.alone():
        if not force:
            refuse_enrolled(state)
        by = enrolled_with_token if secret.startswith(_BOOTSTRAP_PREFIX) else enrolled_with_key
        enrolment = by(state, place, secret, _now)
    say(f"This host is the agent {enrolment.agent_id}. Its key is kept in {state.path}.")


@app.command()
def run(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    max_poll_seconds: Annotated[
        float,
        typer.Option(
            min=_SHORTEST_POLL,
            max=LONGEST_PAUSE,
            envvar="CERTCTL_AGENT_MAX_POLL_SECONDS",
            help="Poll at least so often. The server asks for 300 s while there is no work.",
        ),
    ] = LONGEST_PAUSE,
) -> None:
    """Polls and does the work, until SIGTERM. One JSON line for each event, on standard error."""
    os.umask(_PRIVATE)
    tell, state = to_standard_error(), open_state(state_dir)
    with stopped_by_signals() as stop, worker_in(state, tell, _now, max_poll_seconds) as worker:
        Loop(worker, tell, stop, Pauses()).run()


@app.command()
def once(state_dir: Place_ = DEFAULT_DIRECTORY) -> None:
    """One round: what an earlier run left, and the work that is there. For a timer instead of a service."""
    os.umask(_PRIVATE)
    with worker_in(open_state(state_dir), to_standard_error(), _now) as worker:
        with suppress(CommandError):  # what could not be told is told by the round, or fails it
            worker.recover()
        worker.round(threading.Event().is_set)


@app.command()
def status(state_dir: Place_ = DEFAULT_DIRECTORY, output: Output = Format.TABLE) -> None:
    """Whose agent this is, when its key ends, and what is in hand. Asks nobody."""
    show(Detail(_status_of(open_state(state_dir))), output)


def _status_of(state: State) -> dict[str, Any]:
    enrolment, key = state.enrolment(), state.key()
    return {
        "agent_id": enrolment.agent_id,
        "name": enrolment.name,
        "hostname": enrolment.hostname,
        "url": enrolment.url,
        "key_expires_at": key.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "allowed_directories": list(enrolment.directories),
        "allowed_commands": [shlex.join(command) for command in enrolment.commands],
        "in_hand": [f"{entry.job_id} {entry.phase}" for entry in Journals(state).unfinished()],
        "failed_rollbacks": sorted(path.name for path in (state.path / "failed").glob("*")),
    }


def _secret(from_stdin: bool) -> str:
    given = sys.stdin.readline(_LONGEST_KEY).strip() if from_stdin else os.environ.get(TOKEN_VARIABLE, "")
    secret = given or _asked()
    if not secret:
        raise ConfigurationError(
            "No token and no key was given.", f"Set {TOKEN_VARIABLE}, or use --secret-stdin."
        )
    return secret


def _asked() -> str:
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt("Bootstrap token or agent key", hide_input=True, err=True)).strip()


def _words(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no command.") from None
    if not words:
        raise ConfigurationError("--allow-command names no program.")
    return words


def _now() -> datetime:
    return datetime.now(UTC)
