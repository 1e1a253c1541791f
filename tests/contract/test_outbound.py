"""No module of the layer or of a function has a way to the network beside the outbound adapter and boto3."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.template import ROOT

CLIENTS = {"urllib.request", "http.client", "httpx", "aiohttp", "ftplib", "telnetlib", "xmlrpc.client"}
# For the names of errors and the status codes that they meet in http.client, which urllib3 subclasses.
READ_ERRORS = {"failures.py", "pinned_adapter.py"}


def sources() -> Iterator[Path]:
    yield from (ROOT / "layers" / "certctl").rglob("*.py")
    yield from (ROOT / "functions").rglob("*.py")


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_module_has_an_http_client_of_its_own() -> None:
    users = {path.name for path in sources() if imports_of(path) & CLIENTS}
    assert users == READ_ERRORS
