"""The agent's loop: rounds with pauses, backoff while the server is down, and a graceful stop."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from certctl_client.agent.certificate_keys import CertificateKeys
from certctl_client.agent.consent.current import Consents
from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.control_plane import ControlPlane, this_host
from certctl_client.agent.credentials import Credentials
from certctl_client.agent.crls.installing import CrlInstaller
from certctl_client.agent.crls.memory import CrlMemory
from certctl_client.agent.crls.passes import CrlPasses
from certctl_client.agent.deploying import Deployer
from certctl_client.agent.errors import Unavailable
from certctl_client.agent.events import LogEvent
from certctl_client.agent.journals import Journals
from certctl_client.agent.probing import OrderedProbes
from certctl_client.agent.program.settings import LONGEST_POLL
from certctl_client.agent.state import State
from certctl_client.agent.working import Worker
from certctl_client.api.retrying import jitter
from certctl_client.errors import CommandError

_SHORTEST, _LONGEST = 1.0, 3600.0


@dataclass(frozen=True)
class Pauses:
    """Seconds. Pauses between polls vary by a fifth; after failures, full jitter over a doubling bound."""

    base: float = 2.0
    cap: float = 300.0
    chance: Callable[[], float] = jitter

    def until_poll(self, asked: float) -> float:
        return min(max(asked, _SHORTEST), _LONGEST) * (0.8 + 0.4 * self.chance())

    def after_failure(self, failures: int, retry_after: float | None) -> float:
        """At least the time that the server requested, and spread beyond it: it requests the same of all
        agents."""
        spread: float = min(self.cap, self.base * 2.0 ** min(failures, 20)) * self.chance()
        return min(max(_SHORTEST, retry_after or 0.0) + spread, _LONGEST)


@contextmanager
def worker_in(
    state: State,
    file: ConsentFile,
    log: LogEvent,
    now: Callable[[], datetime],
    longest_pause: float = LONGEST_POLL,
) -> Iterator[Worker]:
    """The only agent of this state directory. Raises CommandError."""
    enrolment, key = state.enrolment(), state.key()
    consents = Consents(state, file, log)
    with state.alone(), ControlPlane(enrolment.url, key.key) as server:
        keys = CertificateKeys(state)
        deployer = Deployer(server, keys, Journals(state), consents.for_work, log, now)
        host = this_host(enrolment.hostname)
        crls = CrlPasses(CrlInstaller(enrolment.url, CrlMemory(state), consents.for_work, log, now))
        probes = OrderedProbes(state, consents.for_work, log, now)
        credentials = Credentials(state, server, host, consents.in_force, crls, probes, log, now)
        yield Worker(server, credentials, keys, deployer, crls, log, longest_pause=longest_pause)


@dataclass
class Loop:
    """`stop` wakes it. A step in progress is finished; the journal has the rest."""

    worker: Worker
    log: LogEvent
    stop: threading.Event
    pauses: Pauses
    failures: int = 0

    def run(self) -> None:
        self.worker.stay_close()
        self._safely(self._recovered)
        tell_service_manager("READY=1")
        self.log("agent_started", **self.worker.identity)
        while not self.stop.is_set():
            self._wait(self._safely(self._round))
        tell_service_manager("STOPPING=1")
        self.log("agent_stopped")

    def _wait(self, seconds: float) -> None:
        """Waits until the next poll. CRLs are renewed whether or not the server responds."""
        ends = time.monotonic() + seconds
        while not self.stop.is_set() and (left := ends - time.monotonic()) > 0:
            self.stop.wait(min(left, max(self._seconds_until_pass(), _SHORTEST)))

    def _seconds_until_pass(self) -> float:
        try:
            self.worker.crls.run_due()
            return self.worker.crls.seconds_until_due()
        except CommandError as error:
            self.log("crl_pass_failed", error=error.message)
        except Exception as error:  # as in `_safely`
            self.log("crl_pass_failed", error=f"Unexpected {type(error).__name__}.")
        return _LONGEST

    def _recovered(self) -> float:
        self.worker.recover()
        return 0.0

    def _round(self) -> float:
        seconds = self.pauses.until_poll(self.worker.round(self.stop.is_set))
        self.failures = 0
        self.log("polled", jobs=self.worker.jobs, next_poll_seconds=round(seconds))
        return seconds

    def _safely(self, step: Callable[[], float]) -> float:
        """Runs a step and logs its failure. Returns the seconds to wait."""
        try:
            return step()
        except Unavailable as error:
            return self._failed("server_unavailable", error.message, error.retry_after)
        except CommandError as error:
            return self._failed("round_refused", error.message, None)
        except Exception as error:  # the next round may succeed; a stopped agent helps nobody
            return self._failed("round_failed", f"Unexpected {type(error).__name__}.", None)

    def _failed(self, event: str, reason: str, retry_after: float | None) -> float:
        seconds = self.pauses.after_failure(self.failures, retry_after)
        self.failures += 1
        self.log(event, error=reason, retry_in_seconds=round(seconds, 1))
        return seconds


@contextmanager
def stopped_by_signals() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def tell_service_manager(state: str) -> None:
    """Notifies systemd (sd_notify(3)) if it asks: services ordered after the agent start with complete
    files."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifier:
        try:
            notifier.sendto(state.encode(), address.replace("@", "\0", 1))
        except OSError:
            return
