"""The generated modules, and those with generated lines, by their paths."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.record_fields.client import client_module
from local.record_fields.dashboard import dashboard_module
from local.record_fields.kinds import KINDS
from local.record_fields.regions import MARK, filled

ROOT = Path(__file__).parents[2]
_LAYER = ROOT / "layers/certctl/certctl"
_CLIENT = ROOT / "client/certctl_client/record_fields"
_DASHBOARD = ROOT / "dashboard/src/api/recordFields.ts"


def modules() -> Mapping[Path, str]:
    """The text of each module, as it is checked in."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted(_LAYER.rglob("*.py"))}
    python = {path: filled(text) for path, text in texts.items() if MARK in text}
    python |= {_CLIENT / f"{kind.plural}.py": client_module(kind) for kind in KINDS}
    return {path: _formatted(text) for path, text in python.items()} | {_DASHBOARD: dashboard_module(KINDS)}


def write() -> None:
    for path, text in modules().items():
        path.write_text(text, encoding="utf-8")


def _formatted(text: str) -> str:
    formatter = [str(Path(sys.executable).with_name("ruff")), "format", "-"]
    done = subprocess.run(formatter, cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    return done.stdout
