"""Builds, in dist/: wheels and sdists of client and agent, both .debs, the one-file `certctl`,
SBOMs, SHA256SUMS."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from distribution import agent_deb, sbom, staging
from distribution.places import OUT, ROOT, repository, time_of_commit
from distribution.program import deb, freezing
from local.bootstrap import TOOLS, ensure_environment, ensure_uv


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    built_at, agent = time_of_commit(), staging.staged_agent(repository())
    for project in (staging.staged_client(repository()), agent):
        _built(project, built_at)
    _checked()
    if sys.platform == "linux":
        _build_program(built_at)
    if shutil.which("dpkg-deb"):
        agent_deb.build(agent, built_at)
    else:
        print("no dpkg-deb here: no .deb was built")
    sbom.build()
    _write_sums()
    for path in sorted(OUT.iterdir()):
        print(f"{path.stat().st_size:>9,}  dist/{path.name}")


def _build_program(built_at: int) -> None:
    """Raises ValueError if the program needs a glibc above FLOOR, for a release that promises one."""
    (wheel,) = OUT.glob("certctl-*.whl")
    directory = freezing.frozen(wheel, built_at)
    found, most = freezing.floor(directory), os.environ.get("FLOOR", "")
    if most and _numbers(found) > _numbers(most):
        raise ValueError(f"the program needs glibc {found}, and should need {most} at most")
    freezing.one_file(directory, built_at)
    sbom.of_program(directory)
    if shutil.which("dpkg-deb"):
        deb.build(directory, _man_pages(), built_at)


def _man_pages() -> dict[str, str]:
    """Text by file. Made in the environment that has the client."""
    command = [str(ensure_environment("program")), "-m", "distribution.reference.manual"]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(made.stdout))


def _numbers(release: str) -> list[int]:
    return [int(part) for part in release.split(".")]


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


def _write_sums() -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(OUT.iterdir())
    ]
    (OUT / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
