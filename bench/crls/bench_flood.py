"""A flood of revocations, 28 a second over 16 shards: how often each CRL is made, and when the last one is.

Run: `PYTHONPATH=layers/certctl:. nice .venv/bin/python bench/crls/bench_flood.py [a second] [seconds]`.
Time is simulated and nothing but waiting takes any: the figures are those of the schedule (batches of five
seconds, 15 seconds between two editions). Tables and bucket are moto's. Last result (2026-11-27, 28 a second
for 120 s): 3,360 revocations made 153 CRLs, 4 of each a minute at most; the last was published 10 s after the
last of them.
"""

import sys
from datetime import timedelta

from tests.support.authorities.pki import BUCKET, Pki, new_keys
from tests.support.authorities.sharded import sharded
from tests.support.aws.clients import REGION, client, local_aws, new_database
from tests.support.clock import Clock
from tests.support.status.flood import Flood


def main(a_second: int, seconds: int) -> None:
    with local_aws():
        s3 = client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        pki = Pki(new_database(), s3, Clock(), new_keys())
        issuing = sharded(pki)
        pki.clock.advance(timedelta(minutes=1))
        flood = Flood(pki, issuing, shards=16)
        late = flood.run(a_second, timedelta(seconds=seconds))
    builds = sum(len(times) for times in flood.published.values())
    worst = max(flood.builds_a_minute(shard) for shard in flood.published)
    print(f"{flood.revoked:,} revocations in {seconds} s: {builds} CRLs, at most {worst} of one a minute")
    print(f"last CRL published {late.total_seconds():.0f} s after the last revocation")


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [28, 180][len(arguments) :]))
