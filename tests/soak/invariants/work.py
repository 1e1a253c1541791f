"""Work at rest: no lease, no claim, no message without an explanation."""

import json
from collections.abc import Iterator
from hashlib import sha256

from tests.soak.quiet import FOLLOW_UPS
from tests.soak.world.world import World

_DLQS = ("dead_letter", "failed_nudges")


def jobs_have_ended(world: World) -> Iterator[str]:
    """No job is open that waits for no host and no person. Reads jobs. Broken by a job whose nudge and
    schedule were both lost."""
    for job_id, job in world.jobs.items():
        if "open_status" in job and not world.waits(job):
            yield f"{job_id} ({job['type']}) is {job['status']}"


def ended_jobs_are_let_go(world: World) -> Iterator[str]:
    """An ended job is neither due, nor held, nor on an agent's list. Reads jobs. Broken by a claim that
    outlived its work."""
    for job_id, job in world.jobs.items():
        left = {"lease_owner", "lease_until", "due_at", "due_shard", "agent_id"} & job.keys()
        if "open_status" not in job and left:
            yield f"{job_id} is {job['status']} and has {', '.join(sorted(left))}"


def jobs_have_their_certificate(world: World) -> Iterator[str]:
    """The certificate that a job names exists. Reads jobs, certificate rows. Broken by a job without one."""
    for job_id, job in world.jobs.items():
        if job.get("certificate_id") and job["certificate_id"] not in world.certificates:
            yield f"{job_id} works on {job['certificate_id']}, which is not there"


def locks_are_free(world: World) -> Iterator[str]:
    """No lock is held for longer than its lease. Reads the state table. Broken by a lock that never ends."""
    for row in world.state("lock"):
        if row["amount"] > (world.taken_at + _LONGEST_LOCK) * 1000:
            yield f"{row['id']} is locked until {row['amount']}"


_LONGEST_LOCK = 900
"""Seconds of the longest run of a function."""


def queues_are_empty(world: World) -> Iterator[str]:
    """No queue holds a message, but for the two that keep what failed. Reads the queues. Broken by a
    message that nobody consumes."""
    for queue, amount in world.queues.items():
        if amount and queue not in _DLQS:
            yield f"{amount} messages are in {queue}"


def failed_nudges_are_harmless(world: World) -> Iterator[str]:
    """A nudge that failed five times named work that was done all the same. Reads failed nudges, jobs,
    notifications. Broken by work that only its nudge knew."""
    for body in world.messages["failed_nudges"]:
        identifier = json.loads(body).get("id", "")
        job, alert = world.jobs.get(identifier), world.notifications.get(identifier)
        if job is not None and "open_status" in job and not world.waits(job):
            yield f"{identifier} failed as a nudge, and is {job['status']}"
        if alert is not None and "due_at" in alert:
            yield f"{identifier} failed as a nudge, and is due"


def repeats_have_one_answer(world: World) -> Iterator[str]:
    """Each accepted request with an Idempotency-Key has its record, with its answer. Reads the journal, the
    state table. Broken by a record that is lost, or that a repeat would run again."""
    caller = world.pages.get("own_key", {}).get("id", "")
    records = {row["id"]: row for row in world.state("idempotency")}
    for entry in world.noted("key"):
        parts = (caller, "POST", entry["path"], entry["key"])
        record = records.get(sha256("\n".join(parts).encode()).hexdigest())
        if record is None:
            yield f"{entry['path']} {entry['key']} has no record"
        elif "answer" not in record:
            yield f"{entry['path']} {entry['key']} was answered, and its record was not"


def follow_ups_are_done(world: World) -> Iterator[str]:
    """Nothing that a change left to a schedule is still to do. Reads the state table. Broken by a follow-up
    that no schedule takes."""
    for kind in FOLLOW_UPS:
        yield from (f"{kind} {row['id']} is left" for row in world.state(kind))


def deletions_are_done(world: World) -> Iterator[str]:
    """A record that is being deleted is gone, and so is the note of it. Reads the catalog. Broken by a
    deletion that a kill left halfway."""
    for row in world.tables["catalog"]:
        if row["kind"] != "deleting" and row.get("deleting_since"):
            yield f"{row['kind']} {row['id']} is being deleted since {row['deleting_since']}"
