"""Where `make bench-peers` puts what the benchmarks stand beside."""

import shutil
from pathlib import Path

from bench.harness.base import HERE
from bench.harness.rows import Skipped

_ENVIRONMENT = HERE / ".local" / "env" / "peers" / "bin"


def peers_python() -> Path:
    """The interpreter whose environment has Celery, redis and django-ca. Raises Skipped without it."""
    python = _ENVIRONMENT / "python"
    if not python.exists():
        raise Skipped("the peers from PyPI are not installed: make bench-peers")
    return python


def program(name: str) -> str:
    """The path of a peer that Debian has, or one of that environment. Raises Skipped without it."""
    found = shutil.which(name) or shutil.which(name, path=str(_ENVIRONMENT))
    if found is None:
        raise Skipped(f"no {name}: make bench-peers")
    return found
