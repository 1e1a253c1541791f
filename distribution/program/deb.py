"""The command's .deb: the frozen directory in /usr/lib/certctl, man pages, completion for three shells."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from distribution import debian
from distribution.places import ROOT
from distribution.program.freezing import debian_architecture, floor

_HOME = Path("usr/lib/certctl")
_COMPLETIONS = {
    "bash": Path("usr/share/bash-completion/completions/certctl"),
    "zsh": Path("usr/share/zsh/vendor-completions/_certctl"),
    "fish": Path("usr/share/fish/vendor_completions.d/certctl.fish"),
}


def build(directory: Path, pages: Mapping[str, str], built_at: int) -> Path:
    """`directory` is the frozen program, `pages` its man pages by name. Returns the package. Raises
    CalledProcessError."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "root"
        shutil.copytree(directory, root / _HOME)
        (root / "usr/bin").mkdir(parents=True)
        (root / "usr/bin/certctl").symlink_to("../lib/certctl/certctl")
        for shell, path in _COMPLETIONS.items():
            debian.write(root / path, _completion(directory, shell))
        for name, text in pages.items():
            debian.write_packed(root / "usr/share/man/man1" / f"{name}.gz", text)
        package = debian.Package(
            "certctl",
            debian_architecture(),
            ROOT / "distribution" / "program" / "debian",
            frozenset({_HOME / "certctl"}),
            floor(directory),
        )
        return debian.packed(package, root, built_at)


def _completion(directory: Path, shell: str) -> str:
    command = [str(directory / "certctl"), "--show-completion", shell]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
