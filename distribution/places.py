"""Where sources and results are."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "client"
AGENT = ROOT / "distribution" / "agent"
OUT = ROOT / "dist"
BUILD = ROOT / ".local" / "build"
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def version() -> str:
    """The version of everything that is released: client/certctl_client/__init__.py has it."""
    found = _VERSION.search((CLIENT / "certctl_client" / "__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("client/certctl_client/__init__.py has no version")
    return found[1]
