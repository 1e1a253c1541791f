"""Real NGINX, Apache httpd and HAProxy as child processes, on free loopback ports, with their files in a
folder of the test."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from certctl_client.agent.targets.handshake import Endpoint
from tests.support.agents.ca import IssuedVersion

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_PACKAGES = {"nginx": "nginx-light", "apache2": "apache2", "haproxy": "haproxy"}
_MODULES = "/usr/lib/apache2/modules"


@dataclass(frozen=True)
class WebServer:
    """`target` is its configuration as a target; `first` is the certificate that it serves at first."""

    kind: str
    name: str
    configuration: Path
    target: dict[str, Any]
    endpoint: Endpoint
    first: IssuedVersion

    def served(self) -> str | None:
        return self.endpoint.served()

    @property
    def key_path(self) -> Path:
        return Path(self.target["config"].get("key_path", self.target["config"]["certificate_path"]))

    def changed(self, **config: Any) -> dict[str, Any]:
        """The target, with other values in its configuration."""
        return self.target | {"config": self.target["config"] | config}


class Issues(Protocol):
    def issue(self, names: Sequence[str], days: int) -> tuple[IssuedVersion, str]:
        """With a new key, in PEM."""


type Start = Callable[[Path, str, Issues], Any]


@contextmanager
def nginx(folder: Path, name: str, ca: Issues) -> Iterator[WebServer]:
    port, first, files = _prepared("nginx", folder, name, ca)
    configuration = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration.write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nworker_processes 1;\n"
        "events { worker_connections 64; }\n"
        f"http {{\naccess_log off;\n{temporary}"
        f"server {{ listen 127.0.0.1:{port} ssl; server_name {name};\n"
        f"ssl_certificate {files['certificate_path']};\nssl_certificate_key {files['key_path']};\n"
        'location / { return 200 "served"; } } }\n'
    )
    base = ["nginx", "-p", str(folder), "-c", str(configuration), "-e", f"{folder}/error.log"]
    config = files | {"test_command": [*base, "-t", "-q"], "reload_command": [*base, "-s", "reload"]}
    server = _server("NGINX", name, configuration, config, port, first)
    with _started([*base, "-g", "daemon off;"], server):
        yield server


@contextmanager
def apache(folder: Path, name: str, ca: Issues) -> Iterator[WebServer]:
    port, first, files = _prepared("apache2", folder, name, ca)
    configuration = folder / "apache2.conf"
    modules = "".join(
        f"LoadModule {module}_module {_MODULES}/mod_{module}.so\n"
        for module in ("mpm_event", "authz_core", "socache_shmcb", "ssl")
    )
    configuration.write_text(
        f"{modules}ServerRoot {folder}\nServerName {name}\nPidFile {folder}/apache2.pid\n"
        f"DefaultRuntimeDir {folder}\nErrorLog {folder}/error.log\nMutex pthread\n"
        f"Listen 127.0.0.1:{port}\nUser www-data\nGroup www-data\nStartServers 1\nThreadsPerChild 5\n"
        "ServerLimit 4\nMaxRequestWorkers 20\n"
        f"<VirtualHost 127.0.0.1:{port}>\nServerName {name}\nSSLEngine on\n"
        f"SSLCertificateFile {files['certificate_path']}\nSSLCertificateKeyFile {files['key_path']}\n"
        "</VirtualHost>\n"
    )
    base = ["apache2", "-f", str(configuration)]
    config = files | {"test_command": [*base, "-t"], "reload_command": [*base, "-k", "graceful"]}
    server = _server("Apache", name, configuration, config, port, first)
    with _started([*base, "-D", "FOREGROUND"], server):
        yield server


@contextmanager
def haproxy(folder: Path, name: str, ca: Issues) -> Iterator[WebServer]:
    port, first, files = _prepared("haproxy", folder, name, ca)
    configuration, pid = folder / "haproxy.cfg", folder / "haproxy.pid"
    combined = files["certificate_path"]
    configuration.write_text(
        "defaults\n  mode http\n  timeout client 5s\n  timeout server 5s\n  timeout connect 5s\n"
        f"frontend https\n  bind 127.0.0.1:{port} ssl crt {combined}\n  http-request return status 200\n"
    )
    process = ["haproxy", "-W", "-db", "-q", "-f", str(configuration), "-p", str(pid)]
    with _launched(process, folder) as running:
        config = {
            "certificate_path": combined,
            "test_command": ["haproxy", "-c", "-q", "-f", str(configuration)],
            # like `systemctl reload haproxy`
            "reload_command": ["kill", "-USR2", str(running.pid)],
        }
        server = _server("HAProxy", name, configuration, config, port, first)
        _wait_for(server, running)
        yield server


SERVERS: dict[str, Start] = {"nginx": nginx, "apache2": apache, "haproxy": haproxy}


def require(program: str) -> None:
    """Skips, or fails if every server must be installed."""
    if shutil.which(program, path=PATH):
        return
    advice = f"{program} is missing: apt-get install --no-install-recommends {_PACKAGES[program]}"
    if os.environ.get("CI") == "true":
        pytest.fail(advice)
    pytest.skip(advice)


def _prepared(program: str, folder: Path, name: str, ca: Issues) -> tuple[int, IssuedVersion, dict[str, Any]]:
    require(program)
    first, key = ca.issue([name], days=1)
    certificate, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate.write_text(first.full + (key if program == "haproxy" else ""))
    key_path.write_text(key)
    for path in (certificate, key_path):
        path.chmod(0o600)
    return free_port(), first, {"certificate_path": str(certificate), "key_path": str(key_path)}


def _server(
    kind: str, name: str, configuration: Path, config: dict[str, Any], port: int, first: IssuedVersion
) -> WebServer:
    verify = {"verify_address": f"127.0.0.1:{port}", "verify_timeout_seconds": 6}
    target = {"id": f"t-{kind.lower()}", "type": kind, "config": config | verify}
    return WebServer(kind, name, configuration, target, Endpoint("127.0.0.1", port, name), first)


@contextmanager
def _started(command: Sequence[str], server: WebServer) -> Iterator[None]:
    with _launched(command, server.configuration.parent) as process:
        _wait_for(server, process)
        yield


@contextmanager
def _launched(command: Sequence[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={"PATH": PATH})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(server: WebServer, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 15
    while server.served() != server.first.fingerprint_sha256:
        assert process.poll() is None, (server.configuration.parent / "output.log").read_text()
        assert time.monotonic() < ends, "the server does not come up"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
