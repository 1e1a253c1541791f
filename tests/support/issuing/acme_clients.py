"""Real ACME clients with a certificate from `pebble` (Caddy: of its own CA), for the directories that they
leave behind.

The server takes each challenge as met (PEBBLE_VA_ALWAYS_VALID): what a client proves is not at issue.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.support.issuing.loopback import free_ports
from tests.support.issuing.pebble import Pebble

NAME = "www.example"
_SECONDS = 60

type Client = Callable[[Pebble, Path], Path]
"""A function that makes a directory with a certificate for NAME, and returns the part of it to import."""


def certbot(pebble: Pebble, folder: Path) -> Path:
    """A lineage that was renewed once: `archive` has two versions."""
    places = [f"--{kind}-dir={folder / kind}" for kind in ("config", "work", "logs")]
    account = ["--non-interactive", "--agree-tos", "--register-unsafely-without-email"]
    how = ["--standalone", f"--http-01-port={free_ports('http')['http']}"]
    command = ["certbot", "certonly", "-d", NAME, f"--server={pebble.directory_url}", *places, *account, *how]
    for _ in range(2):
        _run([*command, "--force-renewal"], folder, REQUESTS_CA_BUNDLE=_trusted(pebble, folder))
    return folder / "config"


def dehydrated(pebble: Pebble, folder: Path) -> Path:
    (folder / "known").mkdir()
    settings = {
        "BASEDIR": folder,
        "CA": pebble.directory_url,
        "WELLKNOWN": folder / "known",
        "CURL_OPTS": f"--cacert {_trusted(pebble, folder)}",
    }
    file = folder / "config"
    file.write_text("".join(f'{name}="{value}"\n' for name, value in settings.items()))
    _run(["dehydrated", "--config", str(file), "--register", "--accept-terms"], folder)
    _run(["dehydrated", "--config", str(file), "--cron", "--domain", NAME], folder)
    return folder / "certs"


def acme_sh(pebble: Pebble, folder: Path) -> Path:
    (folder / "web").mkdir()
    home = ["--home", str(folder / "home"), "--config-home", str(folder / "home")]
    server = ["--server", pebble.directory_url, "--ca-bundle", _trusted(pebble, folder)]
    _run(["acme.sh", "--issue", "-d", NAME, "-w", str(folder / "web"), *home, *server], folder)
    return folder / "home"


def lego(pebble: Pebble, folder: Path) -> Path:
    account = ["--email", "ops@example.com", "--accept-tos", "--server", pebble.directory_url]
    how = ["--http", "--http.port", f"127.0.0.1:{free_ports('http')['http']}"]
    command = ["lego", *account, "--domains", NAME, "--path", str(folder), *how, "run"]
    _run(command, folder, LEGO_CA_CERTIFICATES=_trusted(pebble, folder))
    return folder / "certificates"


def caddy(_pebble: Pebble, folder: Path) -> Path:
    """Caddy's own CA issues: its ACME client fails at the `Retry-After` of Pebble, at random a date."""
    ports = free_ports("http", "https")
    options = {
        "admin": "off",
        "storage file_system": folder / "data",
        "http_port": ports["http"],
        "https_port": ports["https"],
        "auto_https": "disable_redirects",
    }
    listed = "".join(f"  {name} {value}\n" for name, value in options.items())
    listed += "  skip_install_trust\n  local_certs\n"
    (folder / "Caddyfile").write_text(f"{{\n{listed}}}\n{NAME} {{\n  respond ok\n}}\n")
    command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=_environment(folder, {}))
    try:
        _wait_for_facts(folder / "data", process)
    finally:
        process.terminate()
        process.wait(10)
    return folder / "data"


CLIENTS: Mapping[str, Client] = {
    "certbot": certbot,
    "dehydrated": dehydrated,
    "acme.sh": acme_sh,
    "lego": lego,
    "Caddy": caddy,
}


def require(client: str) -> None:
    """Skips on a machine without the client; fails in CI, which must run everything."""
    program = client.lower()
    if shutil.which(program):
        return
    reason = f"needs {program}: apt-get install --no-install-recommends {program}"
    pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)


def _trusted(pebble: Pebble, folder: Path) -> str:
    file = folder / "trusted.pem"
    file.write_text(pebble.identity.certificate_pem)
    return str(file)


def _run(command: list[str], folder: Path, **variables: str) -> None:
    environment = _environment(folder, variables)
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def _environment(folder: Path, variables: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), **variables}


def _wait_for_facts(data: Path, process: "subprocess.Popen[bytes]") -> None:
    """Caddy writes the JSON file last."""
    until = time.monotonic() + _SECONDS
    while not list(data.glob(f"certificates/*/{NAME}/{NAME}.json")):
        assert process.poll() is None, "Caddy has ended"
        assert time.monotonic() < until, "Caddy has no certificate"
        time.sleep(0.1)
