"""Debian's `pebble`, a real ACME server (RFC 8555, RFC 9773), and its DNS server, on loopback."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.issuing.loopback import ChallengeDns, Door, free_ports, running_dns, started
from tests.support.issuing.web_server import web_server

EAB_KEY_ID = "kid-1"
EAB_HMAC = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
BLOCKED_DOMAIN = "blocked-domain.example"
_MISSING = "needs Debian's package pebble: apt-get install pebble"


def require_pebble() -> None:
    """Skips on a machine without it; fails in CI, which must run everything."""
    if shutil.which("pebble") and shutil.which("pebble-challtestsrv"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


@dataclass
class Pebble:
    """`answers` are the responses of the web server of every name, by path. `environment` applies to the next
    start."""

    folder: Path
    identity: TlsIdentity
    settings: Mapping[str, Any]
    ports: Mapping[str, int]
    dns: ChallengeDns
    answers: Callable[[str], str | None]
    process: "subprocess.Popen[bytes] | None" = None
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.ports["acme"])

    @property
    def directory_url(self) -> str:
        """Through the forwarder, which can be closed while the server runs."""
        return f"https://localhost:{self.door.port}/dir"

    def start(self) -> None:
        """Loses its state: it keeps everything in memory."""
        config = self.folder / "pebble.json"
        config.write_text(json.dumps({"pebble": self.settings}))
        command = ["pebble", "-config", str(config), "-dnsserver", self.dns.address]
        quick = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
        self.process = started(command, self.ports["acme"], self.folder / "pebble.log", quick)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def serve(self, answers: Callable[[str], str | None]) -> None:
        self.answers = answers

    def set_txt(self, name: str, values: list[str]) -> None:
        """Sets the TXT records that its DNS server returns."""
        self.dns.set_txt(name, values)

    def root_pem(self) -> str:
        return self._asked("roots/0")

    def revoked(self, serial: str) -> bool:
        """The server's own status of a certificate, by its serial in hex."""
        status: dict[str, Any] = json.loads(self._asked(f"cert-status-by-serial/{serial}"))
        return bool(status["Status"] == "Revoked")

    def _asked(self, path: str) -> str:
        url = f"https://localhost:{self.ports['management']}/{path}"
        with urlopen(url, context=self.identity.client, timeout=5) as answer:  # loopback
            return str(answer.read().decode())


@contextmanager
def running_pebble(folder: Path, **settings: Any) -> Iterator[Pebble]:
    """`settings` are its own, over defaults."""
    require_pebble()
    ports = free_ports("acme", "management", "tls")
    identity = tls_identity(folder, "localhost")
    known: dict[str, str] = {}
    with running_dns(folder) as dns, web_server(known.get) as web:
        server = Pebble(folder, identity, {}, ports, dns, known.get)
        server.settings = _settings(identity, ports, web.port) | settings
        web.answers = lambda path: server.answers(path)
        try:
            server.start()
            with server.door.open():
                yield server
        finally:
            server.kill()


def _settings(identity: TlsIdentity, ports: Mapping[str, int], http_port: int) -> dict[str, Any]:
    return {
        "listenAddress": f"127.0.0.1:{ports['acme']}",
        "managementListenAddress": f"127.0.0.1:{ports['management']}",
        "certificate": str(identity.file),
        "privateKey": str(identity.file),
        "httpPort": http_port,
        "tlsPort": ports["tls"],
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
        "domainBlocklist": [BLOCKED_DOMAIN],
        "retryAfter": {"authz": 1, "order": 2},
        "certificateValidityPeriod": 90 * 86400,
    }
