"""From rows in DynamoDB to a checked CRL: streams, builds, reads back and compares with its predecessor.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python bench/bench_crl.py [entries]`.
Budget at 100,000 entries: 1.5 s and 150 MB. The rows come from a process that answers as DynamoDB does, so
the CPU time is that of this side. Last result (2026-11-27, Python 3.13, one busy core, 10,000 entries only):
predecessor 0.01 s, rows to signed DER 0.05 s, reading back 0.01 s, hash 0.01 s, comparison 0.02 s, together
0.12 s and 72 MB (57 MB before). Not yet measured at 100,000 since entries stream; before, 1.5 s and 167 MB.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.canned_dynamodb import serving
from certctl.crypto.status.crl import check_successor, inspect_crl
from certctl.crypto.status.crl_building import RevokedEntry, build_crl
from certctl.domain.revocation.revocations import Mark
from certctl.store.database import connect
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
        store = RevocationStore(connect(names, "eu-central-1", endpoint_url=url))
        report("before", 0)
        first = build_crl(*signer, map(entry, store.marks_of("ca-1", 0)), 1, *window)
        spent: list[float] = []
        old = timed("read the predecessor", lambda: inspect_crl(first, authority.issuing), spent)
        rows = map(entry, store.marks_of("ca-1", 0))
        der = timed("stream the rows, build and sign", lambda: build_crl(*signer, rows, 2, *window), spent)
        new = timed(f"read back {len(der):,} bytes", lambda: inspect_crl(der, authority.issuing), spent)
        timed("hash what was read back", new.listing.digest, spent)
        timed("compare", lambda: check_successor(new, old, set), spent)
        report("together", sum(spent))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
