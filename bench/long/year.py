"""A year of renewals and expiry alerts on a moved clock, on DynamoDB Local (needs Java 17 and npm). Argument:
certificates, 300. The last results stand in docs/renewal.md.
"""

import logging
import sys
import time

from bench.harness.databases import tables_of_this_run
from tests.support.aws.dynamodb_local import open_patient_database
from tests.support.renewal.year import Year, plot_of


def main(size: int) -> None:
    logging.disable()
    started = time.monotonic()
    with tables_of_this_run() as endpoint:
        year = Year(open_patient_database(endpoint), plot_of(size))
        year.run()
        _report(year)
        failures = [year.expired("auto"), year.repeated(), year.of_superseded()]
    print(f"{time.monotonic() - started:.0f} s of real time")
    if any(failures):
        raise SystemExit(f"expired with auto_renew, told twice, or of a superseded version: {failures}")


def _report(year: Year) -> None:
    versions = sum(len(year.versions(each)) for each in year.members)
    print(f"{len(year.members)} certificates, {versions} versions, {dict(year.runs)}")
    for kind in ("auto", "by hand", "left"):
        print(f"{kind}: {len(year.expired(kind))} expired")
    print(f"told twice: {len(year.repeated())}, of superseded versions: {len(year.of_superseded())}")
    print("| lifetime | renewed | alert | channel | rows |\n| --- | --- | --- | --- | --- |")
    for row in year.table():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
