"""The AWS emulator (MiniStack) as a child process: loopback only, each function held to its own IAM role."""

import http.client
import os
import random
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.emulator.account import Account, RootKey
from local.emulator.state import PRIVATE
from local.settings import REGION, TOOLS

START_SECONDS = 60
# Below the ports that Linux, macOS and Windows give to clients.
_SERVER_PORTS = range(20_000, 32_768)
_ENTRY = Path(__file__).with_name("ministack_entry.py")
# It writes its state on the way out: seconds for a large one.
STOP_SECONDS = 90


class EmulatorError(Exception):
    """The emulator did not come up, or did not stop by itself."""


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    process: "subprocess.Popen[bytes]"
    account: Account

    @property
    def url(self) -> str:
        return self.account.endpoint

    def stop(self) -> None:
        """Ask for a clean stop and wait for it; raises EmulatorError when its state was not saved."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise EmulatorError("the emulator did not stop in time: what this run changed is lost") from None
        if code != 0:
            raise EmulatorError(f"the emulator ended with status {code}: what this run changed is lost")


def is_free(port: int) -> bool:
    """Whether this port of the loopback address can be listened on."""
    with socket.socket() as probe:
        # As servers do: connections of the last run that linger in TIME_WAIT do not occupy the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _binds(probe, port)


def _binds(probe: socket.socket, port: int) -> bool:
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


def any_free_port() -> int:
    """A free port of the loopback address, below those that systems give to clients: a client that polls one
    of these before anything listens is connected to itself. Raises EmulatorError if a hundred are taken."""
    for port in random.sample(_SERVER_PORTS, 100):
        if is_free(port):
            return port
    raise EmulatorError(f"no port between {_SERVER_PORTS.start} and {_SERVER_PORTS.stop} is free")


def _environment(live: Path, port: int, key: RootKey) -> dict[str, str]:
    # Functions inherit this environment: nothing of the caller's gets into it but the path and a moved clock.
    return _moved_clock(os.environ) | {
        "PATH": os.environ["PATH"],
        "HOME": str(live / "tmp"),
        "TMPDIR": str(live / "tmp"),
        "LANG": "C.UTF-8",
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": key.id,
        "AWS_SECRET_ACCESS_KEY": key.secret,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(live / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(live / "objects"),
    }


def _moved_clock(environment: Mapping[str, str]) -> dict[str, str]:
    """What libfaketime wants, where a caller moves the clock with it: functions see the emulator's time."""
    if "FAKETIME_TIMESTAMP_FILE" not in environment:
        return {}
    return {name: value for name, value in environment.items() if name == "LD_PRELOAD" or "FAKE" in name}


def start(live: Path, port: int, key: RootKey, log: Path) -> Emulator:
    """Start the emulator on the state in `live` and wait until it answers; `key` is its root user's. Raises
    EmulatorError."""
    log.touch(mode=0o600)
    log.chmod(0o600)
    with log.open("wb") as output:
        process = subprocess.Popen(
            # -P: this folder must not be where the emulator and the functions look for modules.
            [TOOLS / "env" / "emulator" / "bin" / "python", "-P", _ENTRY],
            env=_environment(live, port, key),
            cwd=live,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A Ctrl-C reaches the whole foreground group; the emulator is stopped last, by us.
            start_new_session=True,
            umask=PRIVATE,
        )
    pid = live / "emulator.pid"
    pid.touch(mode=0o600)
    pid.write_text(str(process.pid))
    emulator = Emulator(process, Account(f"http://127.0.0.1:{port}", key))
    _wait_until_ready(emulator, log)
    return emulator


def _wait_until_ready(emulator: Emulator, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_ready(emulator.url):
        if emulator.process.poll() is not None:
            raise EmulatorError(f"the emulator ended at once: see {log}")
        if time.monotonic() > deadline:
            emulator.process.kill()
            raise EmulatorError(f"the emulator did not answer in {START_SECONDS} s: see {log}")
        time.sleep(0.1)


def is_ready(url: str) -> bool:
    """Whether the emulator answers at this URL."""
    try:
        # our own child
        with urllib.request.urlopen(f"{url}/_ministack/ready", timeout=2) as answer:  # noqa: S310
            ready: bool = answer.status == 200
            return ready
    except (OSError, http.client.HTTPException):
        # HTTPException: another server has this port.
        return False


def stop_orphan(live: Path) -> bool:
    """Stop the emulator that a killed runner left behind, letting it save; True when its state was saved."""
    pid = _orphan(live)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not _command_line(pid)


def _orphan(live: Path) -> int | None:
    path = live / "emulator.pid"
    pid = int(path.read_text()) if path.exists() else 0
    # The number may be another process's by now.
    return pid if pid and "ministack" in _command_line(pid) else None


def _command_line(pid: int) -> str:
    proc = Path("/proc")
    if proc.is_dir():
        path = proc / str(pid) / "cmdline"
        return path.read_text().replace("\0", " ") if path.exists() else ""
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return shown.stdout
