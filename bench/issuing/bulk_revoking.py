"""A bulk revocation by one worker, on DynamoDB Local (Java 17 and npm): processor time of each certificate,
live, with a version and two alerts, beside an earlier commit."""

import logging
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bench.harness.databases import dynamodb_local
from bench.harness.rows import Row
from bench.harness.sides import answering, both
from bench.harness.turns import cpu_ms
from tests.support.aws.dynamodb_local import credentials, new_database, open_patient_database
from tests.support.functions.control_plane import CHANNELS
from tests.support.revocation.bulk import counts, fleet_on, plane_on, started

_CERTIFICATES = 50


def rows() -> Iterator[Row]:
    with dynamodb_local() as endpoint, both(Path(__file__), endpoint) as sides:
        yield sides.row(f"each of {_CERTIFICATES} that one job revokes", "ms", "turn")


def _turn(endpoint: str) -> float:
    """In tables of its own."""
    os.environ.update(credentials(uuid4().hex))
    new_database(endpoint)
    plane = plane_on(open_patient_database(endpoint), lambda: datetime.now(UTC))
    plane.channels = CHANNELS
    fleet_on(plane, _CERTIFICATES, owner_id="o-gone")
    job = started(plane, owner_id="o-gone")
    spent = cpu_ms(plane.work)
    if counts(plane.job(job.id))[1] != _CERTIFICATES:
        raise SystemExit("not all were revoked")
    return spent / _CERTIFICATES


def _main(endpoint: str) -> None:
    logging.disable()
    answering({"turn": lambda: _turn(endpoint)})


if __name__ == "__main__":
    _main(sys.argv[1])
