"""The ACME server of another stack of ours, as `make run` starts it, for the ACME issuer of a stack."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.support.agents.tls_identity import TlsIdentity, tls_identity
from tests.support.issuing.loopback import ChallengeDns, Door, free_ports, running_dns
from tests.support.issuing.web_server import Web, web_server
from tests.support.local.stack import LocalStack, started

_TEAM = "t-default"


@dataclass(frozen=True)
class OwnServer:
    """`identity` has the root of its CA as well, `web` is the web server of every name."""

    stack: LocalStack
    identity: TlsIdentity
    door: Door
    dns: ChallengeDns
    web: Web

    @property
    def directory_url(self) -> str:
        """Through the forwarder, unlike all other URLs: each step of an order reads the directory first."""
        return f"https://localhost:{self.door.port}/acme/directory"

    def serve(self, answers: Callable[[str], str | None]) -> None:
        self.web.answers = answers

    def set_txt(self, name: str, values: list[str]) -> None:
        self.dns.set_txt(name, values)

    def root_pem(self) -> str:
        return Path(self.stack.outputs["acme_root"]).read_text()

    def revoked(self, serial: str) -> bool:
        return bool(self.published(serial)["status"] == "revoked")

    def published(self, serial: str) -> Mapping[str, Any]:
        """What it says of a certificate in public."""
        return dict(self.stack.get(f"/.well-known/pki/status/iss-local/{serial}"))

    def revoke(self, serial: str) -> None:
        """Revokes as its operator."""
        path = f"/api/v1/certificates/{self.record(serial)['id']}/revoke"
        answer = self.stack.call("POST", path, {"reason": "superseded"})
        assert answer.status_code == 200, answer.text

    def eab_key(self, name: str, **fields: Any) -> Mapping[str, Any]:
        """A new EAB key of a new service account, for names in example.com. Its id and secret are `id` and
        `hmac_key`."""
        grants = [{"role": "operator", "teams": [_TEAM]}]
        account = self._made("service-accounts", {"name": name, "team_id": _TEAM, "grants": grants})
        names = ["DNS:**.example.com", "DNS:example.com"]
        wanted = {"name": name, "service_account_id": account["id"], "names": names, "wildcards": True}
        return self._made("acme/eab-keys", wanted | fields)

    def record(self, serial: str) -> Mapping[str, Any]:
        """The record of a certificate that it has issued."""
        found = self.stack.listed("/api/v1/certificates", params={"acme": "true"})
        (record,) = (each for each in found if each["serial_number"] == serial)
        return dict(record)

    def _made(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self.stack.call("POST", f"/api/v1/{path}", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())


@contextmanager
def running_own_server(folder: Path) -> Iterator[OwnServer]:
    ports = free_ports("http", "tls", "acme")
    door = Door(ports["acme"])
    with running_dns(folder) as dns:
        settings = {
            "ACME_PORT": str(ports["acme"]),
            "CERTCTL_ACME_DNS_SERVERS": dns.address,
            "CERTCTL_ACME_VALIDATION_CIDRS": "127.0.0.0/8",
            "CERTCTL_ACME_VALIDATION_HTTP_PORT": str(ports["http"]),
            "CERTCTL_ACME_VALIDATION_TLS_PORT": str(ports["tls"]),
        }
        with (
            started(folder / "server", **settings) as stack,
            serving(stack, folder, door, dns, ports["http"]) as server,
        ):
            yield server


@contextmanager
def serving(
    stack: LocalStack, folder: Path, door: Door, dns: ChallengeDns, http_port: int
) -> Iterator[OwnServer]:
    """Around a running stack."""
    known: dict[str, str] = {}
    own = tls_identity(folder, "localhost")
    root = Path(stack.outputs["acme_root"]).read_text()
    identity = replace(own, certificate_pem=root + own.certificate_pem)
    with web_server(known.get, http_port) as web, door.open():
        yield OwnServer(stack, identity, door, dns, web)
