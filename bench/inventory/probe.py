"""Probes of TLS servers, unthrottled: processor time and memory of the prober, beside an earlier commit.
NGINX listens on every address of 127.0.0.0/8, so that each server has an address of its own."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.harness.base import BASE, HERE, base_tree, environment_of
from bench.harness.rows import Row, Skipped, exactly
from bench.harness.turns import Ran, beside, ran
from tests.support.agents.web_servers import PATH, free_port
from tests.support.probing.pki import Identity, Pki
from tests.support.probing.probing import handshakes

_COUNT, _FEW = 1000, 100
_PROBER = """
import sys
from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Order

lines = (line.strip().partition(":") for line in sys.stdin)
orders = (Order(host, int(port), "localhost") for host, _, port in lines)
Prober(contexts()).run(orders, lambda probe: print(len(probe.addresses[0].handshakes[0].chain)))
"""


def rows() -> Iterator[Row]:
    if shutil.which("nginx", path=PATH) is None:
        raise Skipped("no nginx")
    pki = Pki()
    with tempfile.TemporaryDirectory() as name, _nginx(Path(name), pki.identity()) as port:
        root = str(pki.root_file(Path(name)))
        ours, base = (partial(_handshakes, tree, port) for tree in (HERE, base_tree()))
        pair = beside(lambda: ours().cpu_ms / _COUNT, lambda: base().cpu_ms / _COUNT)
        yield pair.row("one handshake with a server, as an agent probes", "ms", f"base {BASE}")
        yield Row(f"memory, {_COUNT:,} servers at 64 at a time", "MB", exactly(round(ours().peak_mb)))
        ours, base = (partial(_judged, tree, port, root) for tree in (HERE, base_tree()))
        pair = beside(lambda: ours().cpu_ms / _FEW, lambda: base().cpu_ms / _FEW)
        yield pair.row("`certctl probe` of a server, seven handshakes and the verdict", "ms", f"base {BASE}")


def _handshakes(tree: Path, port: int) -> Ran:
    done = ran([sys.executable, "-c", _PROBER], tree, environment_of(tree), _hosts(_COUNT, port))
    if (seen := done.stdout.split().count(b"2")) != _COUNT:
        raise SystemExit(f"{seen} chains of {_COUNT}")
    return done


def _judged(tree: Path, port: int, root: str) -> Ran:
    command = [sys.executable, "-m", "certctl_client", "probe", "-", "-o", "json", "--sni", "localhost"]
    done = ran([*command, "--ca", root], tree, environment_of(tree), _hosts(_FEW, port))
    if (good := sum(each["verdict"] == "good" for each in json.loads(done.stdout))) != _FEW:
        raise SystemExit(f"{good} good of {_FEW}")
    return done


def _hosts(count: int, port: int) -> bytes:
    return b"".join(f"127.1.{n // 250}.{n % 250 + 1}:{port}\n".encode() for n in range(count))


@contextmanager
def _nginx(folder: Path, identity: Identity) -> Iterator[int]:
    port, file = free_port(), identity.written(folder)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid;\nworker_processes 1;\nevents {{ worker_connections 1024; }}\n"
        f"http {{\naccess_log off;\nerror_log /dev/null;\n{temporary}"
        f"server {{ listen 0.0.0.0:{port} ssl; ssl_certificate {file}; ssl_certificate_key {file}; }} }}\n"
    )
    command = ["nginx", "-p", str(folder), "-c", f"{folder}/nginx.conf", "-e", "stderr", "-g", "daemon off;"]
    with subprocess.Popen(command, env={"PATH": PATH}) as server:
        try:
            while not handshakes(port)[0].chain:
                time.sleep(0.05)
            yield port
        finally:
            server.terminate()
