"""Web servers that serve certificates of a hierarchy, and let in clients with others."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tests.support.agents.ca import IssuedVersion
from tests.support.agents.crl_pki import TlsClient
from tests.support.agents.mtls import is_admitted, verify_clients
from tests.support.agents.web_servers import PATH, SERVERS, WebServer
from tests.support.relying_parties.hierarchies import Hierarchy, Identity
from tests.support.status.relying import ran, require

NAME = "shop.example.com"
_RELOADS, _PATIENCE_SECONDS = 10, 5


@dataclass(frozen=True)
class Door:
    """A server that lets in clients of a hierarchy, by the CRLs of the moment at which it was opened."""

    web: WebServer

    def admits(self, client: Identity) -> bool:
        return is_admitted(self.web, TlsClient(client.path, int(client.version.serial_number, 16)))

    def closes_to(self, client: Identity) -> bool:
        """Whether it refuses the client soon after a reload. HAProxy may lose one that comes while it
        starts."""
        reload = self.web.target["config"]["reload_command"]
        subprocess.run(reload, env={"PATH": PATH}, check=True, timeout=30)
        ends = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < ends:
            if not self.admits(client):
                return True
            time.sleep(0.05)
        return False


@dataclass(frozen=True)
class Server:
    """`program` is a key of SERVERS."""

    title: str
    program: str

    def serves(self, made: Hierarchy, served: Identity) -> bool:
        """Whether OpenSSL and GnuTLS, which trust the bundle alone, complete a handshake."""
        with self._running(made, served) as web:
            return _is_trusted(web, made)

    @contextmanager
    def door(self, made: Hierarchy, served: Identity, stranger: Identity) -> Iterator[Door]:
        """`stranger`: a client that does not get in. Fails unless the server is trusted as `serves` says."""
        with self._running(made, served) as web:
            assert _is_trusted(web, made), f"{self.title} is not trusted"
            folder = web.configuration.parent
            authorities, crls = folder / "authorities.pem", folder / "crls.pem"
            authorities.write_text(made.ca.issuing.read_text() + made.ca.root.read_text())
            crls.write_text("".join(made.crls()))
            verify_clients(web, authorities, crls)
            door = Door(web)
            assert any(door.closes_to(stranger) for _ in range(_RELOADS)), (
                f"{self.title} admits a revoked client"
            )
            yield door

    @contextmanager
    def _running(self, made: Hierarchy, served: Identity) -> Iterator[WebServer]:
        folder = Path(mkdtemp(dir=made.folder))
        folder.chmod(0o755)
        with SERVERS[self.program](folder, NAME, _Given(served)) as web:
            yield web


SERVED_BY = (
    Server("NGINX 1.26", "nginx"),
    Server("Apache httpd 2.4", "apache2"),
    Server("HAProxy 3.0", "haproxy"),
)


def revoked_client(made: Hierarchy) -> Identity:
    """One that the CRL lists."""
    client = made.issued("lost.example.com", profile_id="client").written()
    made.plane.revoked(client.id, "superseded")
    made.responding.publish()
    return client


@dataclass(frozen=True)
class _Given:
    identity: Identity

    def issue(self, names: Sequence[str], days: int) -> tuple[IssuedVersion, str]:
        """What there is, whatever the names and days."""
        return self.identity.version, self.identity.key


def _is_trusted(web: WebServer, made: Hierarchy) -> bool:
    return _openssl(web, made.bundle) and _gnutls(web, made.bundle)


def _openssl(web: WebServer, bundle: Path) -> bool:
    trust = ("-CAfile", bundle, "-no-CApath", "-no-CAstore", "-verify_return_error", "-verify_hostname", NAME)
    where = f"{web.endpoint.host}:{web.endpoint.port}"
    done = ran("openssl", "s_client", "-brief", *trust, "-servername", NAME, "-connect", where)
    return b"Verification: OK" in done.stderr


def _gnutls(web: WebServer, bundle: Path) -> bool:
    require("certtool")  # of the same package
    trust = ("--x509cafile", bundle, f"--verify-hostname={NAME}", f"--sni-hostname={NAME}")
    done = ran("gnutls-cli", *trust, "-p", web.endpoint.port, web.endpoint.host)
    return b"Handshake was completed" in done.stdout
