"""From rows in DynamoDB to a checked CRL: loads, builds, reads back and compares with its predecessor.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python bench/bench_crl.py [entries]`.
Budget at 100,000 entries: 1.5 s and 150 MB. The rows come from a process that answers as DynamoDB does, so
the CPU time is that of this side. Last result (2026-11-24, 2 cores, Python 3.13): predecessor 0.20 s,
marks 0.31 s, entries 0.13 s, build 0.65 s, reading back 0.22 s, together 1.5 s and 167 MB (53 MB before).
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.canned_dynamodb import serving
from certctl.crypto.status.crl import RevokedEntry, build_crl, check_successor, inspect_crl
from certctl.domain.revocation.revocations import Mark
from certctl.store.database import connect
from certctl.store.models import MODELS
from certctl.store.revocation.revocations import RevocationStore
from tests.support.authorities.authority import CRL_URL, new_authority
from tests.support.template import table_definitions


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def report(what: str, seconds: float) -> None:
    print(f"{what:<44} {seconds:6.2f} s   peak {peak_mb():6.0f} MB")


def timed[R](what: str, act: Callable[[], R], spent: list[float]) -> R:
    started = time.process_time()
    result = act()
    spent.append(time.process_time() - started)
    report(what, spent[-1])
    return result


def entry(mark: Mark) -> RevokedEntry:
    return RevokedEntry(mark.serial_number, mark.revoked_at, mark.reason, mark.invalidity_date)


def main(count: int) -> None:
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    authority, now = new_authority(), datetime.now(UTC).replace(microsecond=0)
    names = {table["TableName"]: table["TableName"] for table in table_definitions()}
    window = (now, now + timedelta(hours=72), CRL_URL)
    signer = (authority.issuing, authority.issuing_key)
    with serving(count) as url:
        store = RevocationStore(connect(MODELS, names, "eu-central-1", endpoint_url=url))
        report("before", 0)
        first = build_crl(*signer, [entry(mark) for mark in store.marks_of("ca-1", 0)], 1, *window)
        spent: list[float] = []
        old = timed("read the predecessor", lambda: inspect_crl(first, authority.issuing), spent)
        marks = timed("load the marks", lambda: list(store.marks_of("ca-1", 0)), spent)
        entries = timed("make entries", lambda: [entry(mark) for mark in marks], spent)
        der = timed("build and sign", lambda: build_crl(*signer, entries, 2, *window), spent)
        new = timed(f"read back {len(der):,} bytes", lambda: inspect_crl(der, authority.issuing), spent)
        timed("compare", lambda: check_successor(new, old, frozenset()), spent)
        report("together", sum(spent))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
