"""A rehearsal ends at its first failure, always cleans up, and touches only what the caller named."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from deploy.errors import DeployError
from deploy.rehearsal.cost import estimate
from deploy.rehearsal.making import Make
from deploy.rehearsal.on_aws import OnAws
from deploy.rehearsal.steps import Rehearsal
from deploy.smoke.tools import Api
from deploy.target import Target

ACCOUNT = "123456789012"  # moto's
NAMED = {"STACK": "trial", "REGION": "eu-central-1", "ACCOUNT": ACCOUNT, "CONFIRM": "trial"}


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """A rehearsal ignores them from its clean-up on."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def target(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    with mock_aws():
        yield Target("trial", "eu-central-1", "", boto3.Session(region_name="eu-central-1"))


@dataclass
class FailingStage:
    """A stage whose deploy ends with `failure`."""

    target: Target
    failure: BaseException
    absent: tuple[str, ...] = ("prices",)
    done: list[str] = field(default_factory=list)

    @property
    def make(self) -> Make:
        return Make({})

    @property
    def api(self) -> Api:
        raise DeployError("there is no stack")

    def deploy(self) -> None:
        self.done.append("deploy")
        raise self.failure

    def smoke(self) -> None:
        self.done.append("smoke")

    def upgrade(self) -> None:
        self.done.append("upgrade")

    def close(self) -> None:
        self.done.append("close")


def test_after_a_failure_no_step_follows_but_the_clean_up(
    target: Target, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage = FailingStage(target, DeployError("the quota is 10"))

    assert not Rehearsal(stage, tmp_path).run()

    assert stage.done == ["deploy", "close"]
    lines = capsys.readouterr().out.partition("The rehearsal:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == ["FAILED", "ok", "ok", "ok", "not"]
    assert lines[-1] == "not here: prices"


def test_ctrl_c_cleans_up_too_and_a_second_one_does_not_cut_that_short(
    target: Target, tmp_path: Path
) -> None:
    stage = FailingStage(target, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        Rehearsal(stage, tmp_path).run()

    assert stage.done == ["deploy", "close"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ACCOUNT": "210987654321"}, f"ACCOUNT=210987654321, but the credentials are of {ACCOUNT}"),
        ({"ACCOUNT": ""}, "nothing was done"),
        ({"CONFIRM": ""}, "CONFIRM=trial"),
    ],
)
def test_only_the_account_and_the_stack_that_were_named_are_touched(
    target: Target, tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(DeployError, match=reason):
        OnAws(NAMED | changed, tmp_path)


def test_a_stack_that_exists_is_never_rehearsed_on(target: Target, tmp_path: Path) -> None:
    body = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}'
    target.session.client("cloudformation").create_stack(StackName="trial", TemplateBody=body)

    with pytest.raises(DeployError, match="trial exists in eu-central-1"):
        OnAws(NAMED, tmp_path)
    another = {"STACK": "other", "CONFIRM": "other"}
    assert OnAws(NAMED | another, tmp_path).target.stack == "other"


def test_the_first_deploy_has_the_callers_parameters_and_locks_nothing_for_longer_than_a_day(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, typed = tmp_path / "my.parameters", tmp_path / "typed"
    given.write_text("PkiHostName=pki.example.com\nAuditLockMode=COMPLIANCE\nAuditLockDays=3650\n")
    (tmp_path / "make").write_text(
        f'#!/bin/sh\necho "$@ $STACK $REGION" > {typed}\ncat "$PARAMETERS" >> {typed}\n'
    )
    (tmp_path / "make").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(DeployError, match="there is no stack trial"):
        OnAws(NAMED | {"PARAMETERS": str(given)}, tmp_path).deploy()

    assert typed.read_text().splitlines() == [
        "--no-print-directory deploy trial eu-central-1",
        "PkiHostName=pki.example.com",
        "AuditLockMode=GOVERNANCE",
        "AuditLockDays=1",
    ]


def test_the_estimate_is_of_the_templates_and_small() -> None:
    lines = list(estimate())
    assert any("KMS keys" in line for line in lines)
    (total,) = [line for line in lines if line.startswith("At most about $")]
    assert 0.25 < float(total.split("$")[1].split()[0]) < 1
