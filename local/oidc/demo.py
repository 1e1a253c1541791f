"""`make run OIDC=1`: a demo person for each role, and the records by which they may sign in."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.demo.api import Api, DemoError
from local.emulator.account import Account
from local.emulator.secret_store import SecretStore
from local.oidc import process
from local.oidc.process import ProviderProcess, ProviderSettings
from local.settings import STACK

PROVIDER_ID = "idp-demo"
_CLIENT_ID = "certctl"
_SECRET = f"certctl/{STACK}/identity/demo"
_BYTES = 32
# Role: the person's name. Teams other than all are those of the demo fleet.
_PEOPLE = {
    "admin": "Ada Admin",
    "team-admin": "Tess Team-Admin",
    "operator": "Otto Operator",
    "viewer": "Vera Viewer",
    "auditor": "Anna Auditor",
}


@dataclass(frozen=True)
class DemoSignIn:
    """`directory` keeps the provider's keys and the client's secret with the stack's state."""

    directory: Path
    stack_url: str
    port: int

    def start(self) -> ProviderProcess:
        """At the same address in each run. Raises ProviderError."""
        settings = ProviderSettings(_people(), [self._client()], keys=self.directory / "keys.json")
        return process.start(self.directory, settings, port=self.port)

    def make_records(self, api: Api, account: Account, issuer: str) -> None:
        """The secret, the identity provider and an access rule for each role, unless they exist. Raises
        DemoError."""
        self._store_secret(account)
        sign_in = {"client_id": _CLIENT_ID, "client_secret": _SECRET}
        body: dict[str, Any] = {
            "id": PROVIDER_ID,
            "name": "Demo",
            "type": "OIDC",
            "issuer": issuer,
            "sign_in": sign_in,
        }
        _make(api, "/identity-providers", body)
        for role in _PEOPLE:
            rule: dict[str, Any] = {
                "id": f"ar-demo-{role}",
                "name": f"Demo: {role}",
                "provider_id": PROVIDER_ID,
            }
            wanted = {"claim_path": ["groups"], "values": [f"{role}s"], "role": role, "teams": "*"}
            _make(api, "/access-rules", rule | wanted)

    def _client(self) -> dict[str, object]:
        return {
            "client_id": _CLIENT_ID,
            "client_secret": self._secret(),
            "redirect_uris": [f"{self.stack_url}/api/v1/auth/callback/{PROVIDER_ID}"],
        }

    def _secret(self) -> str:
        path = self.directory / "client-secret"
        if not path.exists():
            self.directory.mkdir(parents=True, exist_ok=True)
            path.touch(0o600)
            path.write_text(secrets.token_urlsafe(_BYTES))
        return path.read_text()

    def _store_secret(self, account: Account) -> None:
        client, endpoint = account.session().client, account.endpoint
        ssm, manager = client("ssm", endpoint_url=endpoint), client("secretsmanager", endpoint_url=endpoint)
        SecretStore(STACK, ssm, manager).put_secret(_SECRET, self._secret())


def _people() -> list[dict[str, object]]:
    return [_person(role, name) for role, name in _PEOPLE.items()]


def _person(role: str, name: str) -> dict[str, object]:
    mail = f"{name.split()[0].lower()}@demo.example"
    return {"sub": role, "name": name, "email": mail, "email_verified": True, "groups": [f"{role}s"]}


def _make(api: Api, path: str, body: dict[str, Any]) -> None:
    try:
        api.call("GET", f"{path}/{body['id']}")
    except DemoError:
        api.call("POST", path, body)
