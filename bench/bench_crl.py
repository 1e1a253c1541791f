"""Builds, inspects and compares CRLs.

Run: `PYTHONPATH=layers/certctl:. .venv/bin/python bench/bench_crl.py [entries]`.
Budget at 100,000 entries: 1.5 s and 150 MB. Last result (2026-11-24, 2 cores, Python 3.13, 33 MB before):
build 0.68 s and 96 MB, inspect 0.22 s and 96 MB, inspect and compare the successor 0.23 s and 114 MB.
"""

import resource
import sys
import time
from datetime import UTC, datetime, timedelta

from certctl.crypto.crl import RevokedEntry, build_crl, check_successor, inspect_crl
from certctl.crypto.reasons import REASONS
from certctl.crypto.serials import new_serial, serial_text
from tests.support.authority import CRL_URL, new_authority


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> None:
    authority, now, reasons = new_authority(), datetime.now(UTC), list(REASONS)
    start_mb, started = peak_mb(), time.perf_counter()
    entries = [
        RevokedEntry(serial_text(new_serial()), now, reasons[index % len(reasons)], None)
        for index in range(count)
    ]
    report("entries", start_mb, time.perf_counter() - started)
    started = time.perf_counter()
    args = (now, now + timedelta(hours=72), CRL_URL)
    der = build_crl(authority.issuing, authority.issuing_key, entries, 1, *args)
    report(f"build, {len(der):,} bytes", start_mb, time.perf_counter() - started)
    started = time.perf_counter()
    summary = inspect_crl(der, authority.issuing)
    report("inspect", start_mb, time.perf_counter() - started)
    later = build_crl(authority.issuing, authority.issuing_key, entries, 2, *args)
    started = time.perf_counter()
    check_successor(inspect_crl(later, authority.issuing), summary, frozenset())
    report("inspect the successor and compare", start_mb, time.perf_counter() - started)


def report(what: str, start_mb: float, seconds: float) -> None:
    print(f"{what:<40} {seconds:6.2f} s   peak {peak_mb():6.0f} MB ({start_mb:.0f} MB before)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
