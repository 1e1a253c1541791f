"""The command against the stack's own functions, over HTTP."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from certctl_client.exit_codes import ExitCode
from certctl_client.main import main
from tests.integration.client.conftest import Certctl, Ran
from tests.support.client.stack import BridgedStack, bridged
from tests.support.clock import Clock
from tests.support.functions.deployed import deployed
from tests.support.issuing.issuing import issuing
from tests.support.openssl import openssl

type Create = Callable[..., Ran]


@pytest.fixture(scope="module")
def shared_stack() -> Iterator[BridgedStack]:
    """One stack for the tests of a module, which therefore check their own records only. In local mode, since
    the receivers of the channels are on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERTCTL_LOCAL", "1")
        patch.setenv("CERTCTL_ALLOWED_PRIVATE_CIDRS", "127.0.0.0/8")
        yield from _running()


def _running() -> Iterator[BridgedStack]:
    with deployed(Clock()) as stack, issuing(stack) as world, bridged(world).running() as bridge:
        yield bridge


@pytest.fixture
def stack(shared_stack: BridgedStack, environment: pytest.MonkeyPatch) -> Iterator[BridgedStack]:
    """Set in the environment with an administrator's key; the PKI host is reached through a proxy."""
    shared_stack.asked.clear()
    shared_stack.issuing.stack.clock.time = Clock().time
    for name, value in shared_stack.environment().items():
        environment.setenv(name, value)
    yield shared_stack
    shared_stack.fails, shared_stack.loses = (lambda _: None), (lambda _: False)
    shared_stack.after = shared_stack.issuing.work
    assert shared_stack.undocumented == []


@pytest.fixture
def certctl(stack: BridgedStack, capsys: pytest.CaptureFixture[str]) -> Certctl:
    """Runs the command in process. The key shows nowhere."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert stack.issuing.stack.admin_key not in out + err
        return Ran(code, out, err)

    return run


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "www"


@pytest.fixture
def create(certctl: Certctl, out: Path) -> Create:
    """The same command each time, plus the given arguments."""
    common = ("certs", "create", "--cn", "www.example.com", "--name", f"shop-{out.parent.name}")
    return lambda *more: certctl(*common, "--out", out, "-o", "json", *more)


def record_of(ran: Ran) -> dict[str, Any]:
    assert ran.code == ExitCode.OK, ran.err
    record: dict[str, Any] = json.loads(ran.out)
    return record


def belong_together(out: Path) -> bool:
    public = openssl("pkey", "-in", out / "key.pem", "-pubout")
    return openssl("x509", "-in", out / "certificate.pem", "-noout", "-pubkey") == public
