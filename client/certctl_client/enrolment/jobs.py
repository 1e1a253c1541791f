"""Waits for the end of a job."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from certctl_client.api.resources import Stack
from certctl_client.api.schema import JobView
from certctl_client.errors import CommandError

_POLL_SECONDS = 1.0
ENDED = frozenset({"Completed", "Failed", "Cancelled"})
"""Final states of a job."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a job; `show` shows its state."""

    seconds: float
    show: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


def wait_for_job(stack: Stack, job_id: str, patience: Patience) -> JobView:
    """Waits until the job is completed. Raises CommandError if it fails or takes too long."""
    job = at_its_end(stack, job_id, patience)
    if job["status"] == "Completed":
        return job
    if job["status"] in ENDED:
        raise CommandError(
            f"The job {job_id} is {job['status']}: {job['last_error'] or 'no reason was given'}",
            f"Fix the cause, then: certctl certs renew {job['certificate_id']} --out NEW_DIR",
        )
    raise CommandError(
        f"The job {job_id} is {job['status']} after {patience.seconds:g} s.",
        f"Repeat the command to continue waiting, or see certctl jobs get {job_id}",
    )


def at_its_end(stack: Stack, job_id: str, patience: Patience) -> JobView:
    """The job once it has ended, or as it is at the timeout. Raises CommandError."""
    ends = patience.monotonic() + patience.seconds
    while (job := stack.jobs.get(job_id))["status"] not in ENDED:
        patience.show(f"{job['type']} {job['status']}")
        if patience.monotonic() >= ends:
            break
        patience.sleep(_POLL_SECONDS)
    return job
