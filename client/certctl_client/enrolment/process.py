"""From a kept key to its certificate: ask, wait, take. Each step may be repeated."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from certctl_client.api.job_records import Job
from certctl_client.api.records import Version
from certctl_client.api.requests import NewCertificate
from certctl_client.api.resources import Stack
from certctl_client.enrolment.directory import Kept, discard, write_issued
from certctl_client.enrolment.issued import Chain, chain_of
from certctl_client.errors import CommandError, RequestFailed

_REFUSED_FOR_GOOD = (400, 404, 413, 422)
_CONFLICT, _ABSENT = 409, 404
_POLL_SECONDS = 1.0
ENDED = frozenset({"Completed", "Failed", "Cancelled"})
"""States of a job that it does not leave."""


@dataclass(frozen=True)
class Patience:
    """Seconds to wait for a job; `tell` hears how it stands."""

    seconds: float
    tell: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


def enrol(stack: Stack, kept: Kept, patience: Patience) -> Version:
    """The version that was issued to the kept key, written beside it. Raises CommandError; the same again
    goes on."""
    version = _issued(stack, kept) if kept.was_begun else None
    if version is None:
        job_id = _asked(stack, kept)
        if job_id is not None:
            wait_for_job(stack, job_id, patience)
        version = _issued(stack, kept)
    if version is None:
        raise CommandError(
            f"No job is open, but {kept.certificate_id} has no version for this key.",
            f"See certctl certs versions {kept.certificate_id}",
        )
    chain = chain_of(version["pem_chain"])
    write_issued(kept.directory, chain.leaf, chain.issuers)
    return version


def wait_for_job(stack: Stack, job_id: str, patience: Patience) -> Job:
    """Until it is completed. Raises CommandError where it fails, or takes too long."""
    job = at_its_end(stack, job_id, patience)
    if job["status"] == "Completed":
        return job
    if job["status"] in ENDED:
        raise CommandError(
            f"The job {job_id} is {job['status']}: {job['last_error'] or 'no reason was given'}",
            f"Mend the cause, then: certctl certs renew {job['certificate_id']} --out NEW_DIR",
        )
    raise CommandError(
        f"The job {job_id} is {job['status']} after {patience.seconds:g} s.",
        f"Run the same again to go on waiting, or see certctl jobs get {job_id}",
    )


def at_its_end(stack: Stack, job_id: str, patience: Patience) -> Job:
    """Once it has ended; or as it is when patience does. Raises CommandError."""
    ends = patience.monotonic() + patience.seconds
    while (job := stack.jobs.get(job_id))["status"] not in ENDED:
        patience.tell(f"{job['type']} {job['status']}")
        if patience.monotonic() >= ends:
            break
        patience.sleep(_POLL_SECONDS)
    return job


def _asked(stack: Stack, kept: Kept) -> str | None:
    """The id of the job; None where an earlier run's is done by now."""
    try:
        return _submitted(stack, kept)
    except RequestFailed as refused:
        if refused.status in _REFUSED_FOR_GOOD and not kept.was_begun:
            discard(kept)
        if refused.status != _CONFLICT or not kept.was_begun:
            raise
        return _open_job(stack, kept, refused)


def _submitted(stack: Stack, kept: Kept) -> str:
    if kept.asked.act == "renew":
        started = stack.certificates.renew(
            kept.certificate_id, {"csr_pem": kept.csr_pem}, kept.idempotency_key
        )
        return started["job_id"]
    made = {"id": kept.certificate_id, "csr_pem": kept.csr_pem}
    wanted = cast(NewCertificate, {**kept.asked.body, **made})
    return stack.certificates.create(wanted, kept.idempotency_key)["job_id"]


def _open_job(stack: Stack, kept: Kept, refused: RequestFailed) -> str | None:
    """Of the record that an earlier run made; the server remembers its answers for a day only."""
    try:
        return stack.certificates.get(kept.certificate_id)["open_job_id"]
    except RequestFailed:
        raise refused from None


def _issued(stack: Stack, kept: Kept) -> Version | None:
    try:
        for version in stack.certificates.versions(kept.certificate_id, {}):
            if version["pem_chain"] and _chain(version).belongs_to(kept.key):
                return version
    except RequestFailed as refused:
        if refused.status != _ABSENT:
            raise
    return None


def _chain(version: Version) -> Chain:
    return chain_of(version["pem_chain"])
