"""One soak: a stack of its own, load with faults and kills, rest, and the check of what is left."""

import json
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.soak.calls import Tally
from tests.soak.invariants import broken
from tests.soak.journal import Journal
from tests.soak.kills import Killer
from tests.soak.load.crowd import Crowd
from tests.soak.options import Options
from tests.soak.quiet import SCHEDULES, Quiet, invoke, settle
from tests.soak.receivers import Receiver, running_receiver
from tests.soak.world.reading import read_world
from tests.soak.world.storing import store
from tests.soak.world.world import World
from tests.support.issuing.loopback import free_ports
from tests.support.local.stack import LocalStack, started

_QUIET_SECONDS = 600
_WEBHOOK_SECRET = "whsec_" + "c2VjcmV0" * 4
# Hidden messages come back sooner than in AWS, so that a killed worker's nudges are seen within the soak.
_HIDDEN_SECONDS = "45"
_SCHEDULE_SECONDS = 8


@dataclass(frozen=True)
class Soaked:
    """What one soak has found: `record` is its line in the results."""

    record: Mapping[str, Any]
    findings: tuple[str, ...]


def soak(options: Options) -> Soaked:
    """Raises what the start of the stack raises."""
    run = uuid4().hex[:6]
    folder = options.directory / f"seed-{options.seed}-{run}"
    folder.mkdir(parents=True)
    seed, began = str(options.seed), time.monotonic()
    _say(f"soak {run}: seed {seed}, {options.seconds} s of load, state and logs in {folder}")
    with running_receiver(seed) as receiver, _stack(folder, receiver) as stack:
        journal, tally = Journal(folder / "journal.jsonl"), Tally()
        crowd = Crowd(seed, run, stack, journal, tally)
        killer = _killer(options, stack, receiver)
        _load(crowd, killer, stack, options)
        receiver.is_faulty = False
        _say(f"load ended: {tally.counts['requests']} requests, {len(killer.kills)} kills")
        with crowd.helping():
            quiet = settle(stack, _QUIET_SECONDS)
        _say(f"quiet after {quiet.seconds} s; left: {', '.join(quiet.left) or 'nothing'}")
        world = read_world(stack, journal.entries(), receiver.books.as_records(), killer.as_records())
        store(world, folder / "world.json.gz")
    findings = (*crowd.faults, *(f"not done: {each}" for each in quiet.left), *broken(world))
    record = _record(options, run, world, tally, quiet, findings) | {"took": round(time.monotonic() - began)}
    _write(options.results, record)
    if not findings and not options.keep:
        shutil.rmtree(folder)
    return Soaked(record, findings)


def _say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


@contextmanager
def _stack(folder: Path, receiver: Receiver) -> Iterator[LocalStack]:
    ports = free_ports("http", "tls")
    settings = {
        "CERTCTL_WEBHOOK_URL": receiver.url("/webhook"),
        "CERTCTL_WEBHOOK_SECRET": _WEBHOOK_SECRET,
        "CERTCTL_SLACK_WEBHOOK_URL": receiver.url("/services/T0/B0/token"),
        "CERTCTL_NOTIFICATION_RETRY_BASE_SECONDS": "1",
        "CERTCTL_NOTIFICATION_FLOOD_LIMIT": "100000",
        "CERTCTL_ACME_VALIDATION_HTTP_PORT": str(ports["http"]),
        "CERTCTL_ACME_VALIDATION_TLS_PORT": str(ports["tls"]),
    }
    with started(folder, **settings) as stack:
        _hide_shortly(stack)
        yield stack


def _hide_shortly(stack: LocalStack) -> None:
    sqs = stack.client("sqs")
    for url in stack.outputs["queues"].values():
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": _HIDDEN_SECONDS})


def _killer(options: Options, stack: LocalStack, receiver: Receiver) -> Killer:
    emulator = int((stack.directory / "state" / "live" / "emulator.pid").read_text())
    names = {name: folder for folder, name in stack.outputs["functions"].items()}
    return Killer(str(options.seed), options.kill_every, emulator, names, lambda: receiver.books.open)


def _load(crowd: Crowd, killer: Killer, stack: LocalStack, options: Options) -> None:
    """Kills go on while actors end their last steps."""
    killing = threading.Thread(target=killer.run, daemon=True)
    scheduling = threading.Thread(
        target=_run_schedules, args=(str(options.seed), stack, killer.stopping), daemon=True
    )
    killing.start()
    scheduling.start()
    try:
        with crowd.working():
            time.sleep(options.seconds)
    finally:
        killer.stopping.set()
        killing.join()
        scheduling.join()


def _run_schedules(seed: str, stack: LocalStack, stopping: threading.Event) -> None:
    """More often than the emulator does, so that schedules run, and are killed, within minutes."""
    rng = random.Random(f"{seed}:schedules")  # noqa: S311  # schedules that repeat
    while not stopping.wait(rng.expovariate(1 / _SCHEDULE_SECONDS)):
        invoke(stack, rng.choice(SCHEDULES))


def _record(
    options: Options, run: str, world: World, tally: Tally, quiet: Quiet, findings: tuple[str, ...]
) -> dict[str, Any]:
    faults = Counter(d["answer"] for d in world.deliveries if d["answer"] != "ok")
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": options.seed,
        "seconds": options.seconds,
        "run": run,
        "requests": tally.counts["requests"],
        "repeats": tally.counts["repeats"],
        "certificates": len(world.certificates),
        "versions": len(world.versions),
        "revocations": len(world.revocations),
        "alerts": len(world.notifications),
        "sends": len(world.deliveries),
        "kills": len(world.kills),
        "kills_at_work": sum(kill["was_busy"] for kill in world.kills),
        "killed": dict(sorted(Counter(kill["function"] for kill in world.kills).items())),
        "faults": dict(sorted(faults.items())),
        "duplicates": sum(amount - 1 for amount in world.delivered.values()),
        "accepted": dict(sorted(Counter(str(entry["kind"]) for entry in world.journal).items())),
        "steps": dict(sorted(tally.counts.items())),
        "quiet_seconds": quiet.seconds,
        "findings": list(findings),
    }


def _write(path: Path, record: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(record) + "\n")
