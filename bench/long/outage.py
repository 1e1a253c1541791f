"""A channel that is down for 24 hours while rows are queued, on DynamoDB Local in virtual time (needs
Java 17 and npm). Argument: rows, 300. The last result stands in docs/adr/0012-circuit-breaker.md."""

import logging
import sys
import time
from datetime import timedelta
from statistics import quantiles

from bench.harness.databases import tables_of_this_run
from tests.support.aws.dynamodb_local import open_database
from tests.support.notifications.engine import Engine
from tests.support.notifications.outage import Day, Figures, OutageRun


def main(rows: int) -> None:
    logging.disable()
    started = time.monotonic()
    with tables_of_this_run() as endpoint:
        engine = Engine(open_database(endpoint))
        run = OutageRun(engine, Day(rows))
        figures = run.run()
        dead = engine.totals().get("notifications_dead_total", 0)
    _report(run, figures, dead)
    print(f"{time.monotonic() - started:.0f} s of real time")
    if not run.all_delivered or dead:
        raise SystemExit("not all were delivered")


def _report(run: OutageRun, figures: Figures, dead: int) -> None:
    day = run.day
    per_row = figures.writes_of_day / (day.rows + run.rows_elsewhere)
    elsewhere = quantiles(figures.latencies_elsewhere, n=100)
    print(
        f"{day.rows} rows over {day.outage / timedelta(hours=1):g} h: {dict(figures.statuses)}, dead {dead}"
    )
    print(f"sends to the channel while it was down: {figures.sends_during_outage}, sweeps {figures.sweeps}")
    print(f"rows that were charged an attempt: {figures.charged}, at most {figures.most_charged}")
    print(f"write requests of the day per row, with its creation: {per_row:.2f}")
    for share in (0, 0.5, 0.9, 1):
        print(f"{share:4.0%} delivered {figures.recovered_share(share):6.1f} s after the return")
    print(f"the other channel: {len(figures.latencies_elsewhere)} rows, p50 {elsewhere[49]:.3f} s,", end=" ")
    print(f"p99 {elsewhere[98]:.3f} s, longest {max(figures.latencies_elsewhere):.3f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
