"""Our ACME server as `make run` starts it, with a DNS server of the tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.support.acme_clients.sites import AcmeSite, Binding
from tests.support.acme_clients.verifying import Leaf
from tests.support.issuing.loopback import free_ports, running_dns
from tests.support.local.stack import LocalStack, started

TEAM = "t-default"
TRUSTED_NAMES = ("DNS:**.trusted.example", "DNS:**.web.example.com", "IP:127.0.0.0/8")
PROVED_NAMES = ("DNS:**.proved.example", "DNS:proved.example", "IP:127.0.0.0/8")


@dataclass(frozen=True)
class StackSite:
    stack: LocalStack
    site: AcmeSite
    root: Path
    """File with the root of the stack's CA."""
    trusted: Binding
    """An EAB key whose names are authorized at once."""
    proved: Binding
    """An EAB key that wants challenges."""

    def status(self, leaf: Leaf) -> str:
        """What the stack publishes of a certificate: good, revoked."""
        return str(self.stack.get(f"/.well-known/pki/status/iss-local/{leaf.serial}")["status"])

    def account(self, url: str) -> Mapping[str, Any]:
        """An ACME account as operators see it."""
        found: Mapping[str, Any] = self.stack.get(f"/api/v1/acme/accounts/{url.rpartition('/')[2]}")
        return found

    def accounts(self, binding: Binding) -> list[Mapping[str, Any]]:
        return self.stack.listed("/api/v1/acme/accounts", params={"eab_key_id": binding.key_id})

    def records(self, binding: Binding, name: str) -> list[Mapping[str, Any]]:
        """Certificates that were ordered with this EAB key, with this common name."""
        found = self.stack.listed("/api/v1/certificates", params={"acme_eab_key": binding.key_id})
        return [record for record in found if record["common_name"] == name]


def bound(stack: LocalStack, **fields: Any) -> Binding:
    """A new EAB key of a new service account."""
    label = f"clients-{uuid4().hex[:8]}"
    grants = [{"role": "operator", "teams": [TEAM]}]
    account = made(stack, "/api/v1/service-accounts", {"name": label, "team_id": TEAM, "grants": grants})
    wanted = {"name": label, "service_account_id": account["id"], "wildcards": True, "max_accounts": None}
    key = made(stack, "/api/v1/acme/eab-keys", wanted | fields)
    return Binding(key["id"], key["hmac_key"])


def made(stack: LocalStack, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = stack.call("POST", path, body)
    assert answer.status_code == 201, answer.text
    record: Mapping[str, Any] = answer.json()
    return record


@contextmanager
def running_stack(folder: Path, **variables: str) -> Iterator[StackSite]:
    ports = free_ports("http", "tls")
    with running_dns(folder) as dns:
        settings = {
            "CERTCTL_ACME_DNS_SERVERS": dns.address,
            "CERTCTL_ACME_VALIDATION_CIDRS": "127.0.0.0/8",
            "CERTCTL_ACME_VALIDATION_HTTP_PORT": str(ports["http"]),
            "CERTCTL_ACME_VALIDATION_TLS_PORT": str(ports["tls"]),
        }
        with started(folder / "stack", **settings, **variables) as stack:
            root = Path(stack.outputs["acme_root"])
            site = AcmeSite(stack.acme_directory, root, ports["http"], ports["tls"], dns)
            trusted = bound(stack, names=TRUSTED_NAMES, authorization="trusted")
            proved = bound(stack, names=PROVED_NAMES)
            yield StackSite(stack, site, root, trusted, proved)
