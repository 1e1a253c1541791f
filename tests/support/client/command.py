"""The `certctl` command against a running stack, as a separate process."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from tests.support.local.stack import LocalStack
from tests.support.template import ROOT

_REVOKED = 7


@dataclass(frozen=True)
class Certctl:
    stack: LocalStack

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        ours = {"CERTCTL_URL": self.stack.url, "CERTCTL_API_KEY": self.stack.outputs["api_key"]}
        return subprocess.run(
            [sys.executable, "-m", "certctl_client", *map(str, arguments)],
            env=os.environ | ours | {"PYTHONPATH": str(ROOT / "client")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def record(self, *arguments: object) -> Any:
        ran = self.run(*arguments, "--output", "json")
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def revoked(self, *arguments: object) -> subprocess.CompletedProcess[str] | None:
        """The command's result; None while the serial is not on the list."""
        ran = self.run(*arguments)
        return ran if ran.returncode == _REVOKED else None
