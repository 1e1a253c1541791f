"""`certctl agent discover`: from certificates that lie around to certificates under management."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from certctl_client.agent.consent.file import DEFAULT_PATH
from certctl_client.agent.installing.unit import USER
from certctl_client.agent.program.settings import JOURNALS
from certctl_client.agent.state import DEFAULT_DIRECTORY
from certctl_client.commands.agents.consent import ConsentPath
from certctl_client.commands.options import FactsOutput
from certctl_client.output import Format, say

Servers = Annotated[
    list[str] | None,
    typer.Option(
        "--server",
        metavar="KIND=COMMAND",
        help='A server by its command, instead of those found: "NGINX=nginx -c /srv/nginx.conf". Repeatable.',
    ),
]
Reloads = Annotated[
    list[str] | None,
    typer.Option("--reload", metavar="KIND=COMMAND", help="The command that reloads a server. Repeatable."),
]
Names = Annotated[
    list[str] | None, typer.Option("--only", help="Only certificates with this name. Repeatable.")
]
Journals = Annotated[
    Path, typer.Option("--journals", envvar="CERTCTL_AGENT_JOURNALS", help="Directory of what undoing needs.")
]
StateDirectory = Annotated[
    Path,
    typer.Option(
        "--state-dir", envvar="CERTCTL_AGENT_STATE_DIR", help="The agent's keys, to know what it manages."
    ),
]


def discover(
    server: Servers = None,
    reload: Reloads = None,
    only: Names = None,
    owner: Annotated[str, typer.Option(help="The agent's user, who gets the new files.")] = USER,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make the changes of the plan, after a confirmation.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    undo: Annotated[
        str | None, typer.Option(metavar="ID", help="Undo this cut-over, also one that was interrupted.")
    ] = None,
    journals: Journals = JOURNALS,
    output: FactsOutput = Format.TABLE,
    state_dir: StateDirectory = DEFAULT_DIRECTORY,
    consent: ConsentPath = DEFAULT_PATH,
) -> None:
    """Find the certificates that NGINX, Apache and HAProxy serve here, and plan their move to the agent.

    Shows a plan and changes nothing. With --apply the files are copied to paths of the agent, the
    configuration names them, and the server is tested and reloaded; what fails is rolled back. Needs root,
    and no key: it makes no request (docs/discover.md).
    """
    from certctl_client.agent.discovery.journal import CutOvers
    from certctl_client.agent.program import discover as program

    program.require_one_act(apply, undo)
    kept = CutOvers(journals)
    if undo:
        return program.undone(kept, undo, say)
    search = program.Search(server or (), reload or (), only or (), owner, state_dir, consent, kept)
    plan = search.plan(datetime.now(UTC))
    sys.stdout.write(program.shown(search, plan, output))
    if apply:
        program.require_confirmation(
            yes, lambda question: str(typer.prompt(question, err=True, prompt_suffix=""))
        )
        program.applied(search, plan, say)
    return None
