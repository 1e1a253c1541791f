"""`make deploy STACK= REGION= PARAMETERS= ARCHITECTURE=`: checks, build, `sam deploy`, dashboard."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError

from deploy import parameters, site
from deploy import stack as stacks
from deploy.alarm_topic import topic_warning
from deploy.alongside import ca_keys
from deploy.errors import DeployError, run
from deploy.protection import forbid_deletion, forbid_replacements
from deploy.quota import concurrency_of, concurrency_warning, ocsp_news, ocsp_values
from deploy.target import Target, read_target, require_credentials
from deploy.vault_lock import require_lock_unchanged
from deploy.ways_out import CANARY, after_failed_creation, after_failed_update, require_quiet_alarm
from local.console import say, step
from local.settings import ROOT, TOOLS
from local.stack.parameters import override
from local.stack.release import stamped

_ARCHITECTURE = "Architecture"
# What `make run` has there, too: no CodeDeploy is at work.
_ON_AWS = {parameters.LOCAL_ONLY: ""}
_ON_EMULATOR = {parameters.LOCAL_ONLY: "1", CANARY: "false"}
_NOT_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")


@dataclass(frozen=True)
class Plan:
    """`values` has every parameter: an omitted one would keep its value from the previous deploy."""

    target: Target
    values: Mapping[str, str]
    is_first: bool

    @property
    def architecture(self) -> str:
        return self.values[_ARCHITECTURE]


def planned(target: Target, environment: Mapping[str, str]) -> Plan:
    """Refuses before the build everything that can be. Raises DeployError."""
    account = require_credentials(target)
    say(f"stack {target.stack}, account {account}, region {target.region}")
    found = _deployed(target)
    values = _values(environment, target, found)
    parameters.require_unchanged(values, found.parameters if found else {})
    if found:
        require_lock_unchanged(target, found, values, datetime.now(UTC))
    if found and values[CANARY] == "true":
        require_quiet_alarm(target)
    return Plan(target, values, is_first=found is None)


def _deployed(target: Target) -> stacks.Stack | None:
    """The deployed stack; None before a first deploy. Raises DeployError if the stack cannot be deployed
    to."""
    found = stacks.find(target)
    if found is None or found.status == "REVIEW_IN_PROGRESS":
        return None
    _require_deployable(target, found)
    return found


def _require_deployable(target: Target, found: stacks.Stack) -> None:
    if found.status in _NOT_CREATED:
        raise DeployError(
            f"{target.stack} is {found.status}: it cannot be deployed to. "
            f"`make destroy STACK={target.stack} REGION={target.region}`, then deploy again"
        )
    if found.status == "UPDATE_ROLLBACK_FAILED":
        raise DeployError(
            f"{target.stack} is {found.status}: see its events, mend the cause, then "
            "`aws cloudformation continue-update-rollback "
            f"--stack-name {target.stack} --region {target.region}`"
        )
    if found.status.endswith("_IN_PROGRESS"):
        raise DeployError(f"{target.stack} is {found.status}: wait until that has ended")


def _values(environment: Mapping[str, str], target: Target, found: stacks.Stack | None) -> dict[str, str]:
    declared = parameters.declared_parameters()
    path, wanted = environment.get("PARAMETERS", ""), environment.get("ARCHITECTURE", "")
    given = _given(path, target, found, declared)
    in_given = given.get(_ARCHITECTURE, "")
    if path and wanted and in_given and wanted != in_given:
        raise DeployError(f"ARCHITECTURE={wanted}, but {path} has {_ARCHITECTURE}={in_given}")
    own = {_ARCHITECTURE: wanted or in_given or "arm64"}
    if path and not target.endpoint:
        own |= _by_quota(target, given, found)
    values = parameters.complete(given | own | (_ON_EMULATOR if target.endpoint else _ON_AWS), declared)
    problems = parameters.problems(values, declared)
    if problems:
        raise DeployError("\n".join(["these values cannot be deployed", *problems]))
    return values


def _by_quota(target: Target, given: Mapping[str, str], found: stacks.Stack | None) -> dict[str, str]:
    """What the file leaves to the account's quota; nothing if that may not be read, of which another line
    warns."""
    try:
        account = concurrency_of(target)
    except ClientError:
        return {}
    chosen = ocsp_values(account, given, found.parameters if found else {})
    for line in ocsp_news(account, chosen):
        say(line)
    return chosen


def _given(
    path: str, target: Target, found: stacks.Stack | None, declared: parameters.Declarations
) -> dict[str, str]:
    """The file's value, or else the stack's."""
    if path:
        deployed = found.parameters if found else {}
        return parameters.with_former_defaults(parameters.read(ROOT / path, declared), deployed)
    if found is None and not target.endpoint:
        raise DeployError(
            "a first deploy takes PARAMETERS=file, for some can never change: "
            "`cp parameters.example my.parameters`, read it, edit it"
        )
    return dict(found.parameters) if found else {}


def deploy(plan: Plan, environment: Mapping[str, str]) -> None:
    """Raises DeployError, CommandFailedError, ClientError."""
    target = plan.target
    _make(plan.architecture)
    if not plan.is_first:
        forbid_replacements(target)
    _sam_deploy(plan, environment.get("TAGS", ""))
    forbid_replacements(target)
    forbid_deletion(target)
    found = stacks.require(target)
    with step("filling the dashboard"):
        site.fill(target, found.outputs)
    _report(plan, found)


def _make(architecture: str) -> None:
    """The build of that architecture and the dashboard, by their own targets."""
    # Make's own settings are the outer make's: its jobs and its variables are not for this one.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS")}
    command = ["make", "build", "dashboard", f"ARCHITECTURE={architecture}"]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        raise DeployError(f"{shlex.join(command)} failed, see above; nothing was deployed")


def template_of(architecture: str) -> Path:
    """Where `make build` leaves the template whose artefacts are for this architecture."""
    return ROOT / ".aws-sam" / f"build-{architecture}" / "template.yaml"


def _sam_deploy(plan: Plan, tags: str) -> None:
    target, template = plan.target, stamped(template_of(plan.architecture), plan.values)
    command = [str(TOOLS / "env" / "sam" / "bin" / "sam"), "deploy"]
    command += ["--template-file", str(template), "--stack-name", target.stack]
    command += ["--region", target.region, "--resolve-s3", "--s3-prefix", target.stack]
    command += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    command += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
    command += [
        "--parameter-overrides",
        *(override(name, text) for name, text in sorted(plan.values.items())),
    ]
    command += ["--tags", "application=certctl", f"certctl-stack={target.stack}", *shlex.split(tags)]
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_CHECK_VERSION": "0"}
    with step("deploying; a first deploy takes some 10 minutes, most of them for CloudFront"):
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    if ended.returncode != 0:
        raise DeployError(after_failed_creation(target) if plan.is_first else after_failed_update(target))


def _report(plan: Plan, found: stacks.Stack) -> None:
    target = plan.target
    for name, value in sorted(found.outputs.items()):
        say(f"{name:<26}{value}")
    topic = topic_warning(target, plan.values["AlarmTopicArn"])
    for line in (*concurrency_warning(target), *topic, *ca_keys.unbound(target, found)):
        say(line)
    where = f"STACK={target.stack} REGION={target.region}"
    host, distribution = plan.values["PkiHostName"], found.outputs["PkiDistributionDomain"]
    if host:
        say(f"\n{host} must be a CNAME of {distribution}; then: make admin ACTION=activate {where}")
    say(f"\nThe first admin key, once: make admin ACTION=first_admin_key {where}")
    say(f"Then try it all:           make smoke {where} API_KEY=...")


def main() -> None:
    target = read_target(os.environ)
    plan = planned(target, os.environ)
    for line in concurrency_warning(target):
        say(line)
    deploy(plan, os.environ)


if __name__ == "__main__":
    run("deploy", main)
