"""The generated modules, by their paths."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.record_fields.client import client_module
from local.record_fields.dashboard import dashboard_module
from local.record_fields.kinds import KINDS

ROOT = Path(__file__).parents[2]


def modules() -> Mapping[Path, str]:
    """The text of each generated module, as it is checked in."""
    client = ROOT / "client/certctl_client/record_fields"
    python = {client / f"{kind.plural}.py": client_module(kind) for kind in KINDS}
    formatted = {path: _formatted(text) for path, text in python.items()}
    return formatted | {ROOT / "dashboard/src/api/recordFields.ts": dashboard_module(KINDS)}


def write() -> None:
    for path, text in modules().items():
        path.write_text(text, encoding="utf-8")


def _formatted(text: str) -> str:
    formatter = [str(Path(sys.executable).with_name("ruff")), "format", "-"]
    done = subprocess.run(formatter, cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    return done.stdout
