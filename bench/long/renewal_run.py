"""What one run of the renewal schedule reads and writes, counted on DynamoDB Local (needs Java 17 and npm).
Arguments: certificates, 100000; those due, 1000. The last result stands in docs/renewal.md.
"""

import logging
import sys
import time
from collections import Counter

from bench.harness.databases import tables_of_this_run
from tests.support.aws.dynamodb_local import open_patient_database
from tests.support.clock import Clock
from tests.support.renewal.run import Inventory, certificates_in, requests_of, writes_of


def main(size: int, due: int) -> None:
    logging.disable()
    with tables_of_this_run() as endpoint:
        inventory = Inventory(open_patient_database(endpoint), Clock(), size, due)
        started = time.monotonic()
        inventory.lay_down()
        print(f"{size} certificates laid down in {time.monotonic() - started:.0f} s")
        started = time.monotonic()
        done, recording = inventory.run()
        seconds = time.monotonic() - started
    print(f"{done} in {seconds:.1f} s, {len(recording.calls)} requests")
    _print("requests", requests_of(recording))
    _print("actions of the transactions", writes_of(recording))
    touched = certificates_in(recording)
    print(f"certificates named in any request: {len(touched)}")
    if done != {"renewed": due} or touched != {f"mc-{number:06}" for number in range(due)}:
        raise SystemExit("something else was touched, or not all were renewed")


def _print(what: str, counted: Counter[tuple[str, str]]) -> None:
    print(f"{what}:")
    for (operation, table), number in sorted(counted.items()):
        print(f"| {operation} | {table} | {number} |")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers or [100_000, 1_000]))
