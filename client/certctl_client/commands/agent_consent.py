"""`certctl agent consent`: what this host lets its agent do."""

import grp
import pwd
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from certctl_client.agent.consent import Consent
from certctl_client.agent.consent_file import DEFAULT_PATH, ConsentFile
from certctl_client.agent.consent_proposal import Wishes, found_on, proposal, write_new
from certctl_client.commands.options import Output
from certctl_client.errors import ConfigurationError
from certctl_client.output import Detail, Format, say, show

app = typer.Typer(
    no_args_is_help=True,
    help="What this host lets its agent do, whatever the server asks for (docs/agent.md).",
)

ConsentPath = Annotated[
    Path, typer.Option("--consent", envvar="CERTCTL_AGENT_CONSENT", help="What this host allows: TOML.")
]
OwnConsent = Annotated[
    bool,
    typer.Option(
        "--own-consent",
        envvar="CERTCTL_AGENT_OWN_CONSENT",
        help="For a trial: a consent file that the agent's own user may write counts, too.",
    ),
]
_ETC = Path("/etc")


@app.command()
def init(
    consent: ConsentPath = DEFAULT_PATH,
    write: Annotated[
        bool, typer.Option("--write", help="Write it into its place, unless something is there.")
    ] = False,
    kind: Annotated[
        list[str] | None, typer.Option(help="NGINX, Apache, HAProxy, Files or ACM. Again for more.")
    ] = None,
    allow_directory: Annotated[
        list[str] | None, typer.Option(help="Targets may write below it. Again for more.")
    ] = None,
    allow_command: Annotated[
        list[str] | None, typer.Option(help="Targets may run exactly this. Again for more.")
    ] = None,
    allow_owner: Annotated[
        list[str] | None, typer.Option(help="Files may be given to this user or group. Again for more.")
    ] = None,
    allow_verify: Annotated[
        list[str] | None, typer.Option(help="The agent may connect to this host. Again for more.")
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
        say("No NGINX, Apache or HAProxy is installed here: it allows no kind of target yet.")
    if not write:
        typer.echo(text, nl=False)
        return
    write_new(consent, text)
    say(f"{consent} is written. Read what it allows, and make the directories that it names.")


@app.command("show")
def show_consent(
    consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False, output: Output = Format.TABLE
) -> None:
    """What the file allows."""
    show(Detail(facts_of(ConsentFile(consent, own_consent).required())), output)


@app.command()
def check(consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False) -> None:
    """Whether the file is valid for an agent of the user who runs this; exit code 2 where it is not."""
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
        raise ConfigurationError(f"{text!r} is no command.") from None
    if not words:
        raise ConfigurationError("--allow-command names no program.")
    return words


def refuse_flags(directories: list[str] | None, commands: list[str] | None) -> None:
    """Of earlier releases. Raises ConfigurationError, which names the command that takes them now."""
    if not directories and not commands:
        return
    words = [word for text in directories or () for word in ("--allow-directory", text)]
    words += [word for text in commands or () for word in ("--allow-command", text)]
    raise ConfigurationError(
        "What the agent may do is said by this host's consent file, not by the enrolment.",
        f"As root: certctl agent consent init --write {shlex.join(words)}",
    )


def _warnings(consent: Consent) -> Iterator[str]:
    for name in consent.open_lists:
        yield f"{name}: whoever may edit a target decides without a bound."
    if not consent.kinds:
        yield "no kind is allowed, so every target is refused."
    for directory in consent.directories:
        if not Path(directory).is_dir():
            yield f"{directory} is not there."
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
