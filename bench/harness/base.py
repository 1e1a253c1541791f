"""Another commit's tree beside this one, to run the same script against both in one run."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.harness.rows import Skipped
from bench.harness.turns import Ran, ran

HERE = Path(__file__).parents[2]
BASE = os.environ.get("BASE") or "c3051408"
"""What the figures stand beside: the last commit before the work on speed."""


def base_tree(commit: str = BASE) -> Path:
    """A detached worktree of it under .local, made once, or the one that BASE_TREE names."""
    if named := os.environ.get("BASE_TREE"):
        return Path(named)
    tree = HERE / ".local" / "bench" / f"base-{commit}"
    if not (tree / "template.yaml").exists():
        command = ["git", "worktree", "add", "--force", "--detach", str(tree), commit]
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True)
        if done.returncode:
            raise Skipped(f"the commit {commit}, which the figures stand beside, is not in this clone")
    return tree


def environment_of(tree: Path) -> dict[str, str]:
    """Python finds that tree's modules first, and this tree's benchmarks; packages are those of this
    environment."""
    places = [tree / "layers" / "certctl", tree / "client", tree, HERE]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "PYTHONSAFEPATH": "1"}


def ran_in(
    tree: Path,
    script: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> Ran:
    """A script of this tree, run with the modules of another: it imports only what both have."""
    command = [sys.executable, str(script), *arguments]
    return ran(command, cwd=tree, environment={**environment_of(tree), **(environment or {})}, stdin=stdin)
