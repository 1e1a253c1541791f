"""The command line: `certctl GROUP COMMAND`. A group is a module in `commands/` and one line below."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from certctl_client import __version__
from certctl_client.commands import cas, crl, jobs, notifications
from certctl_client.commands.access import keys
from certctl_client.commands.access.login import login, logout
from certctl_client.commands.access.whoami import whoami
from certctl_client.commands.alerting import channels, mutes, routing
from certctl_client.commands.attention import attention
from certctl_client.commands.audit import trail as audit
from certctl_client.commands.catalog.groups import GROUPS
from certctl_client.commands.certs import certs
from certctl_client.commands.status import status
from certctl_client.errors import CommandError
from certctl_client.exit_codes import ExitCode
from certctl_client.mcp.command import serve
from certctl_client.output import say

app = typer.Typer(
    name="certctl",
    help="Certificates, alerts and the audit trail of a certctl stack.\n\n"
    "`certctl login` stores the server's URL and your key; CERTCTL_URL and CERTCTL_API_KEY override them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # they would show local variables, the key among them
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 not intact, 5 denied, 6 unreachable, "
    "7 revoked.",
)
app.command("login")(login)
app.command("logout")(logout)
app.command("whoami")(whoami)
app.command("status")(status)
app.command("attention")(attention)
app.add_typer(certs.app, name="certs")
app.add_typer(crl.app, name="crl")
app.add_typer(cas.app, name="cas")
app.add_typer(notifications.app, name="notifications")
app.add_typer(channels.app, name="channels")
app.add_typer(routing.app, name="routing")
app.add_typer(mutes.app, name="mutes")
app.add_typer(jobs.app, name="jobs")
app.add_typer(audit.app, name="audit")
app.add_typer(keys.app, name="keys")
for path, group in GROUPS.items():
    app.add_typer(group, name=path)
if os.name == "posix":  # needs POSIX locks, file owners and signals
    app.add_typer(import_module("certctl_client.commands.agents.host").app, name="agent")
app.command("mcp")(serve)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"certctl {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before a command."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code; errors go to standard error."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="certctl")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else ExitCode.FAILED
    except CommandError as error:
        say("\n".join(part for part in (f"Error: {error.message}", error.next_step) if part))
        return error.code
    except KeyboardInterrupt:
        say("Interrupted.")
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def run() -> None:
    """The console script."""
    sys.exit(main())
