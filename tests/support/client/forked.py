"""`certctl` for a shell that starts it hundreds of times: a stub asks a server, which forks and runs the
command with the caller's arguments, environment and directory."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.template import ROOT

_STUB = """#!{python} -ISB
import json, os, socket, sys
asking = socket.socket(socket.AF_UNIX)
asking.connect({address!r})
asking.sendall(json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode() + b"\\n")
*printed, code = b"".join(iter(lambda: asking.recv(65536), b""))
sys.stdout.buffer.write(bytes(printed))
sys.exit(code)
"""


@contextmanager
def forked_certctl(directory: Path, client: Path = ROOT / "client") -> Iterator[Path]:
    """Yields a directory for `PATH` with a `certctl` in it."""
    address, stub = str(directory / "socket"), directory / "bin" / "certctl"
    stub.parent.mkdir()
    stub.write_text(_STUB.format(python=sys.executable, address=address))
    stub.chmod(0o755)
    environment = {"PYTHONPATH": f"{client}:{ROOT}", "HOME": "/nowhere"}
    command = [sys.executable, "-m", __name__, address]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()
        try:
            yield stub.parent
        finally:
            server.kill()


def _serve(address: str) -> None:
    from certctl_client.api import one_page  # noqa: F401  # loaded once, for all forks
    from certctl_client.cli.application import app
    from certctl_client.cli.lazy import built

    built(app, "certctl")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        asking, _ = listening.accept()
        if os.fork() == 0:
            _answer(asking)
        asking.close()
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _answer(asking: socket.socket) -> None:
    from certctl_client.main import main

    with asking.makefile() as reading:
        arguments, environment, directory = json.loads(reading.readline())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(directory)
    os.dup2(asking.fileno(), 1)
    code = main(arguments)
    sys.stdout.flush()
    asking.sendall(bytes([code]))
    os._exit(0)


if __name__ == "__main__":
    _serve(sys.argv[1])
