"""The agent as a separate process: run, stopped, killed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from certctl_client.agent.consent.consent import KINDS
from tests.support.agents.server import TOKEN
from tests.support.template import ROOT

ANYTHING = f"""
kinds = {json.dumps(KINDS)}
any_directory = true
any_command = true
any_owner = true
any_verify_address = true
any_acm_arn = true
"""
"""A consent file for tests that are about something else."""

type Step = tuple[str, str]
"""A step of the way to a kill: see `agent_forks`."""
_NAMING: Step = ("os.rename os.link", "")
"""Everything that the agent makes durable gets its name so: a number of them walks through its steps."""


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]


class Commands:
    """Starts `certctl` in separate processes, forked from one that has imported it, since an import takes
    longer than most commands. `environment` is added to this process's environment."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        paths = {"PYTHONPATH": f"{ROOT / 'client'}:{ROOT}", "CERTCTL_AGENT_LOG": "json"}
        # a consent file of the tests belongs to the user who runs them
        own = {} if os.geteuid() == 0 else {"CERTCTL_AGENT_OWN_CONSENT": "true"}
        self.environment = os.environ | paths | own | dict(environment or {})
        command = [sys.executable, "-m", "tests.support.agents.forks"]
        self._parent = subprocess.Popen(
            command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ran(self, *arguments: str, standard_input: str = "", kill_at: Sequence[Step] = ()) -> Ran:
        wish = {"arguments": arguments, "input": standard_input, "kill_at": kill_at}
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(wish) + "\n")
        self._parent.stdin.flush()
        return Ran(**json.loads(self._parent.stdout.readline()))

    def close(self) -> None:
        self._parent.communicate(timeout=20)


@dataclass(frozen=True)
class AgentHost:
    """A state directory, a consent file beside it, and the address of the server that it is enrolled at."""

    state: Path
    url: str
    commands: Commands

    @property
    def consent(self) -> Path:
        return self.state.parent / "consent.toml"

    def allow(self, text: str) -> None:
        """Replaces the host's consent file."""
        self.consent.write_text(text)
        self.consent.chmod(0o644)

    def allow_anything(self) -> None:
        self.allow(ANYTHING)

    def enroll(self, *options: str, secret: str = TOKEN) -> Ran:
        return self._ran("enroll", "--url", self.url, "--secret-stdin", *options, standard_input=secret)

    def once(self) -> Ran:
        return self._ran("once")

    def status(self) -> Any:
        return json.loads(self._ran("status", "--output", "json").stdout)

    def crashed_at(self, naming: int) -> bool:
        """Runs `once` and kills it before it renames its n-th file; False if it ended earlier."""
        ran = self.commands.ran(*self._arguments("once"), kill_at=[_NAMING] * naming)
        assert ran.returncode in (0, -signal.SIGKILL), ran
        return ran.returncode != 0

    def killed_at(self, *steps: Step) -> None:
        """Runs `certctl agent run`, which is killed at the last of `steps`."""
        ran = self.commands.ran(*self._arguments("run"), kill_at=steps)
        assert ran.returncode == -signal.SIGKILL, ran

    @contextmanager
    def running(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """`certctl agent run`. Killed in the end, unless the test has ended it."""
        with self._log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "certctl_client", *self._arguments("run", *options)],
                env=self.commands.environment,
                stderr=log,
                text=True,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait(20)

    def log(self) -> str:
        return self._log.read_text()

    @property
    def starts(self) -> int:
        """The number of rounds of the agent's loop."""
        return self.log().count('"agent_started"') if self._log.exists() else 0

    def events(self) -> list[dict[str, Any]]:
        """The events of `running`."""
        return [cast(dict[str, Any], json.loads(line)) for line in self.log().splitlines()]

    @property
    def _log(self) -> Path:
        return self.state.parent / "agent.log"

    def _ran(self, command: str, *options: str, standard_input: str = "") -> Ran:
        return self.commands.ran(*self._arguments(command, *options), standard_input=standard_input)

    def _arguments(self, command: str, *options: str) -> list[str]:
        return ["agent", command, "--state-dir", str(self.state), "--consent", str(self.consent), *options]


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, what
        time.sleep(0.05)
