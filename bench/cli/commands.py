"""What a command costs from its start to its end, beside the same of an earlier commit, certbot and gh, in
processor time. The server is a thread of this process, whose time is not counted."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from bench.harness.base import BASE, HERE, base_tree
from bench.harness.peers import program
from bench.harness.rows import Row, Skipped
from bench.harness.turns import Act, beside, ran
from tests.support.client.samples import sampled
from tests.support.client.server import Asked, LoopbackServer, Reply

_PAGE = 50
_SDK = (
    "The rest is ours: schemas of tools, typer, httpx. The SDK makes 576 pydantic models as it is imported."
)
_CERTBOT = "It reads its own directory, which is empty here; ours asks a server for 50 certificates."
_GH = "gh is one compiled file; ours starts Python, which alone takes {bare:.0f} ms, and imports typer."


@dataclass(frozen=True)
class _Certctl:
    """The command of one tree, from its sources, by the interpreter of this environment."""

    tree: Path
    url: str
    home: str

    def turn(self, *arguments: str) -> Act:
        command = [sys.executable, "-m", "certctl_client", *arguments]
        return lambda: ran(command, environment=self._environment).cpu_ms

    @property
    def _environment(self) -> dict[str, str]:
        settings = {"CERTCTL_URL": self.url, "CERTCTL_API_KEY": "certctl_tok_bench", "HOME": self.home}
        python = {"PYTHONPATH": str(self.tree / "client"), "PYTHONSAFEPATH": "1"}
        return {**os.environ, **settings, **python, "NO_COLOR": "1", "COLUMNS": "200"}


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as home, LoopbackServer(_answered).running() as server:
        ours, base = (_Certctl(tree, server.url, home) for tree in (HERE, base_tree()))
        for arguments in (("--version",), ("certs", "list"), ("mcp",)):
            name = " ".join(("certctl", *arguments))
            yield beside(ours.turn(*arguments), base.turn(*arguments)).row(name, "ms", f"base {BASE}")
        yield _beside_sdk(ours)
        yield from _beside_peers(ours, home)


def _answered(asked: Asked) -> Reply:
    """A record of each kind, and lists of 50."""
    reply = sampled(asked)
    found = json.loads(reply.body or "null")
    if not isinstance(found, dict) or "data" not in found:
        return reply
    return replace(reply, body=json.dumps(found | {"data": found["data"] * _PAGE}).encode())


def _beside_sdk(ours: _Certctl) -> Row:
    pair = beside(ours.turn("mcp"), partial(_peer, sys.executable, "-c", "import mcp.server"))
    return replace(pair.row("certctl mcp, input ends at once", "ms", "`import mcp.server` alone"), note=_SDK)


def _beside_peers(ours: _Certctl, home: str) -> Iterator[Row]:
    bare = _peer(sys.executable, "-c", "pass")
    folders = [part for name in ("config", "work", "logs") for part in (f"--{name}-dir", f"{home}/{name}")]
    for arguments, peer, command, note in (
        (("certs", "list"), "certbot", ("certificates", *folders), _CERTBOT),
        (("--version",), "certbot", ("--version",), ""),
        (("--version",), "gh", ("--version",), _GH.format(bare=bare)),
    ):
        try:
            found = program(peer)
        except Skipped as reason:
            print(f"  skipped: {reason}")
            continue
        pair = beside(ours.turn(*arguments), partial(_peer, found, *command))
        name = " ".join(("certctl", *arguments))
        yield replace(pair.row(name, "ms", f"{peer} {command[0]}"), note=note)


def _peer(*command: str) -> float:
    return ran(command).cpu_ms
