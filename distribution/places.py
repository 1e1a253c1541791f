"""Where sources and results are."""

import os
import re
import subprocess
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


def maintainer() -> str:
    """`Name <address>` of who answers for the packages: DEBFULLNAME and DEBEMAIL, as Debian's tools read
    them, else the author of the last commit."""
    name, address = os.environ.get("DEBFULLNAME", ""), os.environ.get("DEBEMAIL", "")
    if name and address:
        return f"{name} <{address}>"
    return _git("log", "-1", "--format=%an <%ae>") or "Unknown <root@localhost>"


def repository() -> str:
    """The public address for links: REPOSITORY, else the remote `origin` of HTTPS or SSH, else empty."""
    said = os.environ.get("REPOSITORY", "") or _git("remote", "get-url", "origin")
    plain = re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", said).removesuffix(".git").rstrip("/")
    return plain if plain.startswith("https://") else ""


def time_of_commit() -> int:
    """Seconds since 1970 of the last commit, so that a build can be repeated. SOURCE_DATE_EPOCH outside a
    repository."""
    return int(_git("log", "-1", "--format=%ct") or os.environ.get("SOURCE_DATE_EPOCH", "315532800"))


def _git(*words: str) -> str:
    command = ["git", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
