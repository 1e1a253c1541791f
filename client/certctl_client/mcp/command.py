"""`certctl mcp`. Imports the SDK when it runs, so that other commands start without it."""

import os
import sys
from typing import Annotated

import typer

from certctl_client.errors import ConfigurationError
from certctl_client.output import say
from certctl_client.session import open_stack
from certctl_client.settings import load_url


def serve(
    allow_writes: Annotated[
        bool, typer.Option("--allow-writes", help="Also offer the tools that requeue, renew and revoke.")
    ] = False,
) -> None:
    """Serve an MCP client (an assistant, an editor) on standard input and output, with your key."""
    with open_stack() as stack:
        try:
            from certctl_client.mcp.server import acting_server, reading_server
        except ModuleNotFoundError:
            raise ConfigurationError(
                "`certctl mcp` needs the MCP SDK, which is not installed.", "pip install 'certctl[mcp]'"
            ) from None

        make = acting_server if allow_writes else reading_server
        if sys.stdin.isatty():
            say("This is an MCP server that waits for a client on standard input; Ctrl-D ends it.")
        make(stack, load_url(os.environ)).run()
