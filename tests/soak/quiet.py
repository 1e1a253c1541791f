"""Brings a stack to rest: runs its schedules until nothing is due, within a bound."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.soak.world.reading import read_rows
from tests.soak.world.world import WAITING, jobs_to_confirm
from tests.support.local.stack import LocalStack

SCHEDULES = (
    "maintenance_schedule",
    "retry_sweep_schedule",
    "renewal_schedule",
    "crl_publisher",
    "status_watch",
    "endpoint_prober",
    "cloud_discovery",
)
FOLLOW_UPS = ("search_entries", "acme_endings", "acme_leaks", "renewal_replan", "rule_withdrawals")
_PAUSE_SECONDS = 3


def invoke(stack: LocalStack, function: str, event: dict[str, Any] | None = None) -> Any:
    """The answer; None if the function failed, was killed or is throttled."""
    name = stack.outputs["functions"][function]
    try:
        answer = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event or {}))
    except Exception:
        return None
    return None if "FunctionError" in answer else json.loads(answer["Payload"].read() or b"null")


@dataclass(frozen=True)
class Quiet:
    """`seconds` that it took; `left` is what is still due after the bound, empty if all is done."""

    seconds: float
    left: tuple[str, ...]


def settle(stack: LocalStack, bound_seconds: float) -> Quiet:
    """Twice in a row nothing is left: what a schedule has just nudged may still be on its way."""
    began, calm = time.monotonic(), 0
    left: tuple[str, ...] = ()
    while time.monotonic() < began + bound_seconds and calm < 2:
        for schedule in SCHEDULES:
            invoke(stack, schedule)
        left = tuple(_left(stack))
        calm = 0 if left else calm + 1
        time.sleep(_PAUSE_SECONDS)
    return Quiet(round(time.monotonic() - began, 1), left)


def _left(stack: LocalStack) -> Iterator[str]:
    yield from _jobs(stack)
    due = [row for row in read_rows(stack, "notifications") if "due_at" in row]
    if due:
        yield f"{len(due)} notifications are due"
    watched = [row for row in read_rows(stack, "revocations") if "due_at" in row]
    if watched:
        yield f"{len(watched)} receipts are due"
    deleted = [row for row in read_rows(stack, "catalog") if row["kind"] == "deleting"]
    if deleted:
        yield f"{len(deleted)} records are being deleted"
    yield from _follow_ups(stack)
    yield from _queues(stack)
    yield from _seals(stack)


def _jobs(stack: LocalStack) -> Iterator[str]:
    """Without those that wait for a host, a person, or the end of a hold."""
    held = {r["certificate_id"] for r in read_rows(stack, "certificates") if r.get("lifecycle") == "OnHold"}
    opened = [row for row in read_rows(stack, "jobs") if row.get("open_status", WAITING[0]) not in WAITING]
    to_confirm = jobs_to_confirm(read_rows(stack, "state"))
    working = [
        row for row in opened if row["job_id"] not in to_confirm and row.get("certificate_id") not in held
    ]
    if working:
        yield f"{len(working)} jobs are open"


def _follow_ups(stack: LocalStack) -> Iterator[str]:
    kinds = [row["kind"] for row in read_rows(stack, "state") if row["kind"] in FOLLOW_UPS]
    if kinds:
        yield f"{len(kinds)} follow-ups of {', '.join(sorted(set(kinds)))}"


def _queues(stack: LocalStack) -> Iterator[str]:
    sqs = stack.client("sqs")
    for name, url in stack.outputs["queues"].items():
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        amount = sum(int(found.get(f"ApproximateNumberOfMessages{part}", 0)) for part in ("", "NotVisible"))
        if amount and name not in ("failed_nudges", "dead_letter"):
            yield f"{amount} messages are in {name}"


def _seals(stack: LocalStack) -> Iterator[str]:
    """Domain events are sealed a minute after their time."""
    sealed = stack.call("GET", "/api/v1/audit/verify")
    if sealed.status_code != 200 or not sealed.json().get("seq"):
        yield "nothing is sealed"
