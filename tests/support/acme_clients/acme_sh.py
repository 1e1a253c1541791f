"""Debian's acme.sh, a shell script."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.acme_clients import hooks
from tests.support.acme_clients.programs import require, run
from tests.support.acme_clients.sites import AcmeSite, Binding, Issued, Proof
from tests.support.acme_clients.webroots import served


@dataclass(frozen=True)
class AcmeSh:
    site: AcmeSite
    binding: Binding
    folder: Path

    def obtain(self, proof: Proof, *names: str) -> Issued:
        binding = ["--eab-kid", self.binding.key_id, "--eab-hmac-key", self.binding.secret]
        self._run("--register-account", *binding, "-m", "ops@example.com")
        domains = [word for name in names for word in ("-d", name)]
        with served(self.folder / "web", self.site.http_port):
            self._run("--issue", *domains, *self._how(proof), "--keylength", "ec-256")
        return self._written(names[0])

    def renew(self, name: str) -> Issued:
        """With the key of the previous certificate: acme.sh keeps it."""
        with served(self.folder / "web", self.site.http_port):
            self._run("--renew", "-d", name, "--ecc", "--force")
        return self._written(name)

    def revoke(self, name: str) -> str:
        return self._run("--revoke", "-d", name, "--ecc", "--revoke-reason", "4")

    def deactivate(self) -> str:
        """Deactivates the ACME account."""
        return self._run("--deactivate-account")

    def _how(self, proof: Proof) -> list[str]:
        if proof is not Proof.DNS:
            return ["-w", str(self.folder / "web")]
        hooks.acme_sh(self.site.dns, self.folder / "home")
        return ["--dns", "dns_tests", "--dnssleep", "1"]

    def _written(self, name: str) -> Issued:
        directory = self.folder / "home" / f"{name}_ecc"
        return Issued(directory / "fullchain.cer", directory / f"{name}.key")

    def _run(self, *arguments: str) -> str:
        home = ["--home", str(self.folder / "home"), "--config-home", str(self.folder / "home")]
        server = ["--server", self.site.directory_url, "--ca-bundle", str(self.site.trusted)]
        return run([require("acme.sh"), *arguments, *home, *server], self.folder)
