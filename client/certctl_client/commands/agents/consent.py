"""`certctl agent consent`: what this host allows its agent to do."""

from pathlib import Path
from typing import Annotated

import typer

from certctl_client.agent.consent.file import DEFAULT_PATH, ConsentFile
from certctl_client.agent.consent.proposal import write_new
from certctl_client.agent.program.consents import facts_of, proposed, warnings_of, wishes
from certctl_client.commands.options import FactsOutput
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


@app.command()
def init(
    consent: ConsentPath = DEFAULT_PATH,
    write: Annotated[bool, typer.Option("--write", help="Write it to its path, unless that exists.")] = False,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Allow this kind instead of the servers found here: NGINX, Apache, ... Repeatable."
        ),
    ] = None,
    detect: Annotated[
        bool, typer.Option("--detect", help="With --kind: also allow the servers that are installed here.")
    ] = False,
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
    allow_acm: Annotated[
        list[str] | None,
        typer.Option(help="ARN of a certificate in ACM that may be replaced; .../* for all. Repeatable."),
    ] = None,
) -> None:
    """Propose a consent file on standard output: for the web servers installed here, or for each --kind."""
    requested = wishes(kind, allow_directory, allow_command, allow_owner, allow_verify, allow_acm)
    text, remarks = proposed(requested, detect, consent)
    for remark in remarks:
        say(remark)
    if not write:
        typer.echo(text, nl=False)
        return
    write_new(consent, text)
    say(f"{consent} was written. Read what it allows, and create the directories that it names.")


@app.command("show")
def show_consent(
    consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False, output: FactsOutput = Format.TABLE
) -> None:
    """Show what the file allows."""
    show(Detail(facts_of(ConsentFile(consent, own_consent).required())), output)


@app.command()
def check(consent: ConsentPath = DEFAULT_PATH, own_consent: OwnConsent = False) -> None:
    """Check that the file is valid for an agent run by the current user; exit code 2 if it is not."""
    found = ConsentFile(consent, own_consent).required()
    for warning in warnings_of(found):
        say(f"Warning: {warning}")
    say(f"{consent} is valid.")
