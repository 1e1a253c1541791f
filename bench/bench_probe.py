"""Probes 5,000 TLS servers, unthrottled: time, processor time, and the memory of the prober.

Run: `PYTHONPATH=client:. .venv/bin/python -m bench.bench_probe [COUNT]`. NGINX listens on every address of
127.0.0.0/8, so that each server has an address of its own. An agent's probe is one handshake with each;
`certctl probe -` makes seven with a tenth of them, and judges what it saw.
Last result (2026-12-01, Python 3.13, OpenSSL 3.5.9, 2 cores under a load of 10): 5,000 chains in 17 s, 3.5 s
of processor time and 48 MB, besides 1.8 s of NGINX; `certctl probe` of 500 servers in 12.5 s, 2.4 s of
processor time and 52 MB.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.agents.web_servers import PATH, free_port
from tests.support.probing.pki import Identity, Pki
from tests.support.probing.probing import handshakes

COUNT = 5000
_PROBER = """
import sys
from certctl_client.probing.offers import contexts
from certctl_client.probing.prober import Prober
from certctl_client.probing.probes import Order

lines = (line.strip().partition(":") for line in sys.stdin)
orders = (Order(host, int(port), "localhost") for host, _, port in lines)
Prober(contexts()).run(orders, lambda probe: print(len(probe.addresses[0].handshakes[0].chain)))
"""


@dataclass(frozen=True)
class Ran:
    """`memory` is in MB, the times are seconds."""

    output: str
    wall: float
    processor: float
    memory: int

    def __str__(self) -> str:
        return f"{self.wall:.1f} s, {self.processor:.1f} s of processor time, {self.memory} MB"


def main(count: int) -> None:
    pki = Pki()
    with tempfile.TemporaryDirectory() as name, _nginx(Path(name), pki.identity()) as (port, server):
        root = str(pki.root_file(Path(name)))
        ran = _ran([sys.executable, "-c", _PROBER], _hosts(count, port))
        seen = ran.output.splitlines().count("2")
        print(f"one handshake, {seen} chains of {count}: {ran}; NGINX {_processor_seconds(server.pid):.1f} s")
        few = count // 10
        command = [sys.executable, "-m", "certctl_client", "probe", "-", "-o", "json", "--sni", "localhost"]
        ran = _ran([*command, "--ca", root], _hosts(few, port))
        good = sum(each["verdict"] == "good" for each in json.loads(ran.output))
        print(f"certctl probe, {good} good of {few}: {ran}")


def _hosts(count: int, port: int) -> str:
    return "".join(f"127.1.{n // 250}.{n % 250 + 1}:{port}\n" for n in range(count))


def _ran(command: Sequence[str], text: str) -> Ran:
    """Runs in a process whose figures are its own, because those of children are added up."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as output:
        given.write(text)
        given.seek(0)
        began = time.monotonic()
        process = subprocess.Popen(command, stdin=given, stdout=output)
        _, _, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        output.seek(0)
        return Ran(output.read(), wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)


def _processor_seconds(parent: int) -> float:
    """The processor time of the children of a process (proc(5))."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    fields = (Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in children)
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _nginx(folder: Path, identity: Identity) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
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
            yield port, server
        finally:
            server.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
