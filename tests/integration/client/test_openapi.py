"""The commands send only requests that docs/openapi.json describes."""

import json
import re
from pathlib import Path

import pytest

from tests.integration.client.conftest import Certctl
from tests.support.client.server import Asked, LoopbackServer
from tests.support.template import ROOT


@pytest.fixture(scope="module")
def described() -> dict[str, set[str]]:
    """Pattern of a path -> names of the query parameters of its GET."""
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    gets = {path: methods["get"] for path, methods in paths.items() if "get" in methods}
    return {
        re.sub(r"\{\w+\}", "[^/]+", path): {
            p["name"] for p in get.get("parameters", []) if p["in"] == "query"
        }
        for path, get in gets.items()
    }


def test_every_request_is_described(
    certctl: Certctl, server: LoopbackServer, described: dict[str, set[str]], tmp_path: Path
) -> None:
    filters = ("--actor", "a", "--actor-type", "User", "--action", "certificate_updated")
    more = ("--resource-type", "certificate", "--resource-id", "mc-1", "--since", "1d", "--to", "2026-11-24")
    certctl("audit", "list", *filters, *more)
    certctl("audit", "get", "aud-1")
    certctl("audit", "head")
    certctl("audit", "key")
    certctl("audit", "export", "--out", tmp_path / "full")
    certctl("audit", "export", "--out", tmp_path / "filtered", *filters, *more)
    assert len({asked.path.rstrip("0123456789") for asked in server.asked}) >= 6
    undescribed = [asked for asked in server.asked if not is_described(asked, described)]
    assert not undescribed


def is_described(asked: Asked, described: dict[str, set[str]]) -> bool:
    """The most specific path counts: `/audit/seals` is not an event."""
    matching = [path for path in described if re.fullmatch(path, asked.path)]
    return bool(matching) and set(asked.query) <= described[min(matching, key=lambda p: p.count("[^/]+"))]
