"""Debian's Caddy: a web server that orders the certificate of its site."""

import json
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.acme_clients.programs import environment, require
from tests.support.acme_clients.sites import AcmeSite, Binding, Issued, Proof

_SECONDS = 60
_LOADS_WITHIN = 10
_SHOWN = {"handler": "static_response", "body": "ok"}
_CHALLENGES = {Proof.HTTP: "http", Proof.TLS_ALPN: "tls-alpn"}


@dataclass(frozen=True)
class Caddy:
    """Listens at both ports at which the ACME server validates."""

    site: AcmeSite
    binding: Binding
    folder: Path

    @contextmanager
    def serving(self, proof: Proof, name: str) -> Iterator[Issued]:
        """HTTPS with the certificate, from the moment at which Caddy has it."""
        file = self.folder / "caddy.json"
        file.write_text(json.dumps(self._configured(proof, name), indent=2))
        with self._running(["--config", str(file)], name, {}) as issued:
            yield issued

    @contextmanager
    def serving_caddyfile(self, text: str, name: str, variables: Mapping[str, str]) -> Iterator[Issued]:
        file = self.folder / "Caddyfile"
        file.write_text(text)
        with self._running(["--config", str(file), "--adapter", "caddyfile"], name, variables) as issued:
            yield issued

    @contextmanager
    def _running(self, config: list[str], name: str, variables: Mapping[str, str]) -> Iterator[Issued]:
        whole = environment(self.folder, {"XDG_DATA_HOME": str(self.folder), **variables})
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen([require("caddy"), "run", *config], stdout=log, stderr=log, env=whole)
        try:
            yield self._written(name, process)
        finally:
            process.terminate()
            process.wait(10)

    def handshake(self, name: str, root: Path) -> bytes:
        """The certificate that a visitor gets, in DER, once it is verified up to `root`. Caddy loads what it
        has written a moment later, and aborts handshakes until then."""
        until = time.monotonic() + _LOADS_WITHIN
        while True:
            try:
                return self._handshake(name, root)
            except ssl.SSLError as error:
                if isinstance(error, ssl.SSLCertVerificationError) or time.monotonic() >= until:
                    raise
            time.sleep(0.1)

    def _handshake(self, name: str, root: Path) -> bytes:
        context = ssl.create_default_context(cafile=str(root))
        with (
            socket.create_connection(("127.0.0.1", self.site.tls_port), 10) as connection,
            context.wrap_socket(connection, server_hostname=name) as encrypted,
        ):
            return encrypted.getpeercert(binary_form=True) or b""

    def _configured(self, proof: Proof, name: str) -> Mapping[str, Any]:
        """Challenges other than the one wanted are off: Caddy chooses at random."""
        wanted = _CHALLENGES.get(proof)
        off = {kind: {"disabled": True} for kind in _CHALLENGES.values() if wanted and kind != wanted}
        issuer = {
            "module": "acme",
            "ca": self.site.directory_url,
            "email": "ops@example.com",
            "external_account": {"key_id": self.binding.key_id, "mac_key": self.binding.secret},
            "trusted_roots_pem_files": [str(self.site.trusted)],
            "challenges": off,
        }
        policies = [{"subjects": [name], "issuers": [issuer]}]
        site = {
            "listen": [f"127.0.0.1:{self.site.tls_port}"],
            "routes": [{"match": [{"host": [name]}], "handle": [_SHOWN]}],
            "automatic_https": {"disable_redirects": True},
        }
        http = {"http_port": self.site.http_port, "https_port": self.site.tls_port, "servers": {"web": site}}
        apps = {"tls": {"automation": {"policies": policies}}, "http": http}
        return {"admin": {"disabled": True}, "apps": apps}

    def _written(self, name: str, process: "subprocess.Popen[bytes]") -> Issued:
        """Caddy writes the JSON file last."""
        stem = name.replace("*", "wildcard_")
        until = time.monotonic() + _SECONDS
        while not (found := list(self.folder.glob(f"caddy/certificates/*/{stem}/{stem}.json"))):
            log = (self.folder / "log").read_text()[-4000:]
            assert process.poll() is None, f"Caddy has ended: {log}"
            assert time.monotonic() < until, f"Caddy has no certificate: {log}"
            time.sleep(0.1)
        return Issued(found[0].with_suffix(".crt"), found[0].with_suffix(".key"))
