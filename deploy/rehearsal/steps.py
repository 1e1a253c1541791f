"""The steps of `make rehearse`, in order, each with its seconds; the clean-up comes after any end of them."""

import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from deploy import destroying
from deploy import stack as stacks
from deploy.errors import DeployError
from deploy.rehearsal import leftovers
from deploy.rehearsal.making import Make
from deploy.smoke.tools import Api
from deploy.stack import Resource
from deploy.target import Target
from local.build import CommandFailedError
from local.console import say

_FAILURES = (DeployError, CommandFailedError, BotoCoreError, ClientError, OSError, KeyError, ValueError)
Step = tuple[str, Callable[[], None]]


class Stage(Protocol):
    """Where it is rehearsed. `absent` says what it cannot show."""

    absent: tuple[str, ...]

    @property
    def target(self) -> Target: ...

    @property
    def make(self) -> Make: ...

    @property
    def api(self) -> Api: ...

    def deploy(self) -> None:
        """Makes the first deploy."""
        ...

    def smoke(self) -> None:
        """Runs the smoke test, and rotates the CA."""
        ...

    def upgrade(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Rehearsal:
    stage: Stage
    folder: Path
    _seconds: list[str] = field(default_factory=list)
    _made: dict[str, Any] = field(default_factory=dict)

    def run(self) -> bool:
        """Whether each step passed. Nothing that it made is left, or a line says what is."""
        try:
            passed = all(self._passed(name, step) for name, step in self._steps())
        finally:
            cleaned = self._clean()
            self._report()
        return passed and cleaned

    def _steps(self) -> Iterator[Step]:
        yield "deploy", self.stage.deploy
        yield "smoke test, and the CA rotated", self.smoke
        yield "back up", self.back_up
        yield "restore", self.restore
        yield "upgrade", self.upgrade

    def _clean(self) -> bool:
        """Cleans up, also after Ctrl-C; another one does not cut it short."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        steps = (("destroy", self.destroy), ("remove what stays", self.remove), ("close", self.stage.close))
        results = [self._passed(name, step) for name, step in steps]
        return all(results)

    def _passed(self, name: str, step: Callable[[], None]) -> bool:
        say(f"\n==> rehearsal: {name}")
        began, how = time.monotonic(), "FAILED"
        try:
            step()
            how = "ok"
        except _FAILURES as problem:
            say(f"{name} failed: {problem}")
        finally:
            self._seconds.append(f"{how:<6} {time.monotonic() - began:6.0f} s  {name}")
        return how == "ok"

    def _report(self) -> None:
        say("\nThe rehearsal:")
        for line in (*self._seconds, *(f"not here: {each}" for each in self.stage.absent)):
            say(line)

    def smoke(self) -> None:
        """Raises DeployError also if it leaves anything."""
        self.stage.smoke()
        topics = self.stage.target.session.client("sns").list_topics()["Topics"]
        names = [each["TopicArn"].rpartition(":")[2] for each in topics]
        names += [each["id"] for each in self.stage.api.call("GET", "/api/v1/channels")["data"]]
        left = [name for name in names if name.startswith("smoke-")]
        left += [each["id"] for each in self.stage.api.call("GET", "/api/v1/notifications/routing")["data"]]
        if left:
            raise DeployError(f"the smoke test left {', '.join(left)}")

    def back_up(self) -> None:
        """What is made after it must be gone after the restore."""
        to = self.folder / "backup"
        self.stage.make("backup", TO=str(to))
        (manifest,) = to.glob("*/*/manifest.json")
        self._made["backup"] = manifest.parent
        self._made["certificates"] = self._certificates()
        self._made["team"] = f"after-{uuid4().hex[:8]}"
        team = {"id": self._made["team"], "name": self._made["team"], "email": "rehearsal@example.com"}
        self.stage.api.call("POST", "/api/v1/teams", team)

    def restore(self) -> None:
        self.stage.make("restore", FROM=str(self._made["backup"]), MODE="replace")
        self._look()
        answer = self.stage.api.send("GET", f"/api/v1/teams/{self._made['team']}")
        if answer.status != 404:
            raise DeployError(
                f"a team that is newer than the backup answers {answer.status} after the restore"
            )

    def upgrade(self) -> None:
        self.stage.upgrade()
        self._look()

    def _look(self) -> None:
        """Raises DeployError unless the stack answers and has the certificates that it had."""
        for path in ("/health", "/ready"):
            self.stage.api.call("GET", path)
        if self._certificates() != self._made["certificates"]:
            raise DeployError("the certificates are others than at the backup")

    def _certificates(self) -> list[tuple[str, str]]:
        """(id, status); Raises DeployError if there is none."""
        page = self.stage.api.call("GET", "/api/v1/certificates")["data"]
        if not page:
            raise DeployError("there is no certificate")
        return sorted((each["id"], each["status"]) for each in page)

    def destroy(self) -> None:
        """Does nothing if the deploy made none."""
        target = self.stage.target
        found = stacks.find(target)
        if found is None:
            say("there is no stack")
            return
        self._made["kept"] = [*leftovers.of_later_keys(target), *destroying.kept(target, found)]
        self.stage.make("destroy", CONFIRM=target.stack)

    def remove(self) -> None:
        """What `make destroy` and the deletion of the CAs' own stacks leave. Raises DeployError with what
        stays."""
        kept: list[Resource] = self._made.get("kept", [])
        stays = list(leftovers.removed(self.stage.target, kept))
        if stays:
            raise DeployError("\n".join(["remove by hand:", *stays]))
