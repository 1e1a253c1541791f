"""First step of `make run`, on a bare Python 3.13: makes the environments that the other steps need.

Standard library only. Each environment is made again when its lock file changes; see `local/requirements/`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "local" / "requirements"
# The tools are the machine's, not one stack's: they stay here whatever LOCAL_DIR says.
TOOLS = ROOT / ".local"
ENVIRONMENTS = ("runner", "emulator", "sam", "node")


def python_of(environment: Path) -> Path:
    """Where a virtual environment keeps its interpreter."""
    return environment / "bin" / "python"


def _stamp(requirements: Path) -> str:
    # Not the whole version: another build of Python 3.13 serves as well.
    return f"{sys.version_info[:2]} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"


def _is_current(environment: Path, requirements: Path) -> bool:
    marker = environment / ".certctl-stamp"
    return marker.exists() and marker.read_text() == _stamp(requirements)


def _mark_current(environment: Path, requirements: Path) -> None:
    (environment / ".certctl-stamp").write_text(_stamp(requirements))


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, cwd=ROOT)


def ensure_uv() -> Path:
    """Path of the pinned `uv`, installed with pip into an environment of its own on the first call."""
    environment, requirements = TOOLS / "tools", REQUIREMENTS / "uv.txt"
    if not _is_current(environment, requirements):
        print("==> installing uv", flush=True)
        _make_tools(environment, requirements)
        _mark_current(environment, requirements)
    return environment / "bin" / "uv"


def _make_tools(environment: Path, requirements: Path) -> None:
    try:
        _run(sys.executable, "-m", "venv", "--clear", environment)
    except subprocess.CalledProcessError:
        sys.exit("This Python has no venv module with pip. On Debian: apt install python3.13-venv")
    _run(python_of(environment), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", requirements)


def ensure_environment(name: str) -> Path:
    """Path of the interpreter of `.local/env/<name>`, made from its hash-locked requirements when needed."""
    environment, requirements = TOOLS / "env" / name, REQUIREMENTS / f"{name}.txt"
    uv = ensure_uv()
    if _is_current(environment, requirements):
        return python_of(environment)
    print(f"==> installing the {name} environment", flush=True)
    _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment)
    _run(
        uv,
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--python",
        python_of(environment),
        "-r",
        requirements,
    )
    _mark_current(environment, requirements)
    return python_of(environment)


def main(module: str, arguments: list[str]) -> None:
    """Make all environments, then become `python -m <module>` in the runner's."""
    if sys.version_info[:2] != (3, 13):
        sys.exit(f"Python 3.13 is needed, this is {sys.version.split()[0]}")
    try:
        for name in ENVIRONMENTS:
            ensure_environment(name)
    except subprocess.CalledProcessError as failure:
        # pip and uv have said why: no network, or a proxy whose certificate they do not know (SSL_CERT_FILE).
        sys.exit(f"installing failed: {' '.join(failure.cmd)}")
    runner = python_of(TOOLS / "env" / "runner")
    os.chdir(ROOT)
    # The same process: signals to `make run` reach the runner itself.
    os.execv(runner, [str(runner), "-m", module, *arguments])  # noqa: S606  # our own interpreter


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
