"""Debian's dehydrated, a shell script."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.support.acme_clients import hooks
from tests.support.acme_clients.programs import require, run
from tests.support.acme_clients.sites import AcmeSite, Binding, Issued, Proof
from tests.support.acme_clients.webroots import served

_WELL_KNOWN = Path(".well-known") / "acme-challenge"


@dataclass(frozen=True)
class Dehydrated:
    site: AcmeSite
    binding: Binding
    folder: Path

    def obtain(self, proof: Proof, *names: str) -> Issued:
        """Names are DNS names, or addresses behind `ip:`."""
        self._configure(proof)
        self._run("--register", "--accept-terms")
        return self._ordered(names)

    def revoke(self) -> str:
        return self._run("--revoke", str(self.folder / "certs" / "web" / "cert.pem"))

    def deactivate(self) -> str:
        """Deactivates the ACME account."""
        return self._run("--deactivate")

    def account_url(self) -> str:
        (file,) = self.folder.glob("accounts/*/account_id.json")
        return str(json.loads(file.read_text())["url"])

    def _ordered(self, names: tuple[str, ...], *options: str) -> Issued:
        with served(self.folder / "web", self.site.http_port):
            self._run("--cron", *options, "--domain", " ".join(names), "--alias", "web")
        certificates = self.folder / "certs" / "web"
        return Issued(certificates / "fullchain.pem", certificates / "privkey.pem")

    def _configure(self, proof: Proof) -> None:
        well_known = self.folder / "web" / _WELL_KNOWN
        well_known.mkdir(parents=True)
        settings = {
            "BASEDIR": self.folder,
            "CA": self.site.directory_url,
            "EAB_KID": self.binding.key_id,
            "EAB_HMAC_KEY": self.binding.secret,
            "CHALLENGETYPE": Proof.DNS if proof is Proof.DNS else Proof.HTTP,
            "WELLKNOWN": well_known,
            "CURL_OPTS": f"--cacert {self.site.trusted}",
            "HOOK": hooks.dehydrated(self.site.dns, self.folder),
            "KEY_ALGO": "prime256v1",
            "ACCOUNT_KEY_ALGO": "prime256v1",
        }
        lines = [f'{name}="{value}"\n' for name, value in settings.items()]
        (self.folder / "config").write_text("".join(lines))

    def _run(self, *arguments: str) -> str:
        return run([require("dehydrated"), "--config", str(self.folder / "config"), *arguments], self.folder)
