"""Debian's lego."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.acme_clients import hooks
from tests.support.acme_clients.programs import require, run
from tests.support.acme_clients.sites import AcmeSite, Binding, Issued, Proof


@dataclass(frozen=True)
class Lego:
    site: AcmeSite
    binding: Binding
    folder: Path

    def obtain(self, proof: Proof, *names: str) -> Issued:
        self._run(proof, names, "run")
        return self._written(names[0])

    def renew(self, proof: Proof, *names: str, reuse_key: bool = False) -> Issued:
        options = ["--days", "3650", "--no-random-sleep", *(["--reuse-key"] if reuse_key else [])]
        self._run(proof, names, "renew", *options)
        return self._written(names[0])

    def revoke(self, name: str) -> str:
        return self._run(Proof.TRUSTED, (name,), "revoke", "--keep", "--reason", "4")

    def _run(self, proof: Proof, names: tuple[str, ...], *command: str) -> str:
        account = ["--email", "ops@example.com", "--accept-tos", "--server", self.site.directory_url]
        binding = ["--eab", "--kid", self.binding.key_id, "--hmac", self.binding.secret]
        domains = [word for name in names for word in ("--domains", name)]
        whole = [require("lego"), *account, *binding, *domains, "--path", str(self.folder), *self._how(proof)]
        variables = {"LEGO_CA_CERTIFICATES": str(self.site.trusted)}
        if proof is Proof.DNS:
            hook = hooks.lego(self.site.dns, self.folder)
            # between the challenges of two names it waits a minute otherwise
            variables |= {"EXEC_PATH": str(hook), "EXEC_SEQUENCE_INTERVAL": "1"}
        return run([*whole, *command], self.folder, **variables)

    def _how(self, proof: Proof) -> list[str]:
        if proof is Proof.DNS:
            return ["--dns", "exec", "--dns.disable-cp", "--dns.resolvers", self.site.dns.address]
        if proof is Proof.TLS_ALPN:
            return ["--tls", "--tls.port", f"127.0.0.1:{self.site.tls_port}"]
        return ["--http", "--http.port", f"127.0.0.1:{self.site.http_port}"]

    def _written(self, name: str) -> Issued:
        stem = name.replace("*", "_").replace(":", "-")
        directory = self.folder / "certificates"
        return Issued(directory / f"{stem}.crt", directory / f"{stem}.key")
