"""`certctl mcp`. Imports the SDK when it runs, so that other commands start without it."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated

import typer

from certctl_client.api.resources import Stack
from certctl_client.errors import ConfigurationError, Unreachable
from certctl_client.output import say
from certctl_client.settings import load_settings, load_url

TOOLSETS = (
    *("certificates", "jobs", "alerts", "deployments", "audit", "cas", "campaigns", "catalog"),
    *("inventory", "acme"),
)
DEFAULT_TOOLSETS = "certificates,jobs,alerts,deployments,audit,cas,campaigns"
_ALL = "all"
_HOW_TO_INSTALL = (
    "With pip, in the environment of this command: pip install 'mcp>=2.3,<3'. "
    "With pipx: pipx inject certctl 'mcp>=2.3,<3'"
)
"""Names the SDK itself: pip would look up an extra of this package in the public index, where its name is not
ours."""


def serve(
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Also offer the tools that requeue, renew and revoke.")
    ] = False,
    toolsets: Annotated[
        str, typer.Option(help=f"Sets of tools, of {', '.join(TOOLSETS)}; or {_ALL}.")
    ] = DEFAULT_TOOLSETS,
    http: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Serve streamable HTTP there, for clients with the token, not stdio."
        ),
    ] = None,
) -> None:
    """Serve an MCP client (an assistant, an editor) on standard input and output.

    Your key or session is exchanged for a token that ends with it and makes no others: it reads, and with
    --allow-writes it writes, too.
    """
    names = chosen(toolsets)
    _require_sdk()
    from certctl_client.mcp.tokens import assistants_api

    with assistants_api(load_settings(os.environ), allow_writes) as api:
        stack = Stack(api)
        _greet(stack)
        _serve(stack, names, allow_writes, http)


def chosen(toolsets: str) -> Sequence[str]:
    """Names of sets, each once. Raises ConfigurationError for one that does not exist."""
    names = [name.strip() for name in toolsets.split(",") if name.strip()]
    if names == [_ALL]:
        return TOOLSETS
    if unknown := [name for name in names if name not in TOOLSETS]:
        raise ConfigurationError(
            f"There is no set of tools {unknown[0]!r}.", f"The sets are {', '.join(TOOLSETS)}; or {_ALL}."
        )
    return list(dict.fromkeys(names))


def _require_sdk() -> None:
    """Raises ConfigurationError."""
    if find_spec("mcp") is None:
        raise ConfigurationError("`certctl mcp` needs the MCP SDK, which is not installed.", _HOW_TO_INSTALL)


def _greet(stack: Stack) -> None:
    """Checks the credential before a client connects. Raises RequestFailed. A server that cannot be reached
    may come back: the tools report it."""
    try:
        caller = stack.keys.session()
    except Unreachable as error:
        say(f"Warning: {error.message}")
        return
    if sys.stdin.isatty():
        whose = caller["name"] or caller["subject_id"]
        say(f"Serving as {whose} ({caller['role']}).")


def _serve(stack: Stack, names: Sequence[str], may_write: bool, http: str | None) -> None:
    from certctl_client.mcp.server import Offer, server_for

    url, offer = load_url(os.environ), Offer(names, may_write)
    if http is not None:
        from certctl_client.mcp.http import serve_http

        return serve_http(lambda guard: server_for(stack, url, offer, guard), http, os.environ, say)
    if sys.stdin.isatty():
        say("This is an MCP server that waits for a client on standard input; Ctrl-D ends it.")
    server_for(stack, url, offer).run()
