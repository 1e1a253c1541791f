"""Builds the agent's .deb with dpkg-deb. Its Python packages are Debian's own, which Debian keeps secure."""

import gzip
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

from distribution.agent_modules import RENAMED
from distribution.places import AGENT, OUT, version

_MAINTAINER = "The certctl serverless maintainers <maintainers@certctl.invalid>"
_PACKAGES = Path("usr/lib/python3/dist-packages")
_SCRIPTS = ("postinst", "prerm", "postrm")
_PROGRAM = f"""#!/usr/bin/python3
from {RENAMED}.agent.program.main import run

run()
"""


def build(staged: Path, built_at: int) -> Path:
    """`staged` is the agent's project. Every file gets the time `built_at` (seconds since 1970), so that two
    builds are equal. Returns the package. Raises CalledProcessError."""
    package = OUT / f"certctl-agent_{version()}_all.deb"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        _lay_out(root, staged, built_at)
        _add_control(root)
        for path in (root, *root.rglob("*")):
            path.chmod(_mode(path, root))
            os.utime(path, (built_at, built_at))
        command = ["dpkg-deb", "--build", "--root-owner-group", "-Zxz", str(root), str(package)]
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(built_at)}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return package


def _lay_out(root: Path, staged: Path, built_at: int) -> None:
    shutil.copytree(staged / RENAMED, root / _PACKAGES / RENAMED)
    _write(root / "usr/bin/certctl-agent", _PROGRAM)
    page = (AGENT / "debian" / "certctl-agent.8").read_text(encoding="utf-8").replace("{version}", version())
    _write_packed(root / "usr/share/man/man8/certctl-agent.8.gz", page)
    documents = root / "usr/share/doc/certctl-agent"
    _write(documents / "copyright", _copyright())
    _write_packed(documents / "changelog.gz", _changelog(built_at))


def _add_control(root: Path) -> None:
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024 + 1
    for name in ("control", *_SCRIPTS):
        text = (AGENT / "debian" / name).read_text(encoding="utf-8")
        filled = (
            text.format(version=version(), size=size, maintainer=_MAINTAINER) if name == "control" else text
        )
        _write(root / "DEBIAN" / name, filled)
    _write(root / "DEBIAN" / "md5sums", "".join(_sums(root)))


def _sums(root: Path) -> Iterator[str]:
    """What `dpkg --verify` compares; MD5 is the format's."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and name.parts[0] != "DEBIAN":
            yield f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n"


def _mode(path: Path, root: Path) -> int:
    is_program = path.is_dir() or path == root / "usr/bin/certctl-agent" or path.name in _SCRIPTS
    return 0o755 if is_program else 0o644


def _changelog(built_at: int) -> str:
    """Debian's form, with the one entry of this version."""
    return (
        f"certctl-agent ({version()}) unstable; urgency=medium\n\n  * CHANGELOG.md of the release has the"
        f" changes.\n\n -- {_MAINTAINER}  {formatdate(built_at)}\n"
    )


def _copyright() -> str:
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: certctl serverless\n\nFiles: *\nCopyright: 2026 The certctl serverless maintainers\n"
        "License: Apache-2.0\n On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.\n"
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _write_packed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
