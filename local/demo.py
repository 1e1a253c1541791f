"""Five certificates in different states, made through the HTTP API as any client would."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ISSUING_SECONDS = 60


class DemoError(Exception):
    """The API did not do what the demo asked for."""


@dataclass(frozen=True)
class Api:
    """The API of the running stack, as its administrator."""

    url: str
    key: str

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """JSON answer of one call under `/api/v1`; DemoError with the problem's text when it is refused."""
        request = urllib.request.Request(  # noqa: S310  # the URL is our own front door
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
                return json.loads(answer.read() or b"{}")  # type: ignore[no-any-return]  # JSON is Any
        except urllib.error.HTTPError as refusal:
            problem = refusal.read().decode(errors="replace")
            raise DemoError(f"{method} {path} answered {refusal.code}: {problem}") from refusal
        except (OSError, http.client.HTTPException) as broken:
            raise DemoError(f"{method} {path}: {broken}") from broken


def make_csr(common_name: str) -> str:
    """A PEM request for `common_name`, with a new P-256 key that is thrown away."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    names = x509.SubjectAlternativeName([x509.DNSName(common_name)])
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(subject).add_extension(names, critical=False)
    )
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _issue(api: Api, name: str, environment: str) -> str:
    common_name = f"{name}.demo.example.com"
    body = {"id": f"demo-{name}", "common_name": common_name, "environment": environment}
    identifier: str = api.call("POST", "/certificates", body | {"csr_pem": make_csr(common_name)})["id"]
    _wait_until_active(api, identifier)
    return identifier


def _wait_until_active(api: Api, identifier: str) -> None:
    deadline = time.monotonic() + ISSUING_SECONDS
    while (status := api.call("GET", f"/certificates/{identifier}")["status"]) != "Active":
        if time.monotonic() > deadline:
            raise DemoError(f"{identifier} is {status} after {ISSUING_SECONDS} s")
        time.sleep(0.3)


def _active(api: Api) -> None:
    _issue(api, "shop", "production")


def _revoked(api: Api) -> None:
    identifier = _issue(api, "vpn", "production")
    api.call("POST", f"/certificates/{identifier}/revoke", {"reason": "keyCompromise"})


def _on_hold(api: Api) -> None:
    identifier = _issue(api, "wiki", "staging")
    api.call("POST", f"/certificates/{identifier}/revoke", {"reason": "certificateHold"})


def _pending(api: Api) -> None:
    body = {"id": "demo-mail", "common_name": "mail.demo.example.com", "environment": "production"}
    api.call("POST", "/certificates", body)


def _archived(api: Api) -> None:
    identifier = _issue(api, "old-shop", "staging")
    api.call("DELETE", f"/certificates/{identifier}?keep_valid=true")


FLEET: tuple[Callable[[Api], None], ...] = (_active, _revoked, _on_hold, _pending, _archived)


def seed(api: Api) -> None:
    """Make the demo fleet. Raises DemoError."""
    for make in FLEET:
        make(api)
