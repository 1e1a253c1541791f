"""The rehearsal in an account of AWS."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy import stack as stacks
from deploy.administering import OUTPUT, invoke
from deploy.errors import DeployError
from deploy.rehearsal.making import Make
from deploy.smoke.tools import Api
from deploy.target import Target, read_target, require_credentials
from local.settings import ROOT

# Nothing may be locked for longer than the rehearsal: docs/deploying.md#a-trial.
_TRIAL = "AuditLockMode=GOVERNANCE\nAuditLockDays=1\n"
CHANGED = ("SchedulerRenewalCheckInterval", "rate(2 hours)")


class OnAws:
    """`FROM` names the commit or tag that is upgraded, else the upgrade is a change of a parameter."""

    absent: tuple[str, ...] = (
        "mail by SES",
        "host names of your own",
        "an export by DynamoDB, as `make backup` TO=s3",
    )

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.target = _confirmed(environment)
        self._folder = folder
        self._base = environment.get("FROM", "")
        self._given = _given(environment.get("PARAMETERS", ""))
        self._key = ""

    @property
    def make(self) -> Make:
        return Make(self._settings)

    @property
    def _settings(self) -> dict[str, str]:
        return {"STACK": self.target.stack, "REGION": self.target.region, "CERTCTL_API_KEY": self._key}

    @property
    def api(self) -> Api:
        return Api(stacks.require(self.target).outputs["ApiUrl"], self._key)

    def deploy(self) -> None:
        Make(self._settings, self._checkout())("deploy", PARAMETERS=self._parameters("first"))
        function = stacks.require(self.target).outputs[OUTPUT]
        self._key = invoke(self.target, function, {"action": "first_admin_key"})["api_key"]

    def smoke(self) -> None:
        self.make("smoke", ROTATE="1")

    def upgrade(self) -> None:
        name, value = CHANGED
        self.make("deploy", PARAMETERS=self._parameters("upgrade", f"{name}={value}\n"))
        if stacks.require(self.target).parameters.get(name) != value:
            raise DeployError(f"{name} is not {value} after the upgrade")

    def close(self) -> None:
        if self._base:
            _git("worktree", "remove", "--force", str(self._folder / "base"))

    def _checkout(self) -> Path:
        """The checkout that is deployed first."""
        if not self._base:
            return ROOT
        _git("worktree", "add", "--detach", str(self._folder / "base"), self._base)
        return self._folder / "base"

    def _parameters(self, name: str, more: str = "") -> str:
        path = self._folder / f"{name}.parameters"
        path.write_text(f"{self._given}\n{_TRIAL}{more}")
        return str(path)


def _confirmed(environment: Mapping[str, str]) -> Target:
    """Raises DeployError unless the account and the new stack are those that the caller named."""
    target = read_target(environment)
    account, named = require_credentials(target), environment.get("ACCOUNT", "")
    if account != named:
        raise DeployError(f"ACCOUNT={named}, but the credentials are of {account}: nothing was done")
    if environment.get("CONFIRM", "") != target.stack:
        raise DeployError(f"not confirmed, nothing was done. It costs money: CONFIRM={target.stack}")
    if stacks.find(target) is not None:
        raise DeployError(
            f"{target.stack} exists in {target.region}: a rehearsal deletes its stack, so name a new one"
        )
    return target


def _given(path: str) -> str:
    """Lines of the caller's file, but for what the rehearsal sets itself. Raises DeployError."""
    if not path:
        return ""
    own = ("AuditLock", CHANGED[0])
    try:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        raise DeployError(f"PARAMETERS={path}: {problem}") from problem
    return "\n".join(line for line in lines if not line.strip().startswith(own))


def _git(*arguments: str) -> None:
    command = ["git", *arguments]
    ended = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise DeployError(f"git {arguments[0]}: {ended.stderr.strip()}")
