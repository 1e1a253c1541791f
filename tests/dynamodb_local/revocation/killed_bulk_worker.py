"""A worker process of the kill test: takes every job that is due, with a short lease, until it is killed.

Argument: the endpoint of DynamoDB Local.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from certctl.domain import due_work
from certctl.domain.ids import DUE_SHARDS
from certctl.services.jobs import worker as working
from tests.support.aws.dynamodb_local import open_database
from tests.support.revocation.bulk import plane_on

_IDLE_SECONDS = 0.05


def main(endpoint: str) -> None:
    plane = plane_on(open_database(endpoint), lambda: datetime.now(UTC))
    # a lost lease is over soon; the test's store answers at once
    working.LEASE, due_work.LONGEST_STEP = timedelta(seconds=1.5), timedelta(milliseconds=500)
    while True:
        due = [j for s in range(DUE_SHARDS) for j in plane.stores.jobs.due_jobs(s, datetime.now(UTC))]
        for job_id in due:
            plane.signing().process(job_id)
        time.sleep(_IDLE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
