"""The local stack as `make run` starts it, for tests over real HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.template import ROOT

_START_SECONDS = 300
_STOP_SECONDS = 300
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class LocalStack:
    """A running stack: `outputs` is the content of `.local/outputs.json`."""

    outputs: Mapping[str, Any]
    directory: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return str(self.outputs["api_url"])

    @property
    def acme_directory(self) -> str:
        """The URL that ACME clients are given; `outputs["acme_root"]` is the root that they trust."""
        return str(self.outputs["acme_directory_url"])

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """With the admin key, unless `key` is another one, or None for no key."""
        key = options.pop("key", self.outputs["api_key"])
        headers = options.pop("headers", {}) | ({"Authorization": f"Bearer {key}"} if key else {})
        if body is not None:
            options["json"] = body
        return requests.request(method, self.url + path, headers=headers, timeout=30, **options)

    def get(self, path: str, **options: Any) -> Any:
        """What is so now: no part of the answer is one that requests share."""
        headers = {"Cache-Control": "no-cache"} | options.pop("headers", {})
        answer = self.call("GET", path, headers=headers, **options)
        answer.raise_for_status()
        return answer.json()

    def listed(self, path: str, **options: Any) -> list[Any]:
        """All pages: one may be short."""
        entries, query = list[Any](), dict(options.pop("params", {}))
        while True:
            page = self.get(path, params=query, **options)
            entries += page["data"]
            if page["next_cursor"] is None:
                return entries
            query["cursor"] = page["next_cursor"]

    def client(self, service: Any) -> Any:
        """A boto3 client of the emulator, as its root user."""
        import boto3  # after moto, which patches it

        return boto3.client(
            service,
            endpoint_url=self.outputs["aws_endpoint_url"],
            region_name=self.outputs["region"],
            aws_access_key_id=self.outputs["aws_access_key_id"],
            aws_secret_access_key=self.outputs["aws_secret_access_key"],
        )


def wait_for[T](look: Callable[[], T | None], what: str, seconds: float = 60) -> T:
    """The first result of `look` that is neither None nor empty."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(_POLL_SECONDS)
    raise AssertionError(f"{what} did not come within {seconds} s")


def started(directory: Path, **environment: str) -> AbstractContextManager[LocalStack]:
    """A separate stack on a free port; stopped as by Ctrl-C."""
    return started_of(ROOT, directory, **environment)


@contextmanager
def started_of(tree: Path, directory: Path, **environment: str) -> Iterator[LocalStack]:
    """The stack of another commit's tree."""
    running = _start(tree, directory, **environment)
    try:
        yield running
    finally:
        stop(running)


def start(directory: Path, **environment: str) -> LocalStack:
    return _start(ROOT, directory, **environment)


def _start(tree: Path, directory: Path, **environment: str) -> LocalStack:
    directory.mkdir(parents=True, exist_ok=True)
    ports = {"PORT": str(free_port()), "ACME_PORT": str(free_port())}
    settings = {"LOCAL_DIR": str(directory), "DEMO": "0"} | ports | environment
    with (directory / "run.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "local/bootstrap.py", "local.run"],
            cwd=tree,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    outputs = wait_for(lambda: _outputs(directory, process), f"the stack in {directory}", _START_SECONDS)
    return LocalStack(outputs, directory, process)


def stop(running: LocalStack) -> None:
    if running.process is None:
        return
    running.process.send_signal(signal.SIGINT)
    running.process.wait(_STOP_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _outputs(directory: Path, process: subprocess.Popen[bytes]) -> dict[str, Any] | None:
    if process.poll() is not None:
        raise AssertionError((directory / "run.log").read_text()[-4000:])
    path = directory / "outputs.json"
    return json.loads(path.read_text()) if path.exists() else None
