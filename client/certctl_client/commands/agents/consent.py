"""`certctl agent consent`: what this host allows its agent to do."""

import grp
import pwd
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.agent.consent.consent import Consent
from certctl_client.agent.consent.file import DEFAULT_PATH, ConsentFile
from certctl_client.agent.consent.proposal import Wishes, found_on, proposal, write_new
from certctl_client.commands.options import Output
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, say, show

app = typer.Typer(
    no_args_is_help=True,
    help="What this host allows its agent to do, whatever the server requests (docs/agent.md).",
)

ConsentPath = Annotated[
    Path, typer.Option("--consent", envvar="CERTCTL_AGENT_CONSENT", help="What this host allows: TOML.")
]
OwnConsent = Annotated[
    bool,
    typer.Option(
        "--own-consent",
        envvar="CERTCTL_AGENT_OWN_CONSENT",
        help="For a trial: accept a consent file that the agent's own user may write.",
    ),
]
_ETC = Path("/etc")


@app.command()
def init(
    consent: ConsentPath = DEFAULT_PATH,
    write: Annotated[bool, typer.Option("--write", help="Write it to its path, unless that exists.")] = False,
    kind: Annotated[
        list[str] | None, typer.Option(help="NGINX, Apache, HAProxy, Files or ACM. Repeatable.")
    ] = None,
    allow_directory: Annotated[
        list[str] | None, typer.Option(help="Targets may write below it. Repeatable.")
    ] = None,
    allow_command: Annotated[
        list[str] | None, typer.Option(help="Targets may run exactly this. Repeatable.")
    ] = None,
    allow_owner: Annotated[
        list[str] | None, typer.Option(help="Files may belong to this user or group. Repeatable.")
    ] = None,
    allow_verify: Annotated[
        list[str] | None, typer.Option(help="The agent may connect to this host. Repeatable.")
    ] = None,
) -> None:
    """Propose a consent file for the web servers that are installed here, on standard output."""
    wanted = Wishes(
        kind or (),
        allow_directory or (),
        [_words_of(text) for text in allow_command or ()],
        allow_owner or (),
        allow_verify or (),
    )
    found = found_on(_ETC)
    text = proposal(found, wanted, consent)
    if not (found.kinds or wanted.kinds):
        say("No NGINX, Apache or HAProxy is installed here: the file allows no kind of target yet.")
    if not write:
        typer.echo(text, nl=False)
        return
    write_new(consent, text)
    say(f"{consent} was written. Read what it allows, and create the directories that it names.")


@app.command("show")
def show_consent(
    consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False, output: Output = Format.TABLE
) -> None:
    """Show what the file allows."""
    show(Detail(facts_of(ConsentFile(consent, own_consent).required())), output)


@app.command()
def check(consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False) -> None:
    """Check that the file is valid for an agent run by the current user; exit code 2 if it is not."""
    found = ConsentFile(consent, own_consent).required()
    for warning in _warnings(found):
        say(f"Warning: {warning}")
    say(f"{consent} is valid.")


def facts_of(consent: Consent) -> Mapping[str, Any]:
    shown = consent.as_wire
    return {**shown, "commands": [shlex.join(command) for command in consent.commands]}


def _words_of(text: str) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is not a command.") from None
    if not words:
        raise ConfigurationError("--allow-command names no program.")
    return words


def refuse_flags(directories: list[str] | None, commands: list[str] | None) -> None:
    """Refuses flags of earlier releases. Raises ConfigurationError, which names the command to use now."""
    if not directories and not commands:
        return
    words = [word for text in directories or () for word in ("--allow-directory", text)]
    words += [word for text in commands or () for word in ("--allow-command", text)]
    raise ConfigurationError(
        "This host's consent file defines what the agent may do, not the enrolment.",
        f"As root: certctl agent consent init --write {shlex.join(words)}",
    )


def _warnings(consent: Consent) -> Iterator[str]:
    for name in consent.open_lists:
        yield f"{name}: anyone who may edit a target decides without limits."
    if not consent.kinds:
        yield "no kind is allowed, so every target is refused."
    for directory in consent.directories:
        if not Path(directory).is_dir():
            yield f"{directory} does not exist."
    for name in consent.owners:
        if not _is_known(name):
            yield f"this host has no user or group {name!r}."


def _is_known(name: str) -> bool:
    for look in (pwd.getpwnam, grp.getgrnam):
        try:
            look(name)
        except KeyError:
            continue
        return True
    return False
