"""The rehearsal on a local stack of its own: `make run` deploys it, all else are the commands for AWS."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy import stack as stacks
from deploy.errors import DeployError
from deploy.rehearsal.making import Make, environment
from deploy.rehearsal.on_aws import CHANGED
from deploy.smoke.tools import Api, wait_for
from deploy.target import Target, read_target
from local.settings import ROOT, STACK
from local.stack.outputs import path

_START_SECONDS = 300
_STOP_SECONDS = 300
_NAME, _VALUE = CHANGED


class OnThisMachine:
    absent: tuple[str, ...] = (
        "make deploy, its checks and its policy: make run deploys the same template to the emulator",
        "CloudFront, canaries of CodeDeploy, alarms, quotas, Object Lock's time, times and prices of AWS",
        "an upgrade from another release: a change of a parameter and a second deploy",
    )

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "stack"
        self._folder.mkdir()
        self._port = _free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self._outputs: dict[str, Any] = {}
        self._target: Target | None = None

    @property
    def target(self) -> Target:
        if self._target is None:
            raise DeployError("the local stack was not deployed")
        return self._target

    @property
    def make(self) -> Make:
        return Make({"REGION": self._outputs["region"], "LOCAL_DIR": str(self._folder), **self._emulator})

    @property
    def _emulator(self) -> dict[str, str]:
        return {
            "STACK": STACK,
            "ENDPOINT": self._outputs["aws_endpoint_url"],
            "ENDPOINT_KEY_ID": self._outputs["aws_access_key_id"],
            "ENDPOINT_SECRET_KEY": self._outputs["aws_secret_access_key"],
        }

    @property
    def api(self) -> Api:
        return Api(self._outputs["api_url"], self._outputs["api_key"])

    def deploy(self) -> None:
        self._start({})
        self._target = read_target(self._emulator)

    def smoke(self) -> None:
        self.make("smoke", ROTATE="1", LOCAL="1")

    def upgrade(self) -> None:
        self.close()
        self._start({"CERTCTL_SCHEDULER_RENEWAL_CHECK_INTERVAL": "2h"})
        if stacks.require(self.target).parameters.get(_NAME) != _VALUE:
            raise DeployError(f"{_NAME} is not {_VALUE} after the upgrade")

    def close(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(_STOP_SECONDS)
            self._running = None

    def _start(self, parameters: Mapping[str, str]) -> None:
        """A session of its own: Ctrl-C is for the rehearsal, which needs the stack to clean up."""
        settings = {"LOCAL_DIR": str(self._folder), "PORT": str(self._port), "DEMO": "0", **parameters}
        log = self._folder / "run.log"
        with log.open("ab") as output:
            self._running = subprocess.Popen(
                [sys.executable, "local/bootstrap.py", "local.run"],
                cwd=ROOT,
                env=_bare(environment()) | settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._outputs = wait_for(lambda: self._ready(log), "the local stack", _START_SECONDS)

    def _ready(self, log: Path) -> dict[str, Any] | None:
        if self._running is None or self._running.poll() is not None:
            raise DeployError(log.read_text(errors="replace")[-4000:])
        found = path(self._folder)
        return json.loads(found.read_text()) if found.exists() else None


def _bare(settings: Mapping[str, str]) -> dict[str, str]:
    """Without an account's settings, and without the caller's own of a local stack."""
    return {name: text for name, text in settings.items() if not name.startswith(("AWS_", "CERTCTL_"))}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
