"""Bills of materials (CycloneDX 1.6), made by CycloneDX's own tool from the lock files."""

import json
import subprocess
from pathlib import Path

from distribution.places import AGENT, CLIENT, OUT, ROOT, version
from local.bootstrap import TOOLS, ensure_environment

_LOCKS = {
    "certctl": (CLIENT / "requirements.txt", CLIENT / "pyproject.toml"),
    "certctl-agent": (AGENT / "requirements.txt", AGENT / "pyproject.toml"),
    "certctl-layer": (ROOT / "layers" / "dependencies" / "requirements.txt", ROOT / "pyproject.toml"),
}


def build() -> list[Path]:
    """One for each thing that is shipped with Python packages. Raises CalledProcessError."""
    ensure_environment("packaging")
    return [_made(name, lock, project) for name, (lock, project) in _LOCKS.items()]


def _made(name: str, lock: Path, project: Path) -> Path:
    target = OUT / f"{name}-{version()}.cdx.json"
    tool = TOOLS / "env" / "packaging" / "bin" / "cyclonedx-py"
    options = ["--output-reproducible", "--spec-version", "1.6", "--of", "JSON", "--pyproject", str(project)]
    made = subprocess.run(
        [str(tool), "requirements", *options, str(lock)], check=True, capture_output=True, text=True
    )
    document = json.loads(made.stdout)
    component = document.setdefault("metadata", {}).setdefault("component", {"type": "application"})
    component |= {"name": name, "version": version()}
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return target
