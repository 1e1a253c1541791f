"""Bills of materials (CycloneDX 1.6), made by CycloneDX's own tool from the lock files."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from distribution.places import AGENT, CLIENT, OUT, ROOT, version
from distribution.program.freezing import machine
from local.bootstrap import TOOLS, ensure_environment

_LOCKS = {
    "certctl": (CLIENT / "requirements.txt", CLIENT / "pyproject.toml"),
    "certctl-agent": (AGENT / "requirements.txt", AGENT / "pyproject.toml"),
    "certctl-layer": (ROOT / "layers" / "dependencies" / "requirements.txt", ROOT / "pyproject.toml"),
}


def of_program(directory: Path) -> Path:
    """What the .deb and the one file hold: packages of their lock, the interpreter, each compiled file by its
    SHA-256. Raises CalledProcessError."""
    lock = ROOT / "local" / "requirements" / "program.txt"
    target = _made(f"certctl-linux-{machine()}", lock, CLIENT / "pyproject.toml")
    document = json.loads(target.read_text(encoding="utf-8"))
    document.setdefault("components", []).extend([*_interpreter(), *_compiled(directory)])
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return target


def _interpreter() -> list[dict[str, Any]]:
    asked = "import platform, ssl; print(platform.python_version()); print(ssl.OPENSSL_VERSION.split()[1])"
    command = [str(ensure_environment("program")), "-c", asked]
    versions = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    names = ("cpython", "python_software_foundation", "python"), ("openssl", "openssl", "openssl")
    return [
        {
            "type": "library",
            "bom-ref": name,
            "name": name,
            "version": found,
            "cpe": f"cpe:2.3:a:{vendor}:{product}:{found}:*:*:*:*:*:*:*",
        }
        for (name, vendor, product), found in zip(names, versions, strict=True)
    ]


def _compiled(directory: Path) -> list[dict[str, Any]]:
    paths = {
        str(path.relative_to(directory)): path for path in sorted(directory.rglob("*")) if path.is_file()
    }
    digests = {
        name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if _is_elf(path)
    }
    return [
        {"type": "file", "bom-ref": name, "name": name, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for name, digest in digests.items()
    ]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


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
