"""How fast one process drains due rows on DynamoDB Local (needs Java 17 and npm). Argument: rows, 5000.

Last result, on 2 shared cores: 3000 rows in 25.3 s, 118 sends/s. Under a load of 18 (2026-11-26): 70, 35 and
60 before requests carried the HTTP, 65, 48 and 56 after; 90 and 96 in turn, later. The provider is scripted:
`bench_http.py` counts the posts themselves.
"""

import os
import shutil
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

from tests.support.aws.dynamodb_local import credentials, new_database, running
from tests.support.notifications.engine import Engine

_HOURS = timedelta(hours=2)


def main(rows: int) -> None:
    if shutil.which("java") is None or shutil.which("npm") is None:
        print("skipped: no Java or npm")
        return
    os.environ.update(credentials(uuid4().hex))
    with running() as endpoint:
        engine = Engine(new_database(endpoint))
        with ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(lambda _: engine.queued(), range(rows)))
        started = time.monotonic()
        report = engine.sweeping.run(lambda: _HOURS)
        seconds = time.monotonic() - started
    sent = Counter(send.id for send in engine.provider.sends)
    if sent != dict.fromkeys(ids, 1):
        raise SystemExit("a page was missed, or a row sent twice")
    print(f"{report.handled} rows in {seconds:.1f} s: {rows / seconds:.0f} sends/s (at least 60)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
