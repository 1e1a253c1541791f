"""`certctl agent`: the deployment agent of this host."""

import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.agent.consent.current import consent_for
from certctl_client.agent.consent.file import DEFAULT_PATH, ConsentFile
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
from certctl_client.agent.state import DEFAULT_DIRECTORY, Enrolment, State, open_state
from certctl_client.agent.working import LONGEST_PAUSE
from certctl_client.commands.agents import consent as agent_consent
from certctl_client.commands.agents.consent import ConsentPath, OwnConsent, facts_of, refuse_flags
from certctl_client.commands.options import Output
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.output import Detail, Format, say, show
from certctl_client.settings import URL_VARIABLE, checked_key, checked_url

app = typer.Typer(
    no_args_is_help=True,
    help="The deployment agent of this host: private keys are generated here and stay here.\n\n"
    "`consent init` and `enroll` once, then `run` under systemd (docs/agent.md).",
)
app.add_typer(agent_consent.app, name="consent")

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
    os.umask(_PRIVATE)
    refuse_flags(allow_directory, allow_command)
    ConsentFile(consent, own_consent).required()
    place = Place(checked_url(url), this_host(hostname))
    state, secret = open_state(state_dir), checked_key(_secret(secret_stdin))
    with state.alone():
        if not force:
            refuse_enrolled(state)
        by = enrolled_with_token if secret.startswith(_BOOTSTRAP_PREFIX) else enrolled_with_key
        enrolment = by(state, place, secret, _now)
    say(f"This host is the agent {enrolment.agent_id}. Its key is stored in {state.path}.")


@app.command()
def run(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    max_poll_seconds: Annotated[
        float,
        typer.Option(
            min=_SHORTEST_POLL,
            max=LONGEST_PAUSE,
            envvar="CERTCTL_AGENT_MAX_POLL_SECONDS",
            help="Maximum pause between polls. The server asks for 300 s while there is no work.",
        ),
    ] = LONGEST_PAUSE,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
) -> None:
    """Poll and do the work until SIGTERM. Writes one JSON line for each event to standard error."""
    os.umask(_PRIVATE)
    log, state = to_standard_error(), open_state(state_dir)
    file = ConsentFile(consent, own_consent)
    with stopped_by_signals() as stop, worker_in(state, file, log, _now, max_poll_seconds) as worker:
        Loop(worker, log, stop, Pauses()).run()


@app.command()
def once(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
) -> None:
    """Run one round: finish what an earlier run left, then do the open work. For use with a timer."""
    os.umask(_PRIVATE)
    file = ConsentFile(consent, own_consent)
    with worker_in(open_state(state_dir), file, to_standard_error(), _now) as worker:
        with suppress(CommandError):  # the round reports it again, or fails
            worker.recover()
        worker.round(threading.Event().is_set)


@app.command()
def status(
    state_dir: Place_ = DEFAULT_DIRECTORY,
    consent: ConsentPath = DEFAULT_PATH,
    own_consent: OwnConsent = False,
    output: Output = Format.TABLE,
) -> None:
    """Show the agent's identity, key expiry, consent and unfinished jobs. Makes no request."""
    show(Detail(_status_of(open_state(state_dir), ConsentFile(consent, own_consent))), output)


def _status_of(state: State, file: ConsentFile) -> dict[str, Any]:
    enrolment, key = state.enrolment(), state.key()
    return {
        "agent_id": enrolment.agent_id,
        "name": enrolment.name,
        "hostname": enrolment.hostname,
        "url": enrolment.url,
        "key_expires_at": key.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "consent": _consent_of(enrolment, file),
        "in_hand": [f"{entry.job_id} {entry.phase}" for entry in Journals(state).unfinished()],
        "failed_rollbacks": sorted(path.name for path in (state.path / "failed").glob("*")),
    }


def _consent_of(enrolment: Enrolment, file: ConsentFile) -> Mapping[str, Any]:
    try:
        return facts_of(consent_for(enrolment, file))
    except ConfigurationError as error:
        return {"problem": error.message}


def _secret(from_stdin: bool) -> str:
    given = sys.stdin.readline(_LONGEST_KEY).strip() if from_stdin else os.environ.get(TOKEN_VARIABLE, "")
    secret = given or _asked()
    if not secret:
        raise ConfigurationError(
            "Neither a token nor a key was given.", f"Set {TOKEN_VARIABLE}, or use --secret-stdin."
        )
    return secret


def _asked() -> str:
    if not sys.stdin.isatty():
        return ""
    return str(typer.prompt("Bootstrap token or agent key", hide_input=True, err=True)).strip()


def _now() -> datetime:
    return datetime.now(UTC)
