"""`certctl agents register` and `token`: ways for a host to become an agent."""

import os
import shlex
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import uuid4

import typer

from certctl_client.api.schema import BootstrapTokenBody
from certctl_client.catalog.bodies import new_body
from certctl_client.catalog.kinds import KINDS
from certctl_client.commands import shown_once
from certctl_client.commands.catalog.entries import new_options
from certctl_client.commands.options import Output, given
from certctl_client.commands.shown_once import show_key
from certctl_client.commands.signatures import signed
from certctl_client.output import Format, say
from certctl_client.session import open_stack
from certctl_client.settings import load_url

_AGENTS = KINDS["agents"]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key-file", help="Write the key to this new file (0600) instead.", dir_okay=False),
]
TokenFile = Annotated[
    Path | None,
    typer.Option("--token-file", help="Write the token to this new file (0600) instead.", dir_okay=False),
]


def _register(from_file: Path | None, key_file: Path | None, output: Format, **typed: Any) -> None:
    """Register an agent. Its key is shown only once.

    On its host: `certctl-agent enroll --secret-stdin < KEYFILE`.
    """
    body = new_body(_AGENTS, from_file, given(**typed))
    with open_stack() as stack:
        agents = stack.catalog(_AGENTS.path)
        registered = shown_once.minted(
            lambda: agents.create(body, str(uuid4())),
            "An agent may exist whose key was lost: find it with `certctl agents list`, and retire it.",
        )
        show_key(registered, key_file, output, lambda: agents.delete(registered["id"]))


register = signed(_register, {**new_options(_AGENTS), "key_file": (KeyFile, None)})


def token(
    hostname_pattern: Annotated[
        str, typer.Option(help="Host name: web-*.example.com; * matches within one label.")
    ],
    team: Annotated[str | None, typer.Option(help="Id of the agent's team; default: yours.")] = None,
    token_file: TokenFile = None,
    output: Output = Format.TABLE,
) -> None:
    """Create a bootstrap token: one host may become an agent with it within an hour. It is shown once."""
    body = cast(BootstrapTokenBody, given(hostname_pattern=hostname_pattern, team_id=team))
    with open_stack() as stack:
        made = shown_once.minted(
            lambda: stack.related.create_bootstrap_token(body, str(uuid4())),
            "The token may have been created; it expires within an hour. Create another one.",
        )
    show_key(made, token_file, output, _leave, "token")
    say(f"On the host, as root, before {made['expires_at']} (docs/agent.md):")
    say("  certctl-agent consent init --write    # read what it allows")
    say("  certctl-agent install")
    url = load_url(os.environ)
    say(f"  runuser -u certctl-agent -- certctl-agent enroll --url {url}{_read_from(token_file)}")
    say("A host with the whole client has the same commands as `certctl agent`.")


def _read_from(token_file: Path | None) -> str:
    """Advice on using the token. The host's command prompts for it: an option would be in the shell's
    history."""
    return f" --secret-stdin < {shlex.quote(token_file.name)}" if token_file else ""


def _leave() -> None:
    """Does nothing: a bootstrap token expires by itself."""
