"""`certctl jobs logs`: a line for each change of a job, or of the jobs of a certificate."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, Any

import typer

from certctl_client.api.resources import Stack
from certctl_client.commands.certs.finding import id_of
from certctl_client.enrolment.jobs import ENDED
from certctl_client.exit_codes import ExitCode
from certctl_client.output import say
from certctl_client.plain_text import one_line
from certctl_client.session import open_stack

_MOST_JOBS = 20
_INTERVAL_SECONDS = 2.0
_JOB = "job-"


@dataclass
class Log:
    """Writes a job's line when it differs from the one before."""

    stack: Stack
    seen: dict[str, str] = field(default_factory=dict)
    jobs: dict[str, Any] = field(default_factory=dict)

    def write(self, job: Any) -> None:
        self.jobs[job["id"]] = job
        line = _line(job)
        if self.seen.get(job["id"]) != line:
            sys.stdout.write(f"{_at(job)}  {line}\n")
            sys.stdout.flush()
        self.seen[job["id"]] = line

    @property
    def has_ended(self) -> bool:
        return all(job["status"] in ENDED for job in self.jobs.values())

    @property
    def code(self) -> ExitCode:
        """Failed if the newest job of a kind did not complete."""
        if not self.has_ended:
            return ExitCode.NOT_ENDED
        newest = {job["type"]: job["status"] for job in self.jobs.values()}
        return ExitCode.OK if set(newest.values()) <= {"Completed"} else ExitCode.FAILED


def show_log(
    of: Annotated[str, typer.Argument(metavar="JOB|CERTIFICATE", help="Id of a job, or of a certificate.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Until all have ended.")] = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0, help="Seconds to follow at most.")] = 3600.0,
) -> None:
    """Show what a job, or the newest jobs of a certificate, did: a line for each change, oldest first.

    Exit code 0 if all are Completed (of several jobs of a type the newest counts), 1 if one is Failed or
    Cancelled, 8 if one has not ended.
    """
    with open_stack() as stack:
        log = Log(stack)
        read = _reader(stack, of)
        _follow(log, read, time.monotonic() + (timeout if follow else 0))
    if not log.jobs:
        say("None.")
    raise typer.Exit(log.code)


def _reader(stack: Stack, of: str) -> Callable[[], Iterator[Any]]:
    """Reads the job, or the newest jobs of the certificate, oldest first."""
    if of.startswith(_JOB):
        return lambda: iter([stack.jobs.get(of)])
    certificate_id = id_of(stack, of)
    query: Any = {"certificate_id": certificate_id, "per_page": _MOST_JOBS}
    return lambda: reversed(list(islice(stack.jobs.all(query), _MOST_JOBS)))


def _follow(
    log: Log,
    read: Callable[[], Iterator[Any]],
    until: float,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    while True:
        for job in read():
            log.write(job)
        if log.has_ended or time.monotonic() >= until:
            return
        sleep(_INTERVAL_SECONDS)


def _at(job: Any) -> str:
    """The time of the job's newest change that the server records."""
    return str(job["completed_at"] or job.get("started_at") or job["created_at"])


def _line(job: Any) -> str:
    attempt = f"  attempt {job['attempts']} of {job['max_attempts']}" if job["attempts"] else ""
    where = f"  on {job['target_id']}" if job.get("target_id") else ""
    error = f"  {one_line(job['last_error'])}" if job["last_error"] else ""
    return f"{job['id']}  {job['type']} {job['status']}{where}{attempt}{error}"
