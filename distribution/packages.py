"""Builds, in dist/: wheels and sdists of client and agent, the agent's .deb, SBOMs, SHA256SUMS."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from distribution import debian, sbom, staging
from distribution.places import OUT, ROOT
from local.bootstrap import TOOLS, ensure_environment, ensure_uv


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    repository, built_at = os.environ.get("REPOSITORY", "").rstrip("/"), _time_of_commit()
    agent = staging.staged_agent(repository)
    for project in (staging.staged_client(repository), agent):
        _built(project, built_at)
    _checked()
    if shutil.which("dpkg-deb"):
        debian.build(agent, built_at)
    else:
        print("no dpkg-deb here: the .deb was not built")
    sbom.build()
    _write_sums()
    for path in sorted(OUT.iterdir()):
        print(f"{path.stat().st_size:>9,}  dist/{path.name}")


def _built(project: Path, built_at: int) -> None:
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(built_at)}
    command = [str(ensure_uv()), "build", "--quiet", "--out-dir", str(OUT), str(project)]
    subprocess.run(command, check=True, env=environment)
    (OUT / ".gitignore").unlink(missing_ok=True)


def _checked() -> None:
    ensure_environment("packaging")
    twine = TOOLS / "env" / "packaging" / "bin" / "twine"
    files = sorted(str(path) for path in OUT.iterdir() if path.name.endswith((".whl", ".tar.gz")))
    subprocess.run([str(twine), "check", "--strict", *files], check=True)


def _time_of_commit() -> int:
    """The time of the last commit, so that a build can be repeated bit by bit. Now, outside a repository."""
    asked = ["git", "log", "-1", "--format=%ct"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return int(found or os.environ.get("SOURCE_DATE_EPOCH", "315532800"))


def _write_sums() -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(OUT.iterdir())
    ]
    (OUT / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
