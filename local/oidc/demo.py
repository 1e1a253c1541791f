"""`make run OIDC=1`: a demo person for each role, and the records by which they may sign in."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.demo.api import Api, DemoError
from local.emulator.secret_store import SecretStore
from local.oidc import process
from local.oidc.process import ProviderProcess, ProviderSettings

PROVIDER_ID = "idp-demo"
_CLIENT_ID = "certctl"
_BYTES = 32
# By role, in all teams.
_PEOPLE = {
    "admin": "Ada Admin",
    "team-admin": "Tess Team-Admin",
    "operator": "Otto Operator",
    "viewer": "Vera Viewer",
    "auditor": "Anna Auditor",
}
_NOT_ADMITTED = ("nobody", "Nina Nobody")


@dataclass(frozen=True)
class DemoSignIn:
    """`directory` keeps what outlives a run: the provider's port and keys, and the client's secret. `port` is
    that of a first run; 0 is any free one."""

    directory: Path
    stack_url: str
    port: int

    def start(self) -> ProviderProcess:
        """At the same address in each run: its record and its users name it. Raises ProviderError."""
        settings = ProviderSettings(_people(), [self._client()], keys=self.directory / "keys.json")
        kept = self.directory / "port"
        port = int(kept.read_text()) if kept.exists() else self.port
        provider = process.start(self.directory, settings, port=port)
        kept.write_text(str(provider.port))
        return provider

    def make_records(self, api: Api, store: SecretStore, issuer: str) -> None:
        """The secret, the identity provider and an access rule for each role, unless they exist. Raises
        DemoError."""
        secret = store.put_secret(f"certctl/{store.stack}/identity/demo", self._secret())
        sign_in = {"client_id": _CLIENT_ID, "client_secret": secret}
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


def _people() -> list[dict[str, object]]:
    members = [_person(role, name, f"{role}s") for role, name in _PEOPLE.items()]
    return [*members, _person(*_NOT_ADMITTED)]


def _person(sub: str, name: str, *groups: str) -> dict[str, object]:
    mail = f"{name.split()[0].lower()}@demo.example"
    return {"sub": sub, "name": name, "email": mail, "email_verified": True, "groups": list(groups)}


def _make(api: Api, path: str, body: dict[str, Any]) -> None:
    try:
        api.call("GET", f"{path}/{body['id']}")
    except DemoError:
        api.call("POST", path, body)
