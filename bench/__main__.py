"""`python -m bench [NAME...]`: all benchmarks, or the named ones; WRITE=1 keeps the results, in
bench/results, and writes them into docs/benchmarks.md. `--page` writes the page alone, as after a merge."""

import os
import sys
import time

from bench.harness.page import PAGE, written
from bench.harness.registry import Bench, benches
from bench.harness.results import KEPT, UNKEPT, result_of, store, stored
from bench.harness.rows import Row, Skipped


def main(names: list[str]) -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # commands that compile their modules at every start
    if names == ["--page"]:
        return _write_page()
    known = {bench.name: bench for bench in benches()}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    began, rows, failed = time.monotonic(), list[Row](), list[str]()
    for name in names or known:
        try:
            rows += _run(known[name])
        except (Exception, SystemExit) as error:  # the others are measured all the same
            print(f"  failed: {error!r}")
            failed.append(name)
    if _writes():
        _write_page()
    print(f"over a bound: {', '.join(row.name for row in rows if not row.keeps) or 'none'}")
    print(f"failed: {', '.join(failed) or 'none'}; {(time.monotonic() - began) / 60:.0f} minutes")
    sys.exit(bool(failed))


def _write_page() -> None:
    PAGE.write_text(written(PAGE.read_text(), stored()))


def _run(bench: Bench) -> list[Row]:
    """Rows of one benchmark, printed as they come."""
    began, rows = time.monotonic(), list[Row]()
    print(f"{bench.name} ({bench.topic})", flush=True)
    try:
        for row in bench.rows():
            rows.append(row)
            _print(row)
    except Skipped as reason:
        print(f"  skipped: {reason}")
        return []
    seconds = time.monotonic() - began
    print(f"  {seconds:.0f} s")
    store(result_of(bench.name, bench.topic, seconds, rows), KEPT if _writes() else UNKEPT)
    return rows


def _print(row: Row) -> None:
    peer = f", {row.peer_name} {row.peer.median:.4g}" if row.peer else ""
    ratio = f", {row.ratio.median:.2f} ({row.ratio.low:.2f}-{row.ratio.high:.2f}) of it" if row.ratio else ""
    counts = "".join(
        f", {figure:g} {name} ({row.peer_counts.get(name, figure):g})" for name, figure in row.counts.items()
    )
    late = "" if row.keeps else "  OVER ITS BOUND"
    spread = f"({row.ours.low:.4g}-{row.ours.high:.4g})"
    print(f"  {row.name}: {row.ours.median:.4g} {spread} {row.unit}{peer}{ratio}{counts}{late}", flush=True)


def _writes() -> bool:
    return bool(os.environ.get("WRITE"))


if __name__ == "__main__":
    main(sys.argv[1:])
