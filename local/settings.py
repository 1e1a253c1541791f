"""The options of `make run`, and the paths of the local stack's files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".local"
REGION = "us-east-1"
STACK = "certctl-local"
# What CloudFront tells the API, in stacks/dashboard_site.yaml: a test compares them.
ORIGIN_HEADER = "x-certctl-origin"
CLIENT_HEADER = "x-certctl-client"
# The next one is the emulator's.
_PROVIDER_PORTS_ON = 2


@dataclass(frozen=True)
class Options:
    """`port` of the front door, `acme_port` of the ACME server's https, `directory` of all state, `fresh`
    start, `demo` fleet wanted, and an identity provider with demo people."""

    port: int
    acme_port: int
    directory: Path
    fresh: bool
    demo: bool
    oidc: bool = False

    @property
    def provider_port(self) -> int:
        """The port of the identity provider of a first run."""
        return self.port + _PROVIDER_PORTS_ON

    @property
    def acme_host(self) -> str:
        """The host of the ACME server's URLs."""
        return f"localhost:{self.acme_port}"

    @property
    def acme_root(self) -> Path:
        """The file of the root certificate that ACME clients have to trust."""
        return self.directory / "acme-root.pem"


def read_options(environment: Mapping[str, str]) -> Options:
    """PORT (8080), ACME_PORT (8443), LOCAL_DIR (.local), FRESH (0), DEMO (1), OIDC (0). Raises ValueError for
    an invalid port."""
    return Options(
        port=_port(environment, "PORT", "8080"),
        acme_port=_port(environment, "ACME_PORT", "8443"),
        directory=(ROOT / (environment.get("LOCAL_DIR") or ".local")).resolve(),
        fresh=environment.get("FRESH", "0") not in ("", "0"),
        demo=environment.get("DEMO", "1") not in ("", "0"),
        oidc=environment.get("OIDC", "0") not in ("", "0"),
    )


def _port(environment: Mapping[str, str], name: str, default: str) -> int:
    port = environment.get(name) or default
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{name} is a number from 1 to 65535, not {port!r}")
    return int(port)
