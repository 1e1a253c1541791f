"""What `enroll`, `run`, `once` and `status` do."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from certctl_client.agent.consent.current import consent_for
from certctl_client.agent.consent.file import ConsentFile
from certctl_client.agent.control_plane import this_host
from certctl_client.agent.crls.memory import CrlMemory
from certctl_client.agent.crls.passes import crl_status
from certctl_client.agent.enrolling import Place, enrolled_with_key, enrolled_with_token, refuse_enrolled
from certctl_client.agent.errors import Unavailable
from certctl_client.agent.events import LogEvent
from certctl_client.agent.journals import Journals
from certctl_client.agent.program.consents import facts_of
from certctl_client.agent.program.settings import LONGEST_POLL, TOKEN_VARIABLE
from certctl_client.agent.running import Loop, Pauses, stopped_by_signals, worker_in
from certctl_client.agent.state import Enrolment, State, existing_state, open_state
from certctl_client.errors import CommandError, ConfigurationError, Unreachable
from certctl_client.settings import checked_key, checked_url

_BOOTSTRAP_PREFIX = "certctl_boot_"
_PRIVATE = 0o077


@dataclass(frozen=True)
class Paths:
    """The state directory, and the file with what this host allows."""

    state: Path
    consent: ConsentFile


def enrolled(paths: Paths, url: str, hostname: str | None, secret: str, is_forced: bool) -> str:
    """Makes this host an agent. Returns what to say. Raises CommandError, and then removes a state directory
    that it has created."""
    os.umask(_PRIVATE)
    paths.consent.required()
    if not secret:
        raise ConfigurationError(
            "Neither a token nor a key was given.", f"Set {TOKEN_VARIABLE}, or use --secret-stdin."
        )
    place, key = Place(checked_url(url), this_host(hostname)), checked_key(secret)
    with _state_in(paths.state) as state, state.alone():
        if not is_forced:
            refuse_enrolled(state)
        by = enrolled_with_token if key.startswith(_BOOTSTRAP_PREFIX) else enrolled_with_key
        try:
            enrolment = by(state, place, key, _now)
        except Unavailable as error:
            raise Unreachable(error.message, error.advice) from None
    return f"This host is the agent {enrolment.agent_id}. Its key is stored in {paths.state}."


def run(paths: Paths, longest_pause: float, log: LogEvent) -> None:
    """Works until SIGTERM. Raises CommandError if no agent is enrolled here, or another one runs."""
    os.umask(_PRIVATE)
    state = existing_state(paths.state)
    with (
        stopped_by_signals() as stop,
        worker_in(state, paths.consent, log, _now, longest_pause) as worker,
    ):
        Loop(worker, log, stop, Pauses()).run()


def once(paths: Paths, log: LogEvent) -> None:
    """Runs one round. Raises CommandError."""
    os.umask(_PRIVATE)
    with worker_in(existing_state(paths.state), paths.consent, log, _now, LONGEST_POLL) as worker:
        with suppress(CommandError):  # the round reports it again, or fails
            worker.recover()
        try:
            worker.round(threading.Event().is_set)
        finally:
            worker.crls.run_due()


def status_of(paths: Paths) -> dict[str, Any]:
    """The identity of the agent, its key's expiry, consent and unfinished jobs. Makes no request. Raises
    ConfigurationError."""
    state = existing_state(paths.state)
    enrolment, key = state.enrolment(), state.key()
    return {
        "agent_id": enrolment.agent_id,
        "name": enrolment.name,
        "hostname": enrolment.hostname,
        "url": enrolment.url,
        "key_expires_at": key.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "consent": _consent_of(enrolment, paths.consent),
        "in_hand": [f"{entry.job_id} {entry.phase}" for entry in Journals(state).unfinished()],
        "crl_bundles": crl_status(CrlMemory(state)),
        "failed_rollbacks": sorted(path.name for path in (state.path / "failed").glob("*")),
    }


def secret_from(first_line: Callable[[], str] | None, ask: Callable[[], str]) -> str:
    """The token or key: the first line of standard input, else the variable, else the answer to a prompt."""
    given = first_line().strip() if first_line else os.environ.get(TOKEN_VARIABLE, "")
    return given or ask().strip()


@contextmanager
def _state_in(path: Path) -> Iterator[State]:
    """The state directory. One that was made here is removed if the enrolment fails."""
    existed = path.exists()
    state = open_state(path)
    try:
        yield state
    except BaseException:
        if not existed:
            state.remove_unused()
        raise


def _consent_of(enrolment: Enrolment, file: ConsentFile) -> Mapping[str, Any]:
    try:
        return facts_of(consent_for(enrolment, file))
    except ConfigurationError as error:
        return {"problem": error.message}


def _now() -> datetime:
    return datetime.now(UTC)
