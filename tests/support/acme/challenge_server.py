"""Debian's `pebble-challtestsrv`, which shows proofs of all kinds as Let's Encrypt's tests do."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from certctl.connectors.acme.paths import Ports
from certctl.domain.acme.name_servers import NameServer
from tests.support.issuing.loopback import free_ports, started
from tests.support.issuing.pebble import require_pebble


@dataclass(frozen=True)
class ChallengeServer:
    """Every name has the address 127.0.0.1. `manage` takes an action of its management interface."""

    ports: Mapping[str, int]

    @property
    def name_server(self) -> NameServer:
        return NameServer("127.0.0.1", self.ports["dns01"])

    @property
    def web_ports(self) -> Ports:
        return Ports(self.ports["http01"], self.ports["tlsalpn01"])

    def manage(self, action: str, **body: Any) -> None:
        url = f"http://127.0.0.1:{self.ports['management']}/{action}"
        request = Request(url, json.dumps(body).encode(), method="POST")
        with urlopen(request, timeout=5):  # noqa: S310  # loopback
            pass


@contextmanager
def running_challenge_server(folder: Path) -> Iterator[ChallengeServer]:
    require_pebble()
    ports = free_ports("http01", "https01", "tlsalpn01", "dns01", "management")
    options = [text for name, port in ports.items() for text in (f"-{name}", f"127.0.0.1:{port}")]
    command = ["pebble-challtestsrv", "-doh", "", "-defaultIPv6", "", *options]
    process = started(command, ports["management"], folder / "challenges.log", {})
    try:
        yield ChallengeServer(ports)
    finally:
        process.kill()
        process.wait()
