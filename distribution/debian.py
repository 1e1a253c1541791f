"""Packs a directory tree as a .deb with dpkg-deb, the same bytes each time."""

import gzip
import hashlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from distribution.places import OUT, maintainer, version

_SCRIPTS = ("postinst", "prerm", "postrm")


@dataclass(frozen=True)
class Package:
    name: str
    architecture: str
    """Debian's name: `all`, `amd64`, `arm64`."""
    folder: Path
    """With the template of `control`, and the maintainer scripts that the package has."""
    programs: frozenset[Path]
    """Executable files, by their path in the tree."""
    floor: str = ""
    """The oldest glibc; "" for a package without compiled code."""


def packed(package: Package, root: Path, built_at: int) -> Path:
    """`root` holds what is installed, and gets the package's control files and documents. Every file gets the
    time `built_at` (seconds since 1970). Returns the .deb. Raises CalledProcessError."""
    target = OUT / f"{package.name}_{version()}_{package.architecture}.deb"
    _add_documents(package, root, built_at)
    _add_control(package, root)
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if _is_program(path, root, package) else 0o644)
        os.utime(path, (built_at, built_at), follow_symlinks=False)
    command = ["dpkg-deb", "--build", "--root-owner-group", "-Zxz", str(root), str(target)]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(built_at)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return target


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_packed(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _add_documents(package: Package, root: Path, built_at: int) -> None:
    documents = root / "usr/share/doc" / package.name
    write(documents / "copyright", _COPYRIGHT)
    write_packed(documents / "changelog.gz", _changelog(package.name, built_at))


def _add_control(package: Package, root: Path) -> None:
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) // 1024 + 1
    control = (package.folder / "control").read_text(encoding="utf-8")
    words = {"name": package.name, "architecture": package.architecture, "floor": package.floor}
    filled = control.format(version=version(), size=size, maintainer=maintainer(), **words)
    write(root / "DEBIAN" / "control", filled)
    for name in _SCRIPTS:
        if (script := package.folder / name).exists():
            write(root / "DEBIAN" / name, script.read_text(encoding="utf-8"))
    write(root / "DEBIAN" / "md5sums", "".join(_sums(root)))


def _sums(root: Path) -> Iterator[str]:
    """What `dpkg --verify` compares; MD5 is the format's."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if path.is_file() and not path.is_symlink() and name.parts[0] != "DEBIAN":
            yield f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n"


def _is_program(path: Path, root: Path, package: Package) -> bool:
    name = path.relative_to(root)
    return (
        path.is_dir() or name in package.programs or (name.parent.name == "DEBIAN" and name.name in _SCRIPTS)
    )


def _changelog(name: str, built_at: int) -> str:
    """Debian's form, with the one entry of this version."""
    return (
        f"{name} ({version()}) unstable; urgency=medium\n\n  * CHANGELOG.md of the release has the"
        f" changes.\n\n -- {maintainer()}  {formatdate(built_at)}\n"
    )


_COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: certctl serverless

Files: *
Copyright: 2026 The certctl serverless maintainers
License: Apache-2.0
 On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.
"""
