"""The agent's .deb. Its Python packages are Debian's own, which Debian keeps secure."""

import shutil
import tempfile
from pathlib import Path

from distribution import debian
from distribution.agent_modules import RENAMED
from distribution.places import AGENT, version

_PACKAGES = Path("usr/lib/python3/dist-packages")
_PROGRAM_PATH = Path("usr/bin/certctl-agent")
_PACKAGE = debian.Package("certctl-agent", "all", AGENT / "debian", frozenset({_PROGRAM_PATH}))
_PROGRAM = f"""#!/usr/bin/python3
from {RENAMED}.agent.program.main import run

run()
"""


def build(staged: Path, built_at: int) -> Path:
    """`staged` is the agent's project. Returns the package. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        shutil.copytree(staged / RENAMED, root / _PACKAGES / RENAMED)
        debian.write(root / _PROGRAM_PATH, _PROGRAM)
        page = (AGENT / "debian" / "certctl-agent.8").read_text(encoding="utf-8")
        filled = page.replace("{version}", version())
        debian.write_packed(root / "usr/share/man/man8/certctl-agent.8.gz", filled)
        return debian.packed(_PACKAGE, root, built_at)
