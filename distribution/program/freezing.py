"""Freezes the client of its wheel with PyInstaller, and packs the result into one file.

PyInstaller's own one-file mode unpacks at each start, three times the cost of the start itself (ADR 60).
"""

import gzip
import hashlib
import io
import os
import platform
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from distribution.places import BUILD, OUT, ROOT, version
from local.bootstrap import ensure_environment, ensure_uv

_HERE = ROOT / "distribution" / "program"
_NEEDED = re.compile(rb"GLIBC_2\.(\d+)")
_DEBIAN = {"x86_64": "amd64", "aarch64": "arm64"}


def machine() -> str:
    """The name that `uname -m` prints."""
    return platform.machine()


def debian_architecture() -> str:
    """Raises KeyError for a machine that is neither x86_64 nor aarch64."""
    return _DEBIAN[machine()]


def frozen(wheel: Path, built_at: int) -> Path:
    """The directory with the executable `certctl` and its `lib`. Raises CalledProcessError."""
    python, build = ensure_environment("program"), BUILD / "program"
    shutil.rmtree(build, ignore_errors=True)
    install = ["pip", "install", "--quiet", "--no-deps", "--reinstall", "--python", str(python), str(wheel)]
    subprocess.run([str(ensure_uv()), *install], check=True)
    options = [
        "--noconfirm",
        "--log-level",
        "ERROR",
        "--distpath",
        str(build),
        "--workpath",
        str(build / "work"),
    ]
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(built_at), "PYTHONHASHSEED": "0"}
    environment["PYINSTALLER_CONFIG_DIR"] = str(build / "cache")
    command = [str(python), "-m", "PyInstaller", *options, str(_HERE / "certctl.spec")]
    subprocess.run(command, check=True, env=environment)
    return build / "certctl"


def floor(directory: Path) -> str:
    """The oldest glibc that has all symbols which the files name, such as 2.35."""
    minors = [
        int(found)
        for path in directory.rglob("*")
        if path.is_file() and (data := path.read_bytes()).startswith(b"\x7fELF")
        for found in _NEEDED.findall(data)
    ]
    return f"2.{max(minors)}"


def one_file(directory: Path, built_at: int) -> Path:
    """`header.sh` with the archive of the directory behind it."""
    packed = _archive(directory, built_at)
    header = (_HERE / "header.sh").read_text(encoding="utf-8")
    words = {
        "VERSION": version(),
        "MACHINE": machine(),
        "FLOOR": floor(directory),
        "DIGEST": hashlib.sha256(packed).hexdigest()[:16],
        "LINES": str(header.count("\n") + 1),
    }
    for name, word in words.items():
        header = header.replace(f"@{name}@", word)
    target = OUT / f"certctl-{version()}-linux-{machine()}"
    target.write_bytes(header.encode() + packed)
    target.chmod(0o755)
    return target


def _archive(directory: Path, built_at: int) -> bytes:
    def stamped(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = built_at
        entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
        return entry

    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in sorted(directory.rglob("*")):
            archive.add(path, str(path.relative_to(directory)), recursive=False, filter=stamped)
    return gzip.compress(plain.getvalue(), mtime=0)
