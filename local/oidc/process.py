"""The provider as a child process on a loopback port, with its people and clients in a file that it reads
again at each use."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.state import PRIVATE, make_private
from local.oidc.installation import HERE, NODE, ensure_installed, environment

_STOP_SECONDS = 20


class ProviderError(Exception):
    """The provider did not start; the text is what it said."""


@dataclass(frozen=True)
class ProviderSettings:
    """`people`: claims by person, `sub` among them. `clients`: their metadata, as OpenID Connect registers
    it. With `only_userinfo`, name, mail and groups stand in UserInfo and not in the ID token."""

    people: Sequence[Mapping[str, Any]]
    clients: Sequence[Mapping[str, Any]]
    only_userinfo: bool = False
    keys: Path | None = None

    def written(self) -> str:
        content = {
            "people": list(self.people),
            "clients": list(self.clients),
            "claims_in": "userinfo" if self.only_userinfo else "id_token",
        }
        return json.dumps(content | ({"keys": str(self.keys)} if self.keys else {}))


@dataclass(frozen=True)
class ProviderProcess:
    """A running provider. Its keys, and with them its issuer's JWKS, are new at each start without `keys`."""

    issuer: str
    file: Path
    process: "subprocess.Popen[str]"

    @property
    def port(self) -> int:
        return int(self.issuer.rsplit(":", 1)[1])

    def change(self, settings: ProviderSettings) -> None:
        """From now on; where claims stand and the keys hold until the next start."""
        _write(self.file, settings)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(_STOP_SECONDS)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


def start(
    folder: Path, settings: ProviderSettings, *, port: int = 0, host: str = "127.0.0.1"
) -> ProviderProcess:
    """A provider with its settings and its log in `folder`, on any free port unless `port` says which. `host`
    is the issuer's: `localhost` is another site than 127.0.0.1 to a browser. Raises ProviderError, and
    CommandFailedError where its packages cannot be installed."""
    make_private(folder)
    file = folder / "provider.json"
    _write(file, settings)
    installed = ensure_installed()
    command = [str(NODE / "node"), str(HERE / "provider.mjs"), str(file), "--port", str(port), "--host", host]
    with (folder / "provider.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=installed,
            env=environment(),
            # It ends when this pipe does: a killed caller leaves no provider behind.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            umask=PRIVATE,
        )
    return ProviderProcess(_issuer(process, folder / "provider.log"), file, process)


@contextmanager
def running(
    folder: Path, settings: ProviderSettings, *, port: int = 0, host: str = "127.0.0.1"
) -> Iterator[ProviderProcess]:
    """`start`, until the end of the block."""
    provider = start(folder, settings, port=port, host=host)
    try:
        yield provider
    finally:
        provider.stop()


def _issuer(process: "subprocess.Popen[str]", log: Path) -> str:
    said = process.stdout.readline() if process.stdout else ""
    if not said:
        process.wait(_STOP_SECONDS)
        raise ProviderError(f"the identity provider did not start: {log.read_text()[-2000:]}")
    return str(json.loads(said)["issuer"])


def _write(file: Path, settings: ProviderSettings) -> None:
    # Replaced whole: the provider may be reading it.
    draft = file.with_suffix(".new")
    draft.write_text(settings.written())
    draft.chmod(0o600)
    draft.replace(file)
