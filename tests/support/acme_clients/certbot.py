"""certbot from PyPI: it reads renewal information (RFC 9773)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.acme_clients import hooks
from tests.support.acme_clients.programs import require_certbot, run
from tests.support.acme_clients.sites import AcmeSite, Binding, Issued, Proof

_ACCOUNT = ("--non-interactive", "--agree-tos", "--register-unsafely-without-email")

_REVOKE = ("--non-interactive", "--no-delete-after-revoke")


@dataclass(frozen=True)
class Certbot:
    site: AcmeSite
    binding: Binding
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables of its environment, such as those of a moved clock."""

    def obtain(self, proof: Proof, *names: str, ip_addresses: tuple[str, ...] = ()) -> Issued:
        """A lineage, `web`. It is renewed later as it was obtained."""
        identifiers = [word for name in names for word in ("-d", name)]
        identifiers += [word for address in ip_addresses for word in ("--ip-address", address)]
        binding = ["--eab-kid", self.binding.key_id, "--eab-hmac-key", self.binding.secret]
        self._run("certonly", "--cert-name", "web", *_ACCOUNT, *binding, *self._how(proof), *identifiers)
        return self._lineage()

    def renew(self, *options: str) -> str:
        """Renews what is due, as its timer does. Returns the output."""
        return self._run("renew", "--no-random-sleep-on-renew", *options)

    def revoke(self, reason: str = "unspecified") -> str:
        return self._run("revoke", *_REVOKE, "--cert-name", "web", "--reason", reason)

    def revoke_by_key(self, issued: Issued) -> str:
        """Signed by the certificate's key, so that it needs no ACME account."""
        files = ["--cert-path", str(issued.chain), "--key-path", str(issued.key)]
        return self._run("revoke", *_REVOKE, *files)

    def unregister(self) -> str:
        """Deactivates the ACME account."""
        return self._run("unregister", "--non-interactive")

    def versions(self) -> list[Path]:
        """Every certificate of the lineage, oldest first."""
        archive = self.folder / "config" / "archive" / "web"
        return sorted(archive.glob("cert*.pem"), key=lambda file: int(file.stem.removeprefix("cert")))

    def log(self) -> str:
        """What its last run logged, requests included."""
        return (self.folder / "logs" / "letsencrypt.log").read_text()

    def account_url(self) -> str:
        """URL of its ACME account, until it unregisters."""
        (file,) = self.folder.glob("config/accounts/**/regr.json")
        return str(json.loads(file.read_text())["uri"])

    def _how(self, proof: Proof) -> list[str]:
        if proof is not Proof.DNS:
            return ["--standalone", f"--http-01-port={self.site.http_port}"]
        hook = hooks.certbot(self.site.dns, self.folder)
        called = [f"--manual-auth-hook={hook} set", f"--manual-cleanup-hook={hook} clear"]
        return ["--manual", "--preferred-challenges=dns", *called]

    def _lineage(self) -> Issued:
        live = self.folder / "config" / "live" / "web"
        return Issued(live / "fullchain.pem", live / "privkey.pem")

    def _run(self, *arguments: str) -> str:
        places = [f"--{kind}-dir={self.folder / kind}" for kind in ("config", "work", "logs")]
        command = [require_certbot(), *arguments, *places, f"--server={self.site.directory_url}"]
        return run(command, self.folder, REQUESTS_CA_BUNDLE=str(self.site.trusted), **self.variables)
