"""The ACME server as a client begins with it: the directory, and a nonce."""

import ssl
from dataclasses import dataclass

from deploy.errors import DeployError
from deploy.smoke.tools import fetch

_URLS = ("newNonce", "newAccount", "newOrder", "revokeCert", "keyChange", "renewalInfo")


@dataclass(frozen=True)
class AcmeServer:
    """`root` is the file of the certificate that clients trust, empty for those of the system."""

    directory_url: str
    root: str = ""

    def look(self) -> None:
        """Raises DeployError unless the directory names this server alone, and HEAD brings a nonce."""
        trusted = ssl.create_default_context(cafile=self.root or None)
        found = fetch(self.directory_url, trusted)
        if found.status != 200:
            raise DeployError(f"{self.directory_url}: {found.status} {found.body.decode()[:300]}")
        base = self.directory_url.removesuffix("directory")
        elsewhere = [name for name in _URLS if not str(found.json.get(name, "")).startswith(base)]
        if elsewhere:
            raise DeployError(f"{self.directory_url} names another server in {', '.join(elsewhere)}")
        nonce = fetch(found.json["newNonce"], trusted, method="HEAD")
        if not nonce.headers.get("Replay-Nonce"):
            raise DeployError(f"HEAD new-nonce: {nonce.status} without a nonce")
