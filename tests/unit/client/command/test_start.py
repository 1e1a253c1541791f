"""What a command loads before it runs: the time to the first character is that of its imports."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from typer.core import TyperGroup

from certctl_client.cli.application import app
from certctl_client.cli.lazy import Deferred, built
from tests.support.client.server import HANG_UP, LoopbackServer
from tests.support.template import ROOT

_HEAVY = ("pydantic", "pydantic_core", "rich", "cryptography", "yaml", "mcp", "pygments", "boto3", "rfc8785")
_NETWORK = ("httpx", "ssl", "certctl_client.api")


def loaded_by(*arguments: str, **variables: str) -> set[str]:
    """Modules, by a process of its own."""
    code = (
        "import json, sys\n"
        "from certctl_client.main import main\n"
        "main(sys.argv[1:])\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PYTHONPATH": str(ROOT / "client"), "HOME": "/nowhere", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("certs", "--help")])
def test_help_loads_neither_the_network_nor_validators_nor_what_draws(arguments: tuple[str, ...]) -> None:
    assert not loaded_by(*arguments) & {*_HEAVY, *_NETWORK}


_EVERY_HELP = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from certctl_client.cli.application import app
from certctl_client.cli.lazy import Deferred, built
from certctl_client.main import main

def leaves(group, path=()):
    for name, command in group.commands.items():
        loaded = command.loaded() if isinstance(command, Deferred) else command
        yield from leaves(loaded, (*path, name)) if hasattr(loaded, "commands") else [(*path, name)]

with redirect_stdout(io.StringIO()):
    loaders, before = {}, set(sys.modules)
    root = built(app, "certctl")
    for path in leaves(root):
        assert main([*path, "--help"]) == 0, path
        for module in set(sys.modules) - before:
            loaders.setdefault(module, " ".join(path))
        before = set(sys.modules)
print(json.dumps(loaders))
"""


def test_the_help_of_no_command_loads_the_network_or_cryptography() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _EVERY_HELP],
        env={"PYTHONPATH": str(ROOT / "client"), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaders: dict[str, str] = json.loads(ran.stdout)
    heavy = {*_HEAVY, "httpx", "ssl", "http.client", "asyncio", "certctl_client.api.transport"}
    assert {name: loaders[name] for name in heavy & loaders.keys()} == {}


def test_completion_of_a_command_loads_no_more_than_help() -> None:
    words = {"COMP_WORDS": "certctl certs re", "COMP_CWORD": "2", "_CERTCTL_COMPLETE": "complete_bash"}
    assert not loaded_by(**words) & {*_HEAVY, *_NETWORK}


def test_a_list_loads_the_client_of_the_api_and_no_more() -> None:
    with LoopbackServer(lambda _: HANG_UP).running() as server:
        variables = {"CERTCTL_URL": server.url, "CERTCTL_API_KEY": "certctl_x", "NO_PROXY": "127.0.0.1"}
        modules = loaded_by("certs", "list", "--limit", "1", **variables)
    assert server.asked
    assert not modules & {*_HEAVY, "httpx._main", "click"}


_ASSISTANTS = """
import json, sys
from certctl_client.api.resources import Stack
from certctl_client.mcp.command import TOOLSETS
from certctl_client.mcp.server import Offer, server_for

server_for(Stack(None), "https://certctl.example.com", Offer(TOOLSETS, may_write=True))
print(json.dumps(sorted(sys.modules)))
"""


def test_an_assistants_server_offers_all_its_tools_before_it_loads_what_reads_certificates_and_crls() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _ASSISTANTS],
        env={"PYTHONPATH": str(ROOT / "client"), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(ran.stdout))
    assert "certctl_client.mcp.tools.checking" in modules
    assert not modules & {"cryptography.x509", "certctl_client.crl", "rfc8785", "yaml"}


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(loaded := real(command), TyperGroup):
            yield from commands(loaded, (*path, name))


def real(command: Any) -> Any:
    return command.loaded() if isinstance(command, Deferred) else command


def test_the_tables_say_what_the_commands_say_themselves() -> None:
    deferred: Mapping[tuple[str, ...], Deferred] = {
        path: command for path, command in commands(built(app, "certctl")) if isinstance(command, Deferred)
    }
    assert len(deferred) > 30
    for path, command in deferred.items():
        own = " ".join((real(command).help or "").split("\n\n")[0].split())
        assert command.help == own, " ".join(path)


def test_every_command_that_shows_records_takes_a_format() -> None:
    """The others only say what they have done, or write a file."""
    silent = {
        " ".join(path)
        for path, command in commands(built(app, "certctl"))
        if not hasattr(real(command), "commands")
        and "output" not in {param.name for param in real(command).params}
    }
    assert not {
        name for name in silent if name.split()[-1] in ("list", "get", "show", "create", "edit", "test")
    }
