"""Clients that three generators make of docs/openapi.json create, list, read, revoke and requeue.

The programs in examples/clients use them as a user would, over HTTP, against the functions in process. The
generators and what the clients need are installed by `make test-clients`.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certctl_client.api.schema import CertificateView
from tests.support.client.stack import BridgedStack
from tests.support.issuing.csr import csr_pem, new_key
from tests.support.template import ROOT

_EXAMPLES = ROOT / "examples" / "clients"
_DOCUMENT = ROOT / "docs" / "openapi.json"
_GENERATORS = ROOT / ".local" / "env" / "generators" / "bin"
_NODE = ROOT / ".local" / "env" / "node" / "bin"
_NODE_MODULES = ROOT / ".local" / "env" / "clients" / "node_modules"
_MODULES = _NODE_MODULES / ".bin"
_PACKAGE = "certctl_api"


def run(*command: str | Path, within: Path, **environment: str) -> str:
    """The standard output of a program that must succeed."""
    path = os.pathsep.join([str(_GENERATORS), str(_NODE), os.environ["PATH"]])
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=within,
        env={**os.environ, "PATH": path, "NO_PROXY": "127.0.0.1", **environment},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout


def by_openapi_python_client(folder: Path) -> tuple[str | Path, ...]:
    """Fails on a warning other than that of the media types that the generator does not know."""
    configuration = folder / "generator.json"
    configuration.write_text(json.dumps({"post_hooks": []}))
    options = ("--meta", "none", "--output-path", folder / _PACKAGE, "--config", configuration)
    said = run("openapi-python-client", "generate", "--path", _DOCUMENT, *options, within=folder)
    warnings = [line for line in said.splitlines() if line.startswith("Cannot parse")]
    assert [line for line in warnings if "Unsupported content_type" not in line] == []
    return (_GENERATORS / "python", shutil.copy(_EXAMPLES / "openapi_python_client.py", folder))


def by_openapi_generator(folder: Path) -> tuple[str | Path, ...]:
    """Without the webhooks: 7.26 makes operations of them whose parameters have no type."""
    made, document = folder / "made", folder / "document.json"
    described = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    del described["webhooks"]
    document.write_text(json.dumps(described))
    options = ("-i", document, "-g", "python", "-o", made, f"--package-name={_PACKAGE}")
    run("openapi-generator-cli", "generate", *options, within=folder)
    (made / _PACKAGE).rename(folder / _PACKAGE)
    return (_GENERATORS / "python", shutil.copy(_EXAMPLES / "openapi_generator.py", folder))


def by_hey_api(folder: Path) -> tuple[str | Path, ...]:
    """Builds the client, and checks the program's types against it."""
    (folder / "node_modules").symlink_to(_NODE_MODULES)
    (folder / "package.json").write_text('{"type": "module"}')
    run(_MODULES / "openapi-ts", "-i", _DOCUMENT, "-o", folder / _PACKAGE, within=folder)
    source = Path(shutil.copy(_EXAMPLES / "hey_api.ts", folder))
    shutil.copy(_EXAMPLES / "tsconfig.json", folder)
    run(_MODULES / "tsc", within=folder)
    built = folder / "built.mjs"
    bundle = ("--bundle", "--platform=node", "--format=esm", f"--outfile={built}")
    run(_MODULES / "esbuild", source, *bundle, within=folder)
    return (_NODE / "node", built)


@pytest.mark.parametrize("generated", [by_openapi_python_client, by_openapi_generator, by_hey_api])
def test_a_generated_client_creates_lists_revokes_and_requeues(
    generated: Callable[[Path], tuple[str | Path, ...]],
    bridge: BridgedStack,
    dead_alert: str,
    tmp_path: Path,
) -> None:
    csr = tmp_path / "request.pem"
    csr.write_text(csr_pem("shop.example.com", [], new_key()))
    program = generated(tmp_path)

    done: dict[str, Any] = json.loads(run(*program, csr, within=tmp_path, **bridge.environment()))

    created = done["created"]
    assert done == {
        "created": created,
        "listed": [created],
        "read": "Active",
        "revoked": "revoked",
        "requeued": {dead_alert: "requeued"},
        "missing": "urn:certctl:problem:not-found",
    }
    stored: CertificateView = bridge.issuing.read(created)
    assert stored["status"] == "Revoked"
    assert bridge.undocumented == []
