"""The commands of the Makefile, as an operator types them."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import DeployError
from local.settings import ROOT


@dataclass(frozen=True)
class Make:
    """`settings` go to every command; in the environment, for keys are among them."""

    settings: dict[str, str] = field(repr=False)
    checkout: Path = ROOT

    def __call__(self, target: str, **settings: str) -> None:
        """Raises DeployError; the command has said why."""
        ended = subprocess.run(
            ["make", "--no-print-directory", target],
            cwd=self.checkout,
            env=environment() | self.settings | settings,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        if ended.returncode != 0:
            raise DeployError(f"make {target} failed with status {ended.returncode}, see above")


def environment() -> dict[str, str]:
    """Without make's own settings, which are of the outer make, and without the rehearsal's."""
    own = ("MAKE", "MFLAGS", "LOCAL", "CONFIRM", "PARAMETERS", "FROM", "API_KEY")
    return {name: text for name, text in os.environ.items() if not name.startswith(own)}
